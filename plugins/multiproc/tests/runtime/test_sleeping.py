"""When a process that waits stays awake for a moment, and what wakes it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

import pytest

from thespian_multiproc.runtime.sleeping import Sleeper, processors
from thespian_multiproc.transport.interface import Endpoint, Event, Frame, Invitation, Peer, Sent

needs_a_choice = pytest.mark.skipif(
    not hasattr(os, "sched_setaffinity"), reason="this system does not let a process choose its processors"
)


class FastAnswers(Endpoint):
    """Something happens whenever it is waited for, but never when it is only looked at."""

    where = "here"
    looks = sleeps = 0

    def wait(self, timeout_s: float | None) -> Sequence[Event]:
        if timeout_s == 0:
            self.looks += 1
            return ()
        self.sleeps += 1
        return (Sent(1, self),)

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


def looks_after_ten_fast_answers() -> int:
    endpoint = FastAnswers()
    sleeper = Sleeper(endpoint)
    for _ in range(10):
        assert sleeper.wait(None)
    return endpoint.looks


@needs_a_choice
def test_with_one_processor_a_process_sleeps_at_once(usable: set[int]) -> None:
    os.sched_setaffinity(0, {min(usable)})
    assert processors() == 1
    assert looks_after_ten_fast_answers() == 0


@needs_a_choice
def test_with_two_processors_it_looks_for_the_answer_first(usable: set[int]) -> None:
    if len(usable) < 2:
        pytest.skip("this machine has one processor")
    assert looks_after_ten_fast_answers() > 0


def test_who_only_looks_takes_no_wake_from_who_is_to_wait() -> None:
    endpoint = FastAnswers()
    sleeper = Sleeper(endpoint)
    sleeper.wake()
    sleeper.wait(0)  # as a thread does that sends very much
    sleeper.wait(None)
    assert endpoint.sleeps == 0
    sleeper.wait(None)
    assert endpoint.sleeps == 1
