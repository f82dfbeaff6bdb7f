"""For how long the oldest message waits is known without a time for every message."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from thespian_multiproc.runtime.arrivals import RESOLUTION_S, Arrivals


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("came"), st.integers(1, 5)), st.tuples(st.just("taken"), st.integers(1, 5))
        )
    ),
    st.data(),
)
def test_the_age_is_that_of_the_oldest_message_or_a_little_more(
    steps: list[tuple[str, int]], data: st.DataObject
) -> None:
    arrivals = Arrivals()
    now, total = 0.0, 0
    waiting: list[float] = []
    for what, number in steps:
        now += data.draw(st.floats(0.0, 0.2))
        if what == "came":
            total += number
            waiting += [now] * number
            arrivals.came(total, len(waiting), now)
        else:
            del waiting[:number]
        told = arrivals.oldest_s(total, len(waiting), now)
        age = now - waiting[0] if waiting else 0.0
        assert age - 1e-9 <= told <= age + RESOLUTION_S + 1e-9


def test_a_flood_leaves_few_marks() -> None:
    arrivals = Arrivals()
    for number in range(1, 100_001):
        arrivals.came(number, number, number * RESOLUTION_S / 1000)
    assert len(arrivals._marks) <= 101


def test_what_was_handled_leaves_no_mark() -> None:
    arrivals = Arrivals()
    for number in range(1, 1000):
        arrivals.came(number, 1, float(number))
    assert len(arrivals._marks) == 1
