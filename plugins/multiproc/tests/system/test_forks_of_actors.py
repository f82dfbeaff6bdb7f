"""What an actor forks is a process of its own, and takes neither mail nor signals from it."""

from __future__ import annotations

import signal

import pytest

from plugins.multiproc.tests.system.forking_actors import Forker
from thespian_core.api.system import ActorSystem
from thespian_core.messages import ActorExitRequest
from thespian_core.testing.contract import PATIENCE_S


@pytest.mark.parametrize(
    ("what", "status"),
    [("returns", 0), ("exits", 3), ("raises", 1), ("sends", 1), ("creates", 1), ("wakes", 1)],
)
def test_whatever_a_fork_does_its_actor_answers_and_goes_on(
    asys: ActorSystem, what: str, status: int
) -> None:
    forker = asys.createActor(Forker)
    for _ in range(2):
        assert asys.ask(forker, what, PATIENCE_S) == (what, status)


def test_a_fork_that_is_made_while_an_actor_exits_ends_well(asys: ActorSystem) -> None:
    forker = asys.createActor(Forker)
    asys.tell(forker, "fork at the end")
    asys.tell(forker, ActorExitRequest())
    assert asys.listen(PATIENCE_S) == ("returns", 0)


def test_a_process_that_an_actor_has_forked_can_be_terminated_at_once(asys: ActorSystem) -> None:
    forker = asys.createActor(Forker)
    for _ in range(10):
        assert asys.ask(forker, "terminate", PATIENCE_S) == -signal.SIGTERM
