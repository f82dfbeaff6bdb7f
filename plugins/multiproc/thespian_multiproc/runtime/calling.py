"""How records travel between the processes of a system: datagrams to the launcher, a stream to the admin.

A datagram holds one record, and descriptors beside it::

    1 byte   b"R": the pickled record follows; b"F": it is in a file, whose descriptor comes before the others
    1 byte   how many descriptors come along, the file's not counted
    the record; with b"F", and if it is an order to start an actor, that order without what may be large

All senders share one socket, and nobody else can reach it: so what comes in may be unpickled.
"""

from __future__ import annotations

import array
import contextlib
import errno
import logging
import os
import pickle
import select
import socket
import struct
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from thespian_core.internallog import thesplog
from thespian_multiproc.runtime.orders import News, Order, Origin, StartActor
from thespian_multiproc.runtime.processes import unlinked_file

# Far below what a Unix socket takes in one datagram by default (Linux: 212,992 bytes; macOS: see its
# net.local.dgram.maxdgram, which the engine's base raises for the socket).
CALL_BYTES = 60_000
MAX_DESCRIPTORS = 250  # Linux takes 253 with one datagram (SCM_MAX_FD)
_DONT_WAIT = socket.MSG_DONTWAIT
_CLOSE_ON_EXEC = getattr(socket, "MSG_CMSG_CLOEXEC", 0)  # missing on macOS
_NO_ROOM = {errno.EAGAIN, errno.EWOULDBLOCK, errno.ENOBUFS, errno.ETOOMANYREFS}
# Linux calls a socket writable again only when three quarters of it are empty; there is room long before.
_LOOK_AGAIN_S = 0.01
_SIZE = struct.Struct(">I")
_READ_BYTES = 1 << 16


class DescriptorsLost(OSError):
    """A record came without its descriptors, since this process can open no more; what came was closed."""

    def __init__(self, record: Order) -> None:
        super().__init__(record)
        self.record = record


class _Datagram(NamedTuple):
    data: bytes
    descriptors: tuple[int, ...]

    def put(self, sock: socket.socket) -> bool:
        """Send it; False when there is no room now."""
        beside = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", self.descriptors))]
        try:
            sock.sendmsg([self.data], beside if self.descriptors else [], _DONT_WAIT)
        except OSError as why:
            if why.errno in _NO_ROOM:
                return False
            raise
        return True


@contextlib.contextmanager
def _packed(record: Order, descriptors: Sequence[int]) -> Iterator[_Datagram]:
    if len(descriptors) > MAX_DESCRIPTORS:
        raise ValueError(f"{len(descriptors)} descriptors cannot go along, at most {MAX_DESCRIPTORS} can")
    data = pickle.dumps(record, pickle.HIGHEST_PROTOCOL)
    head = bytes((len(descriptors),))
    if len(data) <= CALL_BYTES:
        yield _Datagram(b"R" + head + data, tuple(descriptors))
        return
    summary = b""
    if isinstance(record, StartActor):  # so that its creator can be told, when the file is lost
        summary = pickle.dumps(record._replace(requirements=b"", origin=Origin()), pickle.HIGHEST_PROTOCOL)
    file = unlinked_file(data)
    try:
        fits = len(summary) <= CALL_BYTES
        yield _Datagram(b"F" + head + (summary if fits else b""), (file, *descriptors))
    finally:
        os.close(file)


def say(sock: socket.socket, record: Order, descriptors: Sequence[int] = (), timeout_s: float = 60.0) -> None:
    """Send the launcher a record, with copies of descriptors; wait for room.

    Raises:
        TimeoutError: there was no room in time; nothing was sent.
        OSError: the launcher is gone, or the descriptors are none; nothing was sent.
    """
    until = time.monotonic() + timeout_s
    with _packed(record, descriptors) as datagram:
        while not datagram.put(sock):
            left_s = until - time.monotonic()
            if left_s <= 0:
                raise TimeoutError(
                    f"the launcher has taken no order for {timeout_s:g} s\n"
                    f"  it is stopped, or the machine is overloaded"
                )
            _wait_for_room(sock, min(left_s, _LOOK_AGAIN_S))


def _wait_for_room(sock: socket.socket, at_most_s: float) -> None:
    poll = select.poll()
    poll.register(sock, select.POLLOUT)
    if poll.poll(at_most_s * 1000) == [(sock.fileno(), select.POLLOUT)]:
        # There seems to be room: then too many descriptors are on their way, of which poll knows nothing;
        # or others are faster.
        time.sleep(at_most_s / 10)


def try_say(sock: socket.socket, record: Order, descriptors: Sequence[int] = ()) -> bool:
    """Send the launcher a record if there is room now.

    Returns:
        False: there was none; nothing was sent.

    Raises:
        OSError: as from :func:`say`.
    """
    with _packed(record, descriptors) as datagram:
        return datagram.put(sock)


def hear(sock: socket.socket) -> tuple[Order, tuple[int, ...]] | None:
    """Return the next record with its descriptors, which are the caller's then; None when nothing is there.

    A record that cannot be read is skipped, and its descriptors closed.

    Raises:
        DescriptorsLost: some of its descriptors did not come; the others are closed.
    """
    while True:
        try:
            data, beside, _flags, _from = sock.recvmsg(
                CALL_BYTES + 2, socket.CMSG_SPACE(4 * (MAX_DESCRIPTORS + 1)), _DONT_WAIT | _CLOSE_ON_EXEC
            )
        except BlockingIOError:
            return None
        descriptors = _descriptors_in(beside)
        try:
            record, count = _unpacked(data, descriptors)
        except Exception as why:  # one bad record must not end the system
            close_all(descriptors)
            thesplog("a record to the launcher cannot be read: %r", why, level=logging.WARNING)
            continue
        if len(descriptors) < count:
            close_all(descriptors)
            raise DescriptorsLost(record)
        return record, tuple(descriptors)


def _descriptors_in(beside: Iterable[tuple[int, int, bytes]]) -> list[int]:
    found = array.array("i")
    for level, kind, data in beside:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            found.frombytes(data[: len(data) - len(data) % found.itemsize])
    if not _CLOSE_ON_EXEC:
        for descriptor in found:
            os.set_inheritable(descriptor, False)
    return list(found)


def _unpacked(data: bytes, descriptors: list[int]) -> tuple[Order, int]:
    """Return a record and how many descriptors belong to it; its file is taken off the list."""
    if data[:1] == b"R":
        return pickle.loads(memoryview(data)[2:]), data[1]
    if not descriptors and len(data) > 2:  # the file's did not come, so one is missing at least
        return pickle.loads(memoryview(data)[2:]), 1 + data[1]
    with os.fdopen(descriptors.pop(0), "rb") as file:
        file.seek(0)
        return pickle.load(file), data[1]


def close_all(descriptors: Iterable[int]) -> None:
    """Close descriptors; those that are closed already do no harm."""
    for descriptor in descriptors:
        with contextlib.suppress(OSError):
            os.close(descriptor)


class NewsWriter:
    """The launcher's end of the stream to the admin; never blocks.

    Args:
        sock: a stream socket.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._unsent = bytearray()

    @property
    def unsent_bytes(self) -> int:
        """How much waits for the admin to read."""
        return len(self._unsent)

    def put(self, record: News) -> None:
        """Send a record, or keep it for :meth:`flush`.

        Raises:
            OSError: the admin is gone.
        """
        data = pickle.dumps(record, pickle.HIGHEST_PROTOCOL)
        self._unsent += _SIZE.pack(len(data)) + data
        self.flush()

    def flush(self, at_most_s: float = 0.0) -> None:
        """Send what waits, as far as there is room; wait so long for more room.

        Raises:
            OSError: the admin is gone.
        """
        until = time.monotonic() + at_most_s
        while self._unsent:
            try:
                sent = self._sock.send(self._unsent, _DONT_WAIT)
            except BlockingIOError:
                left_s = until - time.monotonic()
                if left_s <= 0:
                    return
                _wait_for_room(self._sock, min(left_s, _LOOK_AGAIN_S))
            else:
                del self._unsent[:sent]


class NewsReader:
    """The admin's end of the stream from the launcher; never blocks.

    Args:
        sock: a stream socket.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._unread = bytearray()

    def read(self) -> list[News]:
        """Return the records that are there now; none is no failure.

        Raises:
            EOFError: the launcher is gone, and all that it had said was returned.
        """
        gone = False
        try:
            data = self._sock.recv(_READ_BYTES, _DONT_WAIT)
            gone = not data
            self._unread += data
        except BlockingIOError:
            pass
        except ConnectionError:
            gone = True
        records = list(self._whole_records())
        if gone and not records:
            raise EOFError("the launcher is gone")
        return records

    def _whole_records(self) -> Iterator[News]:
        start = 0
        while len(self._unread) - start >= _SIZE.size:
            (size,) = _SIZE.unpack_from(self._unread, start)
            end = start + _SIZE.size + size
            if len(self._unread) < end:
                break
            yield pickle.loads(bytes(self._unread[start + _SIZE.size : end]))
            start = end
        del self._unread[:start]
