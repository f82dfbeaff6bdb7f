"""How a mailbox comes to be: a new pair of queues, of which one end is handed to the relay.

Every process of a system has inherited the door: the socket through which such ends are handed over. It has
no name, so whoever has not inherited it, or an end that went through it, cannot reach the system at all.

The answer comes through the new queues themselves. So any number of threads and processes may use one door,
and none waits for another.
"""

from __future__ import annotations

import array
import errno
import os
import socket
import time

from thespian_multiproc.transport.interface import AddressInUse
from thespian_queue.protocol.records import HEAD, Kind

ANSWER_S = (
    10.0  # the relay answers in less than 0.1 ms; its process may only be starting, on a loaded machine
)
LOOK_AGAIN_S = 0.001  # no room at the door, or too many descriptors on their way: others are to be faster
RESERVE, ASK = b"r", b"?"  # a place may follow the first
WISH_BYTES = 4096  # our choice: the largest wish; a place has 200 bytes at most, where users choose it

_NO_ROOM = {errno.EAGAIN, errno.ENOBUFS, errno.ETOOMANYREFS}


class RelayGone(ConnectionError):
    """The relay has ended."""

    def __init__(self) -> None:
        super().__init__(errno.EPIPE, "the relay of this system is gone, and with it everybody")


class Door:
    """The mailboxes' side of the door.

    Args:
        sock: it becomes this object's own.
    """

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        sock.set_inheritable(False)
        self._sock = sock

    def copy(self) -> int:
        """Return a descriptor of the door for another process."""
        return os.dup(self._sock.fileno())

    def close(self) -> None:
        """Give it up; may be called twice."""
        self._sock.close()

    def knock(self, wish: bytes) -> socket.socket:
        """Hand one end of a new pair of queues to the relay, with a wish; return the other end.

        Raises:
            RelayGone: nobody is there.
            TimeoutError: the relay takes nothing in.
            OSError: this process can open no more files.
        """
        mine, its = socket.socketpair()
        beside = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [its.fileno()]))]
        until = time.monotonic() + ANSWER_S
        try:
            while True:
                try:
                    self._sock.sendmsg([wish], beside)
                    return mine
                except OSError as why:
                    if why.errno not in _NO_ROOM:
                        raise RelayGone from None
                if time.monotonic() > until:
                    raise TimeoutError(f"the relay has taken nothing for {ANSWER_S:g} s: it is stopped")
                time.sleep(LOOK_AGAIN_S)
        except BaseException:
            mine.close()
            raise
        finally:
            its.close()

    def reserve(self, at: str | None = None) -> tuple[str, socket.socket]:
        """Return the place of a new mailbox, and its line.

        Args:
            at: the place it must have; None for any.

        Raises:
            AddressInUse: somebody has that place.
            ValueError: no mailbox can have it.
            OSError: as for :meth:`knock`, or the relay can open no more files.
        """
        sock = self.knock(RESERVE + _name_of(at or ""))
        try:
            return self.answer(sock, at), sock
        except BaseException:
            sock.close()
            raise

    def answer(self, sock: socket.socket, at: str | None) -> str:
        """Return the place that the relay gave to a new line.

        Raises:
            AddressInUse: somebody has that place.
            OSError: as for :meth:`reserve`.
        """
        kind, place = _first_record(sock)
        if kind == Kind.WELCOME:
            return place.decode()
        if kind == Kind.IN_USE:
            raise AddressInUse(f"somebody has the place {at} already")
        self.knock(ASK).close()  # is it there at all?
        raise OSError(errno.EMFILE, "the relay of this system can open no more files")

    def is_over(self) -> bool:
        """Whether the relay ends, or has ended, since nobody needs it any more."""
        try:
            with self.knock(ASK) as sock:
                return _first_record(sock)[0] != Kind.GOES_ON
        except RelayGone:
            return True
        except OSError:
            return False


def _name_of(place: str) -> bytes:
    try:
        name = place.encode()
    except UnicodeEncodeError:
        raise ValueError(f"no mailbox can be at {place!r}, which UTF-8 cannot encode") from None
    most = WISH_BYTES - len(RESERVE)
    if len(name) > most:
        raise ValueError(f"no mailbox can be at a place of {len(name)} bytes: {most} are the most")
    return name


def _first_record(sock: socket.socket) -> tuple[int, bytes]:
    """Return the first record that comes in, and leave what is behind it; ``(0, b"")`` when none comes."""
    sock.settimeout(ANSWER_S)
    try:
        head = _exactly(sock, HEAD.size)
        if len(head) < HEAD.size:
            return 0, b""
        kind, _, size = HEAD.unpack(head)
        return kind, _exactly(sock, size)
    except ConnectionError:
        return 0, b""


def _exactly(sock: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = sock.recv(size - len(data))
        if not more:
            break
        data += more
    return data
