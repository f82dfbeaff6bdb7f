"""How a process waits for its network: asleep, or awake for a moment where answers come fast."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

from thespian_multiproc.transport.interface import Endpoint, Event

AWAKE_S = 0.00008  # our choice: about what it costs to sleep and be woken
MOST_LUCK = 8  # two moments in vain in a row use it up
LONGEST_WAIT_S = 3600.0  # the system's clock cannot count to the end of all time; who waits looks again


class Sleeper:
    """Waits in one endpoint.

    To be woken takes longer than many an answer does. So where waits were that short lately, it stays awake
    for a moment before it sleeps; what happens within that time costs no waking. Where little happens, that
    ends at once, and costs nothing. With one processor it never does: who is to answer needs that.

    Args:
        endpoint: waited in by one thread at a time.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._luck = 0  # above 0, it pays to stay awake
        self._may_stay_awake = processors() > 1
        self._wakes = 0
        self._wakes_seen = 0

    def wake(self) -> None:
        """Make a wait, now or the next one, return at once; from any thread, and from signal handlers."""
        self._wakes += 1
        self._endpoint.wake()

    def wait(self, timeout_s: float | None) -> Sequence[Event]:
        """Return what has happened, as :meth:`Endpoint.wait` does."""
        if timeout_s is not None and timeout_s > LONGEST_WAIT_S:
            timeout_s = LONGEST_WAIT_S
        if timeout_s != 0 and self._luck > 0 and (events := self._stay_awake()):
            return events
        if timeout_s == 0:  # who only looks, maybe another thread, takes no wake from who is to wait
            return self._endpoint.wait(0)
        if self._wakes != self._wakes_seen:
            self._wakes_seen = self._wakes
            return self._endpoint.wait(0)
        began = time.monotonic()
        events = self._endpoint.wait(timeout_s)
        if events and self._may_stay_awake and time.monotonic() - began < AWAKE_S:
            self._luck += 1
        return events

    def _stay_awake(self) -> Sequence[Event]:
        until = time.monotonic() + AWAKE_S
        # A look may use up the endpoint's own notice that it was woken, but not our count.
        while not (events := self._endpoint.wait(0)) and self._wakes == self._wakes_seen:
            if time.monotonic() > until:
                self._luck -= 4
                return ()
        if events:
            self._luck = MOST_LUCK
        return events


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS, nor on Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
