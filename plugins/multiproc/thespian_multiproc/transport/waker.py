"""Ends a wait from another thread."""

from __future__ import annotations

import contextlib
import socket


class Waker:
    """Two connected sockets: what is written to one wakes whoever polls the other.

    Not numbers of a pipe: whoever wakes a mailbox that is being closed must not write to what has its number.

    Attributes:
        woken: what is to be polled.
    """

    def __init__(self) -> None:
        self._waker, self.woken = socket.socketpair()
        self._waker.setblocking(False)
        self.woken.setblocking(False)

    def wake(self) -> None:
        """End the wait that is under way, or the next one."""
        # No room: it is woken already. Closed: nobody waits.
        with contextlib.suppress(OSError):
            self._waker.send(b"!")

    def clear(self) -> None:
        """Let the next wait be a long one again."""
        with contextlib.suppress(BlockingIOError):
            while self.woken.recv(4096):
                continue

    def close(self) -> None:
        """Give both sockets up; may be called twice."""
        self._waker.close()
        self.woken.close()
