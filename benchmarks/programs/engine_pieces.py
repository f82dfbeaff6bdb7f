"""Measures what cannot be switched off between two processes: the handshake, the page, and the bookkeeping.

All in this process, without a socket: what the pure machines cost, and what the same messages cost
without them.
"""

from __future__ import annotations

import os
import pickle
import statistics
from collections import deque
from collections.abc import Callable

from measuring import PAYLOAD, now, show

from thespian_multiproc.protocol.frames import Data, data_frame, parse
from thespian_multiproc.protocol.handshake import Established, Initiator, Responder, Say
from thespian_multiproc.protocol.session_effects import Effect, Incoming, Submit
from thespian_multiproc.protocol.sessions import Sessions
from thespian_multiproc.runtime.page import Page
from thespian_multiproc.transport.interface import Received, Sent

KEY = b"k" * 32
PEER = ("the only conversation",)
REPEATS = 9
PAIRS = 300
MESSAGES = 6400
IN_ONE_FRAME = 64
PROTOCOL = 5  # of pickle, as on the wire


def per_turn_us(act: Callable[[], object], turns: int) -> float:
    """Return what one of some turns takes, when all are done together; the median of a few times."""
    taken_s: list[float] = []
    for _ in range(REPEATS):
        began = now()
        act()
        taken_s.append(now() - began)
    return statistics.median(taken_s) / turns * 1e6


def shake_hands() -> None:
    """Let two strangers become peers, both sides of it."""
    one = Initiator(KEY, "initiator", "responder", os.urandom(32), lambda _: (0, 0))
    other = Responder(KEY, "responder", os.urandom(32), lambda _: (0, 0))
    outcome = other.handle(one.begin())
    for side in (one, other, one):
        assert isinstance(outcome, (Say, Established))
        assert outcome.frame is not None
        outcome = side.handle(outcome.frame)
    assert isinstance(outcome, Established)


def shake_many_hands() -> None:
    """Let many pairs meet."""
    for _ in range(PAIRS):
        shake_hands()


def touch_page() -> None:
    """Note the begin and the end of many messages."""
    slot = page.slot("peer")
    for number in range(MESSAGES):
        page.begin(slot, number)
        page.end(slot, number)


class Pair:
    """Two mailboxes' conversations, joined without a network; what comes in is unpickled and handled."""

    def __init__(self) -> None:
        self.sides = {name: self._new(name) for name in ("one", "other")}
        self.came = 0
        self._under_way: deque[tuple[str, bytes]] = deque()
        self.carry_out("one", self.sides["one"].send("other", "there", b"", 0.0))
        assert self.came == 1

    def _new(self, name: str) -> Sessions:
        return Sessions(KEY, name, ordered=True, sealed=False, new_nonce=lambda: os.urandom(32))

    def carry_out(self, name: str, effects: list[Effect]) -> None:
        """Do what one side wants, and let both hear of it until nothing is under way."""
        self._carry_out(name, effects)
        while self._under_way:
            name, frame = self._under_way.popleft()
            self._carry_out(name, self.sides[name].happened(Received(frame, PEER), 0.0))

    def _carry_out(self, name: str, effects: list[Effect]) -> None:
        side = self.sides[name]
        for effect in effects:
            if isinstance(effect, Submit):
                self._under_way.append(("other" if name == "one" else "one", b"".join(effect.frame)))
                self._carry_out(name, side.happened(Sent(effect.token, PEER), 0.0))
            elif isinstance(effect, Incoming):
                for message in effect.messages:
                    self.came += 1
                    if len(message):
                        pickle.loads(message)
                    self._carry_out(name, side.handled(effect.correspondent, 1, 0.0))


def with_bookkeeping() -> None:
    """Bring messages to the other side, each in a frame of its own, and account for them."""
    pair = Pair()
    one = pair.sides["one"]
    for _ in range(MESSAGES):
        pair.carry_out("one", one.send("other", "there", pickle.dumps(PAYLOAD, PROTOCOL), 0.0))
    assert pair.came == MESSAGES + 1


def with_bookkeeping_batched() -> None:
    """Bring messages to the other side, many in a frame as in a flood, and account for them."""
    pair = Pair()
    one = pair.sides["one"]
    for _ in range(MESSAGES // IN_ONE_FRAME):
        effects: list[Effect] = []
        # The first one leaves at once; the others pile up until it is said to have left.
        for _ in range(IN_ONE_FRAME):
            effects += one.send("other", "there", pickle.dumps(PAYLOAD, PROTOCOL), 0.0)
        pair.carry_out("one", effects)
    assert pair.came == MESSAGES + 1


def bare(in_one_frame: int) -> Callable[[], None]:
    """Return what brings the same messages to the other side with nothing but pickle and frames."""

    def act() -> None:
        came = 0
        for _ in range(MESSAGES // in_one_frame):
            messages = [pickle.dumps(PAYLOAD, PROTOCOL) for _ in range(in_one_frame)]
            data = parse(b"".join(data_frame(1, messages, 0, 0)))
            assert isinstance(data, Data)
            for message in data.messages:
                pickle.loads(message)
                came += 1
        assert came == MESSAGES

    return act


page = Page.anonymous()


def main() -> None:
    """Measure all pieces, and print them."""
    show("handshake, both sides", per_turn_us(shake_many_hands, PAIRS), "us")
    show("page: begin and end of a message", per_turn_us(touch_page, MESSAGES) * 1e3, "ns")
    show("a message alone in its frame: pickle and frame only", per_turn_us(bare(1), MESSAGES), "us")
    show("a message alone in its frame: accounted for", per_turn_us(with_bookkeeping, MESSAGES), "us")
    many = f"a message of {IN_ONE_FRAME} in a frame"
    show(f"{many}: pickle and frame only", per_turn_us(bare(IN_ONE_FRAME), MESSAGES), "us")
    show(f"{many}: accounted for", per_turn_us(with_bookkeeping_batched, MESSAGES), "us")


if __name__ == "__main__":
    main()
