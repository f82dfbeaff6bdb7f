"""Wake-ups under a clock that the test holds in its hand."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from thespian.actors import ActorAddress
from thespian_core.semantics.wakeups import Wakeups

ALICE, BOB = ActorAddress("alice"), ActorAddress("bob")


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), max_size=30), st.floats(0, 250))
def test_exactly_what_is_due_comes_in_the_order_it_fell_due(
    asked: list[tuple[float, float]], now: float
) -> None:
    wakeups = Wakeups()
    for number, (at, period) in enumerate(asked):
        wakeups.add(ALICE, period, number, at)
    got = [message.payload for _, message in wakeups.due(now)]
    expected = [
        number
        for number, (at, period) in sorted(enumerate(asked), key=lambda one: one[1][0] + one[1][1])
        if at + period <= now
    ]
    assert got == expected
    assert wakeups.next_due is None or wakeups.next_due > now


def test_one_actors_wake_ups_are_forgotten_and_anothers_are_not() -> None:
    wakeups = Wakeups()
    for number in range(10):
        wakeups.add((ALICE, BOB)[number % 2], timedelta(seconds=10 - number), number, now=0)
    wakeups.forget(ALICE)
    assert [to for to, _ in wakeups.due(now=100)] == [BOB] * 5
    assert wakeups.next_due is None


def test_pending_ones_are_told_with_the_time_that_is_left() -> None:
    wakeups = Wakeups()
    wakeups.add(ALICE, 10, None, now=0)
    wakeups.add(BOB, timedelta(seconds=5), None, now=0)
    ((owner, timer),) = wakeups.of(ALICE, now=4)
    assert (owner, timer.period_s, timer.left_s) == (ALICE, 10, 6)
    assert [owner for owner, _ in wakeups.of(None, now=4)] == [BOB, ALICE]
