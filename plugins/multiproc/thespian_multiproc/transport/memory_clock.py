"""A virtual clock, and the dice that decide what goes wrong: the same seed, the same events."""

from __future__ import annotations

import hashlib
import heapq
import random
from collections.abc import Callable
from itertools import count

import attrs


def _a_chance(_: object, attribute: attrs.Attribute[float], value: float) -> None:
    if not 0 <= value <= 1:
        raise ValueError(f"{attribute.name} is a probability from 0 to 1, not {value!r}")


def _a_range(_: object, attribute: attrs.Attribute[tuple[float, float]], value: tuple[float, float]) -> None:
    if not 0 <= value[0] <= value[1]:
        raise ValueError(f"{attribute.name} is (least, most) in seconds, not {value!r}")


@attrs.frozen(kw_only=True)
class Faults:
    """What goes wrong, and how often.

    Attributes:
        loss: chance that a frame is lost on its way; in an ordered conversation, that the conversation
            is lost with it.
        duplication: chance that a frame without conversation arrives twice.
        delay_s: least and most that anything is under way; frames without conversation overtake each other.
        refusal: chance that a new conversation, or a frame without one, is refused for now.
    """

    loss: float = attrs.field(default=0.0, validator=_a_chance)
    duplication: float = attrs.field(default=0.0, validator=_a_chance)
    delay_s: tuple[float, float] = attrs.field(default=(0.0, 0.0), validator=_a_range)
    refusal: float = attrs.field(default=0.0, validator=_a_chance)


NO_FAULTS = Faults()


class VirtualClock:
    """The clock, everything that is under way, and the dice.

    Attributes:
        now: virtual seconds since the beginning.
        faults: may be replaced at any time, so that a simulation can end the faults.
        log: one tuple for each thing that happened, in order.
    """

    def __init__(self, seed: int = 0, faults: Faults = NO_FAULTS) -> None:
        self.now = 0.0
        self.faults = faults
        self.log: list[tuple[object, ...]] = []
        self._random = random.Random(seed)
        # The number keeps what is due at the same moment in the order it was scheduled in.
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = count()
        self._cuts: list[tuple[frozenset[str], float, float]] = []

    @property
    def next_at(self) -> float | None:
        """When the next thing happens; None when nothing is under way."""
        return self._due[0][0] if self._due else None

    def schedule(self, at: float, action: Callable[[], None]) -> None:
        """Let something happen at a time; what is in the past happens next."""
        heapq.heappush(self._due, (max(at, self.now), next(self._numbers), action))

    def step(self) -> bool:
        """Let the next thing happen, and the clock stand at its time.

        Returns:
            Whether there was anything.
        """
        if not self._due:
            return False
        self.now, _, action = heapq.heappop(self._due)
        action()
        return True

    def advance(self, to: float) -> None:
        """Let everything happen until a time, and the clock stand there."""
        while self._due and self._due[0][0] <= to:
            self.step()
        self.now = max(self.now, to)

    def cut(self, one: str, other: str, for_s: float) -> None:
        """Let nothing pass between two places, in either direction, from now on for a while."""
        self.note("cut", *sorted((one, other)), for_s)
        self._cuts = [entry for entry in self._cuts if entry[2] > self.now]
        self._cuts.append((frozenset((one, other)), self.now, self.now + for_s))

    def is_cut(self, one: str, other: str) -> bool:
        """Whether nothing passes between two places now."""
        pair = frozenset((one, other))
        return any(pair == both and since <= self.now < until for both, since, until in self._cuts)

    def happens(self, chance: float) -> bool:
        """Roll the dice; a chance of 0 does not touch them."""
        return chance > 0 and self._random.random() < chance

    def arrival(self) -> float:
        """Return when something arrives that leaves now."""
        least, most = self.faults.delay_s
        return self.now + (self._random.uniform(least, most) if most > least else least)

    def note(self, *what: object) -> None:
        """Write into the log."""
        self.log.append((round(self.now, 9), *what))

    def log_hash(self) -> str:
        """Return a digest of the log: equal for equal logs."""
        return hashlib.sha256("\n".join(map(repr, self.log)).encode()).hexdigest()
