"""A mailbox's end of the two queues between it and the relay: a stream of records each way.

Each has one writer and one reader, so neither needs a lock, which a killed process would hold for ever.
Both are one pair of connected sockets, as ``multiprocessing.Pipe()`` makes: half as many files as two pipes.
"""

from __future__ import annotations

import socket
from collections import deque

from thespian_queue.protocol.mailbox import Out
from thespian_queue.protocol.records import Record, split
from thespian_queue.protocol.talk import Talk

READ_BYTES = 64 << 10  # more in one call makes each call slower, and the relay writes no more at once
BATCH_BYTES = 64 << 10  # a socket's usual room


class Line:
    """Reads and writes records; never waits.

    Args:
        sock: connected with the relay.

    Attributes:
        waits_to_write: whether a record, or the rest of one, was not written yet.
    """

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        sock.set_inheritable(False)
        self.sock = sock
        self._unread = b""
        self._batch: deque[tuple[int, Talk, int]] = deque()  # where frames end in what is being written
        self._unwritten = memoryview(b"")
        self._written = 0

    @property
    def waits_to_write(self) -> bool:
        """Whether a record that was taken was not written whole."""
        return bool(self._unwritten)

    def write(self, outgoing: deque[Out]) -> list[tuple[Talk, int]]:
        """Write as much as there is room for; return the frames that have left whole, with their tokens."""
        left: list[tuple[Talk, int]] = []
        while self._unwritten or outgoing:
            if not self._unwritten:
                self._take(outgoing)
            try:
                written = self.sock.send(self._unwritten)
            except OSError:  # no room; or the end, which reading finds out
                break
            self._unwritten = self._unwritten[written:]
            self._written += written
            while self._batch and self._batch[0][0] <= self._written:
                _, talk, token = self._batch.popleft()
                left.append((talk, token))
        return left

    def _take(self, outgoing: deque[Out]) -> None:
        records, size = [], 0
        while outgoing and size < BATCH_BYTES:
            record, talk, token = outgoing.popleft()
            records.append(record)
            size += len(record)
            if token is not None:
                self._batch.append((size, talk, token))
        self._written = 0
        self._unwritten = memoryview(records[0] if len(records) == 1 else b"".join(records))

    def read(self) -> list[Record] | None:
        """Return records that have come in, if any; None when the relay is gone."""
        try:
            data = self.sock.recv(READ_BYTES)
        except BlockingIOError:
            return []
        except OSError:  # the relay ended without having read everything
            return None
        if not data:
            return None
        records, self._unread = split(self._unread + data if self._unread else data)
        return records
