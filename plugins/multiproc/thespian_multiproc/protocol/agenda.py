"""When which link wants to be ticked: the next one is found without asking all.

>>> agenda = Agenda()
>>> agenda.note("ann", 5.0)
>>> agenda.note("ann", 9.0)
>>> agenda.next_at
5.0
>>> agenda.due(7.0), agenda.next_at
(['ann'], None)
"""

from __future__ import annotations

import heapq
from collections.abc import Hashable
from itertools import count
from math import inf
from typing import Generic, TypeVar

Item = TypeVar("Item", bound=Hashable)


class Agenda(Generic[Item]):
    """Keeps for each item the earliest time that was noted for it."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Item]] = []
        self._noted: dict[Item, float] = {}
        self._tie = count()

    def note(self, item: Item, at: float) -> None:
        """Remember to look at an item; a later time than is noted changes nothing."""
        if at < self._noted.get(item, inf):
            self._noted[item] = at
            heapq.heappush(self._heap, (at, next(self._tie), item))

    @property
    def next_at(self) -> float | None:
        """The earliest time, or None."""
        while self._heap and self._noted.get(self._heap[0][2]) != self._heap[0][0]:
            heapq.heappop(self._heap)  # an earlier time was noted for it since
        return self._heap[0][0] if self._heap else None

    def due(self, now: float) -> list[Item]:
        """Take off and return the items whose time has come, earliest first."""
        items = []
        while (at := self.next_at) is not None and at <= now:
            item = heapq.heappop(self._heap)[2]
            del self._noted[item]
            items.append(item)
        return items
