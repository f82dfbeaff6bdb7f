"""How several threads take turns at one endpoint.

Whoever has the *lock* has the endpoint. One thread *attends*: it may wait in the endpoint for long, with the
lock. Another one that wants something takes the *gate*, wakes the endpoint, and waits for the lock; the
attendant gives way, since it goes through the gate itself. A second thread that wants to attend follows:
it waits until the first has attended once, and looks again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable


class Turns:
    """The locks of one endpoint; nothing here costs much while one thread is alone.

    Args:
        wake: makes who waits in the endpoint return.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._lock = threading.Lock()
        self._gate = threading.Lock()
        self._attendance = threading.Lock()
        self._news = threading.Condition(threading.Lock())
        self._followers = 0
        #: Give the endpoint back after :meth:`take`.
        self.give = self._lock.release

    def take(self) -> None:
        """Have the endpoint; whoever waits in it is woken."""
        if self._gate.locked() or not self._lock.acquire(blocking=False):
            with self._gate:
                self._wake()
                self._lock.acquire()

    def attend(self, timeout_s: float | None) -> bool:
        """Have the endpoint, to wait in it; then call :meth:`attended`.

        Returns:
            False when another thread attends: this one has waited, for ``timeout_s`` at most, until that
            was done once.
        """
        if not self._attendance.acquire(blocking=False):
            with self._news:
                self._followers += 1
                if self._attendance.locked():
                    self._news.wait(timeout_s)
                self._followers -= 1
            return False
        if self._gate.locked() or not self._lock.acquire(blocking=False):
            with self._gate:
                self._lock.acquire()
        return True

    def attended(self) -> None:
        """Give the endpoint back, and let those who follow look."""
        self._lock.release()
        self._attendance.release()
        if self._followers:
            with self._news:
                self._news.notify_all()
