"""When a process stays awake for an answer, and when it gives that up."""

from __future__ import annotations

from math import log2

import pytest

from thespian_multiproc.runtime.spinning import (
    FIRST_TRY_AFTER,
    LAST_TRY_AFTER,
    MOST_IN_VAIN,
    PAYS_BELOW,
    SHORT_S,
    TRIES,
    AdaptiveSpin,
)

ASLEEP_S, AWAKE_S = 0.0002, 0.00006  # what a wait takes with and without two who have to be woken


def sleeping(spin: AdaptiveSpin, waits: int, waited_s: float = ASLEEP_S) -> None:
    for _ in range(waits):
        assert spin.limit_s == 0
        spin.slept(waited_s)


@pytest.fixture
def trying() -> AdaptiveSpin:
    spin = AdaptiveSpin()
    sleeping(spin, FIRST_TRY_AFTER)
    assert spin.limit_s == SHORT_S
    return spin


@pytest.fixture
def spinning(trying: AdaptiveSpin) -> AdaptiveSpin:
    for _ in range(TRIES):
        trying.spun(AWAKE_S)
    return trying


def test_who_waits_long_sleeps_at_once() -> None:
    sleeping(AdaptiveSpin(), 10_000, SHORT_S)


def test_short_waits_count_in_a_row_only() -> None:
    spin = AdaptiveSpin()
    for _ in range(100):
        sleeping(spin, FIRST_TRY_AFTER - 1)
        sleeping(spin, 1, 1.0)


def test_where_waits_get_shorter_it_goes_on_for_up_to_twice_as_long_as_they_take(
    spinning: AdaptiveSpin,
) -> None:
    assert spinning.limit_s == pytest.approx(2 * AWAKE_S)
    for _ in range(10_000):
        spinning.spun(AWAKE_S)
    assert spinning.limit_s == pytest.approx(2 * AWAKE_S)


def test_it_never_stays_awake_for_longer_than_a_short_wait() -> None:
    spin = AdaptiveSpin()
    sleeping(spin, FIRST_TRY_AFTER, SHORT_S * 0.99)
    for _ in range(TRIES):
        spin.spun(SHORT_S * 0.6)
    assert spin.limit_s == SHORT_S


def test_where_waits_get_hardly_shorter_it_sleeps(trying: AdaptiveSpin) -> None:
    for _ in range(TRIES):
        assert trying.limit_s == SHORT_S
        trying.spun(ASLEEP_S * (PAYS_BELOW + 0.01))
    assert trying.limit_s == 0


def test_each_try_that_fails_puts_the_next_one_off_for_twice_as_long(trying: AdaptiveSpin) -> None:
    waits = FIRST_TRY_AFTER
    for _ in range(20):
        for _ in range(TRIES):
            trying.in_vain()
        waits = min(2 * waits, LAST_TRY_AFTER)
        sleeping(trying, waits)
        assert trying.limit_s == SHORT_S


def test_what_is_tried_in_vain_costs_little_of_the_time() -> None:
    spin, awake_s, waits = AdaptiveSpin(), 0.0, 100_000
    for _ in range(waits):
        if spin.limit_s:
            awake_s += spin.limit_s
            spin.in_vain()
        else:
            spin.slept(ASLEEP_S)
    rounds = log2(LAST_TRY_AFTER / FIRST_TRY_AFTER) + waits / LAST_TRY_AFTER + 1
    assert awake_s <= rounds * TRIES * SHORT_S
    assert awake_s < 0.01 * waits * ASLEEP_S


def test_two_in_vain_in_a_row_end_it_and_one_does_not(spinning: AdaptiveSpin) -> None:
    for _ in range(100):
        for _ in range(MOST_IN_VAIN - 1):
            spinning.in_vain()
        spinning.spun(AWAKE_S)
    assert spinning.limit_s > 0
    for _ in range(MOST_IN_VAIN):
        spinning.in_vain()
    assert spinning.limit_s == 0


def test_who_stops_after_a_success_tries_again_soon(spinning: AdaptiveSpin) -> None:
    for _ in range(MOST_IN_VAIN):
        spinning.in_vain()
    sleeping(spinning, FIRST_TRY_AFTER)
    assert spinning.limit_s == SHORT_S
