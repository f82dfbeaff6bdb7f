"""One TCP connection: frames waiting to be written, and the frame that is being read."""

from __future__ import annotations

import enum
import socket
import struct
from collections import deque
from collections.abc import Iterator
from itertools import islice

from thespian_multiproc.transport.interface import Buffer, Event, Frame, Sent, Undeliverable

HEADER = struct.Struct(">I")  # the size of the frame that follows
JOINED_UP_TO_BYTES = 16 << 10  # our choice: one small copy instead of several pieces
MAX_PARTS_PER_WRITE = 1000  # IOV_MAX is 1024 on Linux and macOS
MUTE_AFTER_S = 1.0  # our choice: a hello follows its connection at once; mute strangers make room first
GATHERS = hasattr(socket.socket, "sendmsg")  # not on Windows


class State(enum.IntEnum):
    """What a connection is good for, from first to last."""

    CONNECTING = 0
    OPEN = 1
    LAST_MAIL = 2  # this end has said its last; what still comes is delivered
    DISCARDING = 3  # this end has said its last; what still comes is thrown away
    CLOSED = 4


# Before Python 3.12, a look-up in the class takes as long as a call.
OPEN, LAST_MAIL = State.OPEN, State.LAST_MAIL


class Conversation:
    """A peer, as its endpoint knows it.

    Attributes:
        place: what it was begun with, when this end began it.
        admitted: whether it may send large frames.
        known: whether the endpoint's owner has heard of it.
        heard_in: the number of the wait that returned its last frame.
        used_at: when something was written or read.
        leftover: what was read beyond the last whole frame.
        large: the large frame that is being read, and how much of it has come.
    """

    __slots__ = (
        "_chunks",
        "admitted",
        "heard_in",
        "known",
        "large",
        "large_has",
        "leftover",
        "place",
        "remote",
        "sock",
        "state",
        "used_at",
        "watched",
    )

    def __init__(self, sock: socket.socket, remote: str, place: str | None, used_at: float) -> None:
        self.sock = sock
        self.remote = remote
        self.place = place
        self.state = OPEN if place is None else State.CONNECTING
        self.admitted = False
        self.known = False
        self.heard_in = 0
        self.used_at = used_at
        self.watched = 0  # for what, as the selector has it
        self.leftover = b""
        self.large: bytearray | None = None
        self.large_has = 0
        # The last piece of each frame carries the frame's token.
        self._chunks: deque[tuple[Buffer, int | None]] = deque()

    def __repr__(self) -> str:
        return f"<TCP conversation with {self.remote}, {self.state.name.lower()}>"

    @property
    def waits_to_write(self) -> bool:
        """Whether a frame, or the rest of one, was not written yet."""
        return bool(self._chunks)

    def is_idle(self, now: float) -> bool:
        """Whether no frame is under way, as far as this end can tell; a stranger's is not waited for long."""
        return (
            self.state is OPEN
            and not self._chunks
            and self.large is None
            and (not self.leftover or self.is_mute(now))
        )

    def is_mute(self, now: float) -> bool:
        """Whether this is somebody who came, and never said a whole frame."""
        return not self.known and now - self.used_at >= MUTE_AFTER_S

    def submit(self, frame: Frame, size: int, token: int) -> bool:
        """Write a frame, or keep what the socket does not take.

        Returns:
            Whether it has left; else :meth:`write` or :meth:`undelivered` tells its outcome.
        """
        header = HEADER.pack(size)
        if size > JOINED_UP_TO_BYTES:
            leaves_now = self.state is OPEN and not self._chunks
            self._chunks.append((header, None))
            self._chunks.extend((part, None) for part in frame if part)
            self._chunks.append((self._chunks.pop()[0], token))
            return leaves_now and bool(self.write())
        whole = b"".join((header, *frame))
        if self._chunks or self.state is not OPEN:
            self._chunks.append((whole, token))
            return False
        try:
            written = self.sock.send(whole)
        except OSError:  # no room; or the end, which reading finds out, after the last mail
            written = 0
        if written == len(whole):
            return True
        self._chunks.append((memoryview(whole)[written:] if written else whole, token))
        return False

    def write(self) -> list[Event]:
        """Write as much as the socket takes, many frames at once, and return what has left."""
        events: list[Event] = []
        while self._chunks:
            try:
                if GATHERS:
                    batch = [chunk for chunk, _ in islice(self._chunks, MAX_PARTS_PER_WRITE)]
                    written = self.sock.sendmsg(batch)
                else:
                    written = self.sock.send(self._chunks[0][0])
            except OSError:
                break
            while written:
                chunk, token = self._chunks.popleft()
                size = len(chunk)
                if written < size:
                    self._chunks.appendleft((memoryview(chunk)[written:], token))
                    return events
                written -= size
                if token is not None:
                    events.append(Sent(token, self))
        return events

    def undelivered(self, reason: str, gone: bool = False) -> Iterator[Event]:
        """Give up what was not written, and yield the outcomes."""
        for _, token in self._chunks:
            if token is not None:
                yield Undeliverable(token, reason, gone)
        self._chunks.clear()
