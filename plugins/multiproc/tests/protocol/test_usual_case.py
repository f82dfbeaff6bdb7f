"""What a link does for the usual case alone is what it does for every case."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from thespian_multiproc.protocol.effects import Deliver, Effect, Transmit
from thespian_multiproc.protocol.frames import Data, Malformed, data_frame, parse
from thespian_multiproc.protocol.limits import Limits
from thespian_multiproc.protocol.link import Link
from thespian_multiproc.protocol.looselink import LooseLink
from thespian_multiproc.protocol.outbox import Load
from thespian_multiproc.protocol.packets import (
    GOES_ON,
    HEAD_BYTES,
    Counters,
    Packet,
    packet_frame,
    parse_packet,
)

LIMITS = Limits(window_bytes=40, batch_bytes=30, tell_after_messages=4)
LOOSE_LIMITS = Limits(
    window_bytes=40,
    frame_bytes=HEAD_BYTES + 20,
    flying_bytes=4 * (HEAD_BYTES + 20),
    tell_after_messages=5,
    tell_after_frames=3,
)


def inside(link: Link) -> dict[str, Any]:
    """Return everything that a link knows, down to plain values."""
    return {name: _plain(value) for name, value in vars(link).items() if name not in ("_kept", "_limits")}


def _plain(value: Any) -> object:
    if isinstance(value, Load):
        return value.unsent_bytes
    return inside(value) if hasattr(value, "__dict__") and not isinstance(value, enum.Enum) else repr(value)


def sent(link: Link, message: bytes, now: float) -> list[Effect]:
    """Send by way of the usual case, where it is one."""
    frame = link.transmit(message, now)
    if frame is None:
        return link.send(message, now)
    link.is_leaving()
    return [Transmit(frame)]


def sent_at_once(link: Link, message: bytes, now: float) -> list[Effect]:
    """Send by way of the usual case, where it is one; the frame leaves at once."""
    frame = link.transmit(message, now)
    return sent_and_left(link, message, now) if frame is None else [Transmit(frame)]


def sent_and_left(link: Link, message: bytes, now: float) -> list[Effect]:
    """Send, and let the frame leave, if there is one."""
    effects = link.send(message, now)
    return [*effects, *link.left(now)] if any(type(one) is Transmit for one in effects) else effects


def arrived(link: Link, frame: Any, now: float) -> list[Effect]:
    """Let a frame arrive by way of the usual case, where it is one."""
    taken = link.takes(frame, now)
    return link.arrived(frame, now) if taken is None else [Deliver(*taken)]


class Both:
    """Two links that are to be the same for ever, and what may happen to both."""

    def __init__(self, new: Callable[[], Link]) -> None:
        self.usual, self.every = new(), new()
        assert self.usual.opened(0, 0, 0.0) == self.every.opened(0, 0, 0.0) == []
        self.now = 0.0
        self.waits_to_handle = 0

    def do(self, what: str, number: int) -> None:
        """Do one thing to both, and compare."""
        self.now += number / 1000
        usual, every, now = self.usual, self.every, self.now
        match what:
            case "send":
                message = bytes(number)
                same = self.joined(sent(usual, message, now)) == self.joined(every.send(message, now))
            case "send at once":
                message = bytes(number)
                usually = self.joined(sent_at_once(usual, message, now))
                same = usually == self.joined(sent_and_left(every, message, now))
            case "arrive":
                same = self.arrive(number)
            case "left":
                same = self.joined(usual.left(now)) == self.joined(every.left(now))
            case "handled":
                count = min(number, self.waits_to_handle)
                self.waits_to_handle -= count
                same = self.joined(usual.handled(count, now)) == self.joined(every.handled(count, now))
            case "tick":
                same = self.joined(usual.tick(now)) == self.joined(every.tick(now))
            case "broke":
                same = self.joined(usual.broke(now)) == self.joined(every.broke(now))
                same = same and self.joined(usual.opened(0, 0, now)) == self.joined(every.opened(0, 0, now))
        assert same
        assert inside(usual) == inside(every)

    def joined(self, effects: list[Effect]) -> list[object]:
        """Return effects so that they can be compared: a frame may be packed in several ways."""
        return [self.parse(b"".join(one.frame)) if type(one) is Transmit else one for one in effects]

    def parse(self, frame: bytes) -> Any:
        """Return what a frame says."""
        return parse(frame)

    def frame(self, number: int) -> bytes:
        """Return a frame that the other side may have sent."""
        first, count, back = self.every.received + 1 + number // 12, 1 + number % 3, number % 5
        received = max(0, self.every._kept.next_number - 1 - back)
        return b"".join(data_frame(first, [b"x"] * count, received, max(0, received - back)))

    def arrive(self, number: int) -> bool:
        """Let a frame arrive at both."""
        frame = self.parse(self.frame(number))
        results: list[object] = []
        for take, link in ((arrived, self.usual), (type(self.every).arrived, self.every)):
            try:
                effects = take(link, frame, self.now)
                results.append(self.joined(effects))
            except Malformed as why:
                effects = []
                results.append(str(why))
        self.waits_to_handle += sum(len(one.messages) for one in effects if type(one) is Deliver)
        return results[0] == results[1]


class BothLoose(Both):
    """The same for links over frames that can be lost."""

    def parse(self, frame: bytes) -> Any:
        """Return what a frame says."""
        return parse_packet(frame)

    def frame(self, number: int) -> bytes:
        """Return a frame that the other side may have sent: mostly the next one, with all that was seen."""
        link = self.every
        assert isinstance(link, LooseLink)
        shipping, joiner = link._shipping, link._joiner
        far = shipping._next_piece - 1
        received = max(0, far - (number == 2))
        handled = max(0, shipping.next_number - 1 - number % 2 - (number == 2) * 3)
        newest = max(0, shipping._last_serial - (number == 3) + (number == 4))
        seen = 0b101 if number == 5 else (1 << 64) - 1
        size = 1 | (GOES_ON if number == 6 else 0)
        pieces = [(size, b"x")] * (2 if number == 7 else 0 if number == 8 else 1)
        first, serial = joiner.received + 1 + (number == 9), joiner.newest + 1 + (number == 10)
        counters = Counters(received, handled, newest, seen)
        return b"".join(packet_frame(serial, first, pieces, counters, number == 11))


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["send", "send at once", "arrive", "arrive", "left", "handled", "tick", "broke"]),
        st.integers(0, 13),
    ),
    max_size=60,
)


@given(EVENTS)
def test_the_usual_case_is_the_general_one(events: list[tuple[str, int]]) -> None:
    both = Both(lambda: Link(LIMITS))
    for what, number in events:
        both.do(what, number)


@given(EVENTS)
def test_the_usual_case_is_the_general_one_where_frames_can_be_lost(events: list[tuple[str, int]]) -> None:
    both = BothLoose(lambda: LooseLink(LOOSE_LIMITS))
    for what, number in events:
        both.do(what, number)


def test_the_usual_case_is_the_usual_one() -> None:
    link = Link(LIMITS)
    link.opened(0, 0, 0.0)
    assert link.transmit(b"hello", 0.0) is not None
    link.is_leaving()
    assert link.transmit(b"again", 0.0) is None, "one frame is under way"
    assert link.left(0.0) == []
    assert link.takes(Data(1, [b"answer"], 1, 1), 0.0) == (1, [b"answer"])
    assert link.takes(Data(3, [b"too early"], 1, 1), 0.0) is None
    assert link.takes(Data(2, [b"x"], 7, 7), 0.0) is None, "it claims to have what was never sent"
    assert link.received == 1


def test_the_usual_case_is_the_usual_one_where_frames_can_be_lost() -> None:
    link = LooseLink(LOOSE_LIMITS)
    link.opened(0, 0, 0.0)
    assert link.transmit(b"hello", 0.0) is not None
    link.is_leaving()
    assert link.transmit(b"again", 0.0) is None, "one frame is under way"
    assert link.left(0.0) == []
    seen = Counters(1, 1, 1, 1)
    assert link.takes(Packet(1, 1, [(6, b"answer")], seen, False), 0.0) == (1, [b"answer"])
    assert link.takes(Packet(2, 3, [(1, b"x")], seen, False), 0.0) is None, "another one comes before"
    assert link.takes(Packet(2, 2, [(1, b"x")], Counters(7, 7, 1, 1), False), 0.0) is None
    assert link.takes(Packet(2, 2, [(1 | GOES_ON, b"x")], seen, False), 0.0) is None
    assert link.received == 1
