"""How a process waits for its network: asleep, or awake for a moment where that pays."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence

from thespian_multiproc.runtime.spinning import AdaptiveSpin
from thespian_multiproc.transport.interface import Endpoint, Event

LONGEST_WAIT_S = 3600.0  # the system's clock cannot count to the end of all time; who waits looks again


class Sleeper:
    """Waits in one endpoint: asleep, but where answers come fast awake for a moment before.

    With one processor it sleeps at once: who is to answer needs that.

    Args:
        endpoint: waited in by one thread at a time.
        clock: tells the time in seconds, and never runs backwards.
    """

    def __init__(self, endpoint: Endpoint, clock: Callable[[], float] = time.monotonic) -> None:
        self._endpoint = endpoint
        self._clock = clock
        self._spin = AdaptiveSpin()
        self._may_spin = processors() > 1
        self._wakes = 0
        self._wakes_seen = 0

    def wake(self) -> None:
        """Make a wait, now or the next one, return at once; from any thread, and from signal handlers."""
        self._wakes += 1
        self._endpoint.wake()

    def wait(self, timeout_s: float | None) -> Sequence[Event]:
        """Return what has happened, as :meth:`Endpoint.wait` does."""
        endpoint = self._endpoint
        if timeout_s == 0:  # who only looks, maybe another thread, takes no wake from who is to wait
            return endpoint.wait(0)
        if timeout_s is not None and timeout_s > LONGEST_WAIT_S:
            timeout_s = LONGEST_WAIT_S
        spin, clock = self._spin, self._clock
        began = clock()
        if (limit_s := spin.limit_s) > 0:
            stays_s = limit_s if timeout_s is None or limit_s < timeout_s else timeout_s
            until = began + stays_s
            # A look may use up the endpoint's own notice that it was woken, but not our count.
            while self._wakes == self._wakes_seen:
                events, now = endpoint.wait(0), clock()
                if events:
                    spin.spun(now - began)
                    return events
                if now > until:
                    if stays_s == limit_s:
                        spin.in_vain()
                    if timeout_s is not None:
                        timeout_s = max(0.0, timeout_s - stays_s)
                    break
        if self._wakes != self._wakes_seen:
            self._wakes_seen = self._wakes
            return endpoint.wait(0)
        events = endpoint.wait(timeout_s)
        if events and self._may_spin and limit_s == 0:
            spin.slept(clock() - began)
        return events


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS, nor on Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
