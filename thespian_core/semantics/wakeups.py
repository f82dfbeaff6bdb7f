"""Wake-ups: who asked to be woken, when, and with what. Pure: the time is always an argument.

>>> from thespian_core.addresses import ActorAddress
>>> alice = ActorAddress("alice")
>>> wakeups = Wakeups()
>>> wakeups.add(alice, 5, payload="tea", now=100.0)
>>> wakeups.due(now=104.9)
[]
>>> [(to, str(message)) for to, message in wakeups.due(now=105.0)]
[(ActorAddr-alice, 'WakeupMessage 5 (tea)')]
"""

from __future__ import annotations

import heapq
from collections import Counter
from datetime import timedelta
from typing import Any

from thespian_core.addresses import ActorAddress
from thespian_core.messages import WakeupMessage
from thespian_core.status import Timer
from thespian_core.timing import period_seconds


class Wakeups:
    """The pending wake-ups of one actor or of many, oldest due time first.

    Those due at the same time come in the order they were asked for.
    """

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, ActorAddress, WakeupMessage]] = []
        self._asked = 0
        self._pending: Counter[Any] = Counter()  # how many are in the heap, by owner's key
        self._forgotten: set[Any] = set()  # owners whose entries are left in the heap until they come up
        self._useless = 0  # how many such entries there are

    def add(self, to: ActorAddress, period: timedelta | float, payload: Any, now: float) -> None:
        """Wake ``to`` when ``period`` (a timedelta or seconds) is over.

        Raises:
            TypeError: ``period`` is neither; nothing was added.
            ValueError: ``period`` is not a number; nothing was added.
        """
        seconds = period_seconds(period)
        if seconds is None:
            raise TypeError("a wake-up needs a period: a datetime.timedelta or a number of seconds, not None")
        self._asked += 1
        self._pending[to.key] += 1
        heapq.heappush(self._heap, (now + seconds, self._asked, to, WakeupMessage(period, payload)))

    @property
    def next_due(self) -> float | None:
        """When the first one falls due, or None."""
        while self._heap and self._heap[0][2].key in self._forgotten:
            self._pop()
        return self._heap[0][0] if self._heap else None

    def due(self, now: float) -> list[tuple[ActorAddress, WakeupMessage]]:
        """Remove and return what is due, in the order in which it fell due."""
        ready = []
        while (at := self.next_due) is not None and at <= now:
            ready.append(self._pop())
        return ready

    def forget(self, owner: ActorAddress) -> None:
        """Drop the wake-ups of an actor that has ended."""
        if not self._pending[owner.key]:
            del self._pending[owner.key]
            return
        self._forgotten.add(owner.key)
        self._useless += self._pending[owner.key]
        if self._useless > len(self._heap) // 2:  # so that each entry is moved only a few times in all
            self._heap = [entry for entry in self._heap if entry[2].key not in self._forgotten]
            heapq.heapify(self._heap)
            for key in self._forgotten:
                del self._pending[key]
            self._forgotten.clear()
            self._useless = 0

    def _pop(self) -> tuple[ActorAddress, WakeupMessage]:
        _, _, to, message = heapq.heappop(self._heap)
        self._pending[to.key] -= 1
        if to.key in self._forgotten:
            self._useless -= 1
        if not self._pending[to.key]:
            del self._pending[to.key]
            self._forgotten.discard(to.key)
        return to, message

    def of(self, owner: ActorAddress | None, now: float) -> list[tuple[ActorAddress, Timer]]:
        """Return an actor's pending wake-ups, or everybody's, as a status shows them."""
        return [
            (to, Timer(period_seconds(message.delayPeriod) or 0.0, due - now))
            for due, _, to, message in sorted(self._heap, key=lambda entry: entry[:2])
            if to.key not in self._forgotten and (owner is None or to == owner)
        ]
