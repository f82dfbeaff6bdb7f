"""When which link wants to be ticked: the next one is found without asking all.

>>> agenda = Agenda()
>>> agenda.note("ann", 5.0)
>>> agenda.note("ann", 9.0)
>>> agenda.next_at
5.0
>>> agenda.due(7.0), agenda.next_at
(['ann'], inf)
"""

from __future__ import annotations

import heapq
from collections.abc import Hashable
from itertools import count
from math import inf
from typing import Generic, TypeVar

Item = TypeVar("Item", bound=Hashable)


class Agenda(Generic[Item]):
    """Keeps for each item the earliest time that was noted for it.

    Attributes:
        next_at: the earliest time of all; infinite for none.
    """

    def __init__(self) -> None:
        self.next_at = inf
        self._heap: list[tuple[float, int, Item]] = []
        self._noted: dict[Item, float] = {}
        self._tie = count()

    def note(self, item: Item, at: float) -> None:
        """Remember to look at an item; a later time than is noted changes nothing."""
        if at < self._noted.get(item, inf):
            self._noted[item] = at
            heapq.heappush(self._heap, (at, next(self._tie), item))
            self.next_at = min(self.next_at, at)

    def due(self, now: float) -> list[Item]:
        """Take off and return the items whose time has come, earliest first."""
        items = []
        while self.next_at <= now:
            item = heapq.heappop(self._heap)[2]
            del self._noted[item]
            items.append(item)
            while self._heap and self._noted.get(self._heap[0][2]) != self._heap[0][0]:
                heapq.heappop(self._heap)  # an earlier time was noted for it since, and has come
            self.next_at = self._heap[0][0] if self._heap else inf
        return items
