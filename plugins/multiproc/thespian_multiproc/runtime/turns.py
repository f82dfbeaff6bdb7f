"""How several threads take turns at one endpoint.

Whoever has the *lock* has the endpoint. One thread *attends*: it may wait in the endpoint for long, with the
lock. Another one that wants something takes the *gate*, wakes the endpoint, and waits for the lock; the
attendant gives way, since it goes through the gate itself. A second thread that wants to attend follows:
it waits until the first has attended once, and looks again.

A signal handler runs in a thread that may have the endpoint already, in the middle of something. Then it
cannot have it: to wait for itself would be for ever.

And Ctrl-C may raise where a function of Python begins, and where one of C has returned: also when that has
just taken a lock. So whatever may have taken one gives it back by calling nothing but C.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

FOLLOW_S = 1.0  # our choice: then who follows looks again, if Ctrl-C has kept the word from it


class Interrupted(RuntimeError):
    """A signal handler wants the endpoint that the call has which it interrupts."""

    def __init__(self) -> None:
        super().__init__(
            "a signal handler has interrupted a call to the actor system, and cannot wait for anything here: "
            "it can tell or send, shut the system down, or use a private() connection of its own"
        )


class Turns:
    """The locks of one endpoint; nothing here costs much while one thread is alone.

    Args:
        wake: makes who waits in the endpoint return.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        # All can be taken again by the thread that has them: a signal handler may come at any moment.
        self._lock = threading.RLock()
        self._gate = threading.RLock()
        self._at_gate = 0
        self._attendance = threading.RLock()
        self._is_attended = False
        self._news = threading.Condition()
        self._followers = 0
        #: Whether this thread has the endpoint: if it asks, it is in a signal handler.
        self.are_mine: Callable[[], bool] = self._lock._is_owned  # type: ignore[attr-defined]
        self._attends: Callable[[], bool] = self._attendance._is_owned  # type: ignore[attr-defined]
        #: Give the endpoint back after :meth:`take`.
        self.give: Callable[[], None] = self._lock.release

    def give_early(self, then: Callable[[], None]) -> None:
        """Let this thread, which has the endpoint, give it back soon; for signal handlers.

        Args:
            then: called as soon as it has.
        """

        def give() -> None:
            self.give = self._lock.release
            self._lock.release()
            then()

        self.give = give
        self._wake()

    def take(self) -> None:
        """Have the endpoint; whoever waits in it is woken.

        Raises:
            Interrupted: this thread has it already.
        """
        if self.are_mine():
            raise Interrupted
        try:
            if self._at_gate or not self._lock.acquire(blocking=False):
                self._pass_gate(self._wake)
        except BaseException:
            try:  # noqa: SIM105 - that one is Python
                self._lock.release()
            except RuntimeError:
                pass
            raise

    def attend(self, timeout_s: float | None, job: Callable[[float | None], bool]) -> bool:
        """Have the endpoint, to wait in it.

        Args:
            timeout_s: for how long, at most.
            job: called with the endpoint, and with ``timeout_s``.

        Returns:
            What the job returns; False when another thread attends: this one has waited, for ``timeout_s``
            at most, until that was done once.

        Raises:
            Interrupted: this thread has it already.
        """
        if self.are_mine() or self._attends():
            raise Interrupted
        try:
            if not self._attendance.acquire(blocking=False):
                self._follow(FOLLOW_S if timeout_s is None else min(timeout_s, FOLLOW_S))
                return False
            self._is_attended = True
            try:
                if self._at_gate or not self._lock.acquire(blocking=False):
                    self._pass_gate()
                return job(timeout_s)
            finally:
                try:  # noqa: SIM105 - as above
                    self.give()
                except RuntimeError:
                    pass  # Ctrl-C has come before it was taken
        finally:
            try:
                if self._attends():
                    self._is_attended = False
            finally:
                try:  # noqa: SIM105 - as above
                    self._attendance.release()
                except RuntimeError:
                    pass  # another thread attends
            if self._followers:
                with self._news:
                    self._news.notify_all()

    def _follow(self, timeout_s: float) -> None:
        with self._news:
            self._followers += 1
            try:
                if self._is_attended:
                    self._news.wait(timeout_s)
            finally:
                self._followers -= 1

    def _pass_gate(self, wake: Callable[[], None] | None = None) -> None:
        with self._gate:
            self._at_gate += 1
            try:
                if wake is not None:
                    wake()
                self._lock.acquire()
            finally:
                self._at_gate -= 1
