"""Since when the oldest message in an inbox waits, without a time for every message.

A *mark* says how many messages had come in by a moment. There is one mark for each ``RESOLUTION_S`` in which
something came in, and only for messages that still wait.

>>> arrivals = Arrivals()
>>> arrivals.came(total=1, waiting=1, now=5.0)
>>> arrivals.came(total=3, waiting=3, now=7.0)
>>> arrivals.oldest_s(total=3, waiting=3, now=8.0)
3.0
>>> arrivals.oldest_s(total=3, waiting=2, now=8.0)
1.0
>>> arrivals.oldest_s(total=3, waiting=0, now=8.0)
0.0
"""

from __future__ import annotations

from collections import deque

RESOLUTION_S = 0.05  # our choice: an operator looks at seconds


class Arrivals:
    """The marks of one inbox, from which messages are taken in the order in which they came."""

    def __init__(self) -> None:
        self._marks: deque[tuple[int, float]] = deque()

    def came(self, total: int, waiting: int, now: float) -> None:
        """Something has come in.

        Args:
            total: how many messages have come in by now, in all.
            waiting: how many of them wait.
            now: seconds on a clock that never runs backwards.
        """
        marks = self._marks
        while marks and marks[0][0] <= total - waiting:
            marks.popleft()
        if not marks or now - marks[-1][1] >= RESOLUTION_S:
            marks.append((total, now))
        else:  # it is as old as the mark says, or a little younger
            marks[-1] = (total, marks[-1][1])

    def oldest_s(self, total: int, waiting: int, now: float) -> float:
        """Return for how long the oldest message waits; 0 when none does."""
        while self._marks and self._marks[0][0] <= total - waiting:
            self._marks.popleft()
        return now - self._marks[0][1] if self._marks and waiting else 0.0
