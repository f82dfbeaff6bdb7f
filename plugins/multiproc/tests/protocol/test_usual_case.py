"""What a link does for the usual case alone is what it does for every case."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from thespian_multiproc.protocol.effects import Deliver, Effect, Transmit
from thespian_multiproc.protocol.frames import Ack, Data, Malformed, data_frame, parse
from thespian_multiproc.protocol.limits import Limits
from thespian_multiproc.protocol.link import Link

LIMITS = Limits(window_bytes=40, batch_bytes=30, tell_after_messages=4)


def inside(link: Link) -> dict[str, Any]:
    """Return everything that a link knows."""
    known = {**vars(link), **{f"out{name}": value for name, value in vars(link._out).items()}}
    return {
        name: value.unsent_bytes if name == "out_load" else value
        for name, value in known.items()
        if name not in ("_out", "_kept", "_limits")
    }


def sent(link: Link, message: bytes, now: float) -> list[Effect]:
    """Send by way of the usual case, where it is one."""
    frame = link.transmit(message, now)
    return link.send(message, now) if frame is None else [Transmit(frame)]


def arrived(link: Link, frame: Data | Ack, now: float) -> list[Effect]:
    """Let a frame arrive by way of the usual case, where it is one."""
    if type(frame) is Data and link.takes(frame, now):
        return [Deliver(frame.first, frame.messages)]
    return link.arrived(frame, now)


def joined(effects: list[Effect]) -> list[object]:
    """Return effects so that they can be compared: a frame may be packed in several ways."""
    return [parse(b"".join(one.frame)) if type(one) is Transmit else one for one in effects]


class Both:
    """Two links that are to be the same for ever, and what may happen to both."""

    def __init__(self) -> None:
        self.usual, self.every = Link(LIMITS), Link(LIMITS)
        self.now = 0.0
        self.waits_to_handle = 0

    def do(self, what: str, number: int) -> None:
        """Do one thing to both, and compare."""
        self.now += number / 1000
        usual, every, now = self.usual, self.every, self.now
        match what:
            case "send":
                message = bytes(number)
                same = joined(sent(usual, message, now)) == joined(every.send(message, now))
            case "arrive":
                same = self._arrive(every.received + 1 + number // 12, 1 + number % 3, number % 5)
            case "left":
                same = joined(usual.left(now)) == joined(every.left(now))
            case "handled":
                count = min(number, self.waits_to_handle)
                self.waits_to_handle -= count
                same = joined(usual.handled(count, now)) == joined(every.handled(count, now))
            case "tick":
                same = joined(usual.tick(now)) == joined(every.tick(now))
            case "broke":
                same = joined(usual.broke(now)) == joined(every.broke(now))
                same = same and joined(usual.opened(0, 0, now)) == joined(every.opened(0, 0, now))
        assert same
        assert inside(usual) == inside(every)

    def _arrive(self, first: int, count: int, back: int) -> bool:
        received = max(0, self.every._out.next_number - 1 - back)
        data = data_frame(first, [b"x"] * count, received, max(0, received - back))
        frame = parse(b"".join(data))
        before = self.every.received
        results: list[object] = []
        for take, link in ((arrived, self.usual), (Link.arrived, self.every)):
            try:
                results.append(joined(take(link, frame, self.now)))
            except Malformed as why:
                results.append(str(why))
        self.waits_to_handle += self.every.received - before
        return results[0] == results[1]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["send", "send", "arrive", "arrive", "left", "handled", "tick", "broke"]),
            st.integers(0, 13),
        ),
        max_size=60,
    ),
)
def test_the_usual_case_is_the_general_one(events: list[tuple[str, int]]) -> None:
    both = Both()
    assert both.usual.opened(0, 0, 0.0) == both.every.opened(0, 0, 0.0) == []
    for what, number in events:
        both.do(what, number)


def test_the_usual_case_is_the_usual_one() -> None:
    link = Link(LIMITS)
    link.opened(0, 0, 0.0)
    assert link.transmit(b"hello", 0.0) is not None
    assert link.transmit(b"again", 0.0) is None, "one frame is under way"
    assert link.left(0.0) == []
    assert link.takes(Data(1, [b"answer"], 1, 1), 0.0)
    assert not link.takes(Data(3, [b"too early"], 1, 1), 0.0)
    assert not link.takes(Data(2, [b"x"], 7, 7), 0.0), "it claims to have what was never sent"
    assert link.received == 1
