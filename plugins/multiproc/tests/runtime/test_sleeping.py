"""When a process that waits stays awake for a moment, and what wakes it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

import pytest

from thespian_multiproc.runtime.sleeping import Sleeper, processors
from thespian_multiproc.runtime.spinning import FIRST_TRY_AFTER
from thespian_multiproc.transport.interface import Endpoint, Event, Frame, Invitation, Peer, Sent

needs_a_choice = pytest.mark.skipif(
    not hasattr(os, "sched_setaffinity"), reason="this system does not let a process choose its processors"
)


class FastAnswers(Endpoint):
    """Something happens whenever it is waited for, but never when it is only looked at."""

    where = "here"
    looks = sleeps = 0
    now = 0.0

    def wait(self, timeout_s: float | None) -> Sequence[Event]:
        if timeout_s == 0:
            self.looks += 1
            self.now += 0.00001
            return ()
        self.sleeps += 1
        self.now += 0.0001
        return (Sent(1, self),)

    def clock(self) -> float:
        return self.now

    def submit(self, frame: Frame, to: str | Peer, token: int) -> bool:
        return True

    def admit(self, peer: Peer) -> None:
        return

    def drop(self, peer: Peer) -> None:
        return

    def wake(self) -> None:
        return

    def invite(self, at: str | None = None) -> Invitation:
        raise NotImplementedError

    def close(self) -> None:
        return


@pytest.fixture
def usable() -> Iterator[set[int]]:
    """The processors that the test may use; it may use them all again afterwards."""
    before = os.sched_getaffinity(0)
    yield before
    os.sched_setaffinity(0, before)


@pytest.fixture
def two_processors() -> None:
    """The test may use more than one."""
    if processors() < 2:
        pytest.skip("this machine has one processor")


def looks_after_ten_fast_answers() -> int:
    endpoint = FastAnswers()
    sleeper = Sleeper(endpoint, endpoint.clock)
    for _ in range(10):
        assert sleeper.wait(None)
    return endpoint.looks


@needs_a_choice
def test_with_one_processor_a_process_sleeps_at_once(usable: set[int]) -> None:
    os.sched_setaffinity(0, {min(usable)})
    assert processors() == 1
    assert looks_after_ten_fast_answers() == 0


class ReadyAnswers(FastAnswers):
    """The same, and who looks finds it, too."""

    def wait(self, timeout_s: float | None) -> Sequence[Event]:
        super().wait(timeout_s)
        return (Sent(1, self),)


@pytest.mark.usefixtures("two_processors")
def test_who_finds_what_it_waits_for_by_looking_sleeps_no_more() -> None:
    endpoint = ReadyAnswers()
    sleeper = Sleeper(endpoint, endpoint.clock)
    for _ in range(FIRST_TRY_AFTER + 100):
        assert sleeper.wait(None)
    assert endpoint.sleeps == FIRST_TRY_AFTER


@pytest.mark.usefixtures("two_processors")
def test_who_stays_awake_waits_no_longer_than_it_may() -> None:
    endpoint = FastAnswers()
    sleeper = Sleeper(endpoint, endpoint.clock)
    for _ in range(FIRST_TRY_AFTER):
        sleeper.wait(None)
    began = endpoint.now
    sleeper.wait(0.00015)
    assert endpoint.now - began == pytest.approx(0.00015, abs=0.00003)
    assert endpoint.sleeps == FIRST_TRY_AFTER


@pytest.mark.usefixtures("two_processors")
def test_with_two_processors_it_looks_for_the_answer_first() -> None:
    assert looks_after_ten_fast_answers() > 0


def test_who_only_looks_takes_no_wake_from_who_is_to_wait() -> None:
    endpoint = FastAnswers()
    sleeper = Sleeper(endpoint, endpoint.clock)
    sleeper.wake()
    sleeper.wait(0)  # as a thread does that sends very much
    sleeper.wait(None)
    assert endpoint.sleeps == 0
    sleeper.wait(None)
    assert endpoint.sleeps == 1
