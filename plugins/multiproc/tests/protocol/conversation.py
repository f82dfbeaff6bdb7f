"""Two links face to face under a virtual clock, on a line that loses, delays, doubles, swaps and breaks."""

from __future__ import annotations

import hashlib
import heapq
import random
from typing import Any

import attrs

from thespian_multiproc.protocol.effects import Dead, Deliver, Effect, Open, Transmit
from thespian_multiproc.protocol.frames import parse
from thespian_multiproc.protocol.limits import Limits
from thespian_multiproc.protocol.link import Link, State
from thespian_multiproc.protocol.looselink import LooseLink
from thespian_multiproc.protocol.packets import parse_packet


@attrs.frozen
class Faults:
    """How bad the line is, as chances from 0 to 1."""

    loss: float = 0.0
    doubling: float = 0.0
    breaking: float = 0.0
    longest_delay_s: float = 0.5


@attrs.define
class Side:
    """One end: its link, what it was given, and what it saw."""

    link: Link
    given: list[bytes] = attrs.field(factory=list)
    seen: list[bytes] = attrs.field(factory=list)
    dead: list[bytes] = attrs.field(factory=list)


class Conversation:
    """Runs both sides; every choice comes from one seed.

    Args:
        seed: of all choices.
        ordered: whether the line is a stream, which breaks rather than loses, or datagrams.
        faults: how bad the line is, until :meth:`heal`.
        limits: of both links.
    """

    def __init__(self, seed: int, ordered: bool, faults: Faults, limits: Limits) -> None:
        self.random = random.Random(seed)
        self.ordered = ordered
        self.faults = faults
        kind = Link if ordered else LooseLink
        self.sides = (Side(kind(limits)), Side(kind(limits)))
        self.now = 0.0
        self.epoch = 0  # of the conversation; frames of an earlier one are never seen
        self.is_open = False
        self.log: list[tuple[Any, ...]] = []
        self._events: list[tuple[float, int, str, int, Any]] = []
        self._count = 0
        self._last_arrival = [0.0, 0.0]

    def send(self, who: int, message: bytes) -> None:
        """Give one side a message."""
        side = self.sides[who]
        side.given.append(message)
        self._carry_out(who, side.link.send(message, self.now))

    def heal(self) -> None:
        """Make the line a good one."""
        self.faults = Faults()

    def run(self, until: float) -> None:
        """Let time pass."""
        while True:
            ticks = [(side.link.next_tick, who) for who, side in enumerate(self.sides)]
            tick, who = min(((at, who) for at, who in ticks if at is not None), default=(None, 0))
            event_at = self._events[0][0] if self._events else None
            times = [at for at in (tick, event_at) if at is not None]
            if not times or min(times) > until:
                self.now = until
                return
            self.now = max(self.now, min(times))
            if event_at is not None and (tick is None or event_at <= tick):
                self._happen(*heapq.heappop(self._events)[2:])
            else:
                self._note("tick", who)
                self._carry_out(who, self.sides[who].link.tick(self.now))

    def log_hash(self) -> str:
        """Return the hash of all that happened."""
        return hashlib.sha256(repr(self.log).encode()).hexdigest()

    def _note(self, *what: Any) -> None:
        self.log.append((round(self.now, 9), *what))

    def _later(self, delay_s: float, what: str, who: int, detail: Any) -> None:
        self._count += 1
        heapq.heappush(self._events, (self.now + delay_s, self._count, what, who, detail))

    def _happen(self, what: str, who: int, detail: Any) -> None:
        self._note(what, who)
        link = self.sides[who].link
        if what == "open":
            self._open()
        elif what == "break":
            self._break()
        elif what == "handle":
            self._carry_out(who, link.handled(detail, self.now))
        elif detail[0] == self.epoch and self.is_open:
            if what == "left":
                self._carry_out(who, link.left(self.now))
            elif what == "arrive":
                frame: Any = parse(detail[1]) if self.ordered else parse_packet(detail[1])
                self._carry_out(who, link.arrived(frame, self.now))

    def _open(self) -> None:
        if self.is_open:
            return
        if self.random.random() < self.faults.breaking:
            for who, side in enumerate(self.sides):
                if side.link.state is State.CLOSED:
                    self._carry_out(who, side.link.broke(self.now))
            return
        self.epoch += 1
        self.is_open = True
        one, two = self.sides
        told = [(side.link.received, side.link.handled_so_far) for side in (two, one)]
        for who, side in enumerate(self.sides):
            self._carry_out(who, side.link.opened(*told[who], self.now))

    def _break(self) -> None:
        if not self.is_open:
            return
        self.is_open = False
        for who, side in enumerate(self.sides):
            self._carry_out(who, side.link.broke(self.now))

    def _carry_out(self, who: int, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case Open():
                    self._later(0.01, "open", who, None)
                case Transmit(frame):
                    self._transmit(who, b"".join(frame))
                case Deliver(first, messages):
                    side = self.sides[who]
                    assert first == len(side.seen) + 1
                    side.seen += map(bytes, messages)
                    for _ in messages:
                        self._later(self.random.random() * 0.05, "handle", who, 1)
                case Dead(_, messages):
                    self.sides[who].dead += map(bytes, messages)

    def _transmit(self, who: int, frame: bytes) -> None:
        chance = self.random.random
        self._later(chance() * 0.001, "left", who, (self.epoch,))
        if chance() < self.faults.breaking:
            self._later(chance() * 0.1, "break", who, None)
        if self.ordered:
            at = max(self.now + chance() * 0.01, self._last_arrival[who])
            self._last_arrival[who] = at
            self._later(at - self.now, "arrive", 1 - who, (self.epoch, frame))
            return
        copies = 2 if chance() < self.faults.doubling else 1
        for _ in range(copies):
            if chance() >= self.faults.loss:
                delay_s = chance() * self.faults.longest_delay_s
                self._later(delay_s, "arrive", 1 - who, (self.epoch, frame))
