"""When a system that was asked to end asks no longer, and when it waits no longer.

===================== ==================== ============================ ===========================
state                 ``begin``            ``look``, somebody is there  ``look``, nobody is there
===================== ==================== ============================ ===========================
serving               polite               nothing                      nothing
polite                sooner counts        ``KILL`` after ``POLITE_S``, ``OVER``
                                           or as begun; then killing
killing               nothing              ``GIVE_UP`` after ``KILL_S`` ``OVER``
===================== ==================== ============================ ===========================

Pure: times are seconds on a clock that never runs backwards.

>>> farewell = Farewell()
>>> farewell.begin(10.0)
>>> farewell.look(11.0, all_gone=False), farewell.next_look
(None, 17.5)
>>> farewell.look(17.5, all_gone=False), farewell.has_killed
(<Step.KILL: 'kill'>, True)
>>> farewell.look(17.6, all_gone=True)
<Step.OVER: 'over'>
"""

from __future__ import annotations

from enum import Enum

POLITE_S = 7.5  # how long actors may take to exit; a program waits 10 s for its shutdown
ORPHANED_POLITE_S = 2.5  # the same when the starter is gone that the system ends with
KILL_S = 1.5  # how long the killed ones may take to be gone


class Step(Enum):
    """What is to be done now."""

    KILL = "kill"
    GIVE_UP = "give up"
    OVER = "over"


class Farewell:
    """The end of one system.

    Attributes:
        polite_s: how long actors may take to exit, for whoever asks next.
    """

    def __init__(self) -> None:
        self.polite_s = POLITE_S
        self._kill_at: float | None = None
        self._give_up_at: float | None = None

    @property
    def has_killed(self) -> bool:
        """Whether the time for asking is over."""
        return self._give_up_at is not None

    @property
    def has_begun(self) -> bool:
        """Whether the system was asked to end."""
        return self._kill_at is not None

    @property
    def next_look(self) -> float | None:
        """When to look again, whatever happens; None for whenever something does."""
        return self._kill_at if self._give_up_at is None else self._give_up_at

    def begin(self, now: float) -> None:
        """The system is asked to end; once more changes nothing, unless that leaves less time."""
        kill_at = now + self.polite_s
        if self._kill_at is None or (kill_at < self._kill_at and not self.has_killed):
            self._kill_at = kill_at

    def look(self, now: float, all_gone: bool) -> Step | None:
        """Say what is to be done."""
        if self._kill_at is None:
            return None
        if all_gone:
            return Step.OVER
        if self._give_up_at is None:
            if now < self._kill_at:
                return None
            self._give_up_at = now + KILL_S
            return Step.KILL
        return Step.GIVE_UP if now >= self._give_up_at else None
