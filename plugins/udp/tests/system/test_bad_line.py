"""On a line that loses, doubles and delays a fifth of all datagrams, actors do not notice."""

from __future__ import annotations

import os

import pytest

from plugins.udp.tests.system.bad_line_actors import Counter
from plugins.udp.tests.system.udp_systems import bad_asys, port
from thespian_core.api.system import ActorSystem
from thespian_core.testing.contract import PATIENCE_S

__all__ = ["bad_asys", "port"]

NUMBERS = 20_000
HALF_A_MINUTE_S = 30.0


@pytest.mark.slow
def test_every_message_between_actors_arrives_once_and_in_order(bad_asys: ActorSystem) -> None:
    one, other = bad_asys.createActor(Counter), bad_asys.createActor(Counter)
    for sender, receiver in ((one, other), (other, one)):
        bad_asys.tell(sender, ("count to", NUMBERS, receiver))
    for actor in (one, other):
        # It may be asked before all has come; what it is asked overtakes nothing but others' mail.
        while len(seen := bad_asys.ask(actor, "what came?", HALF_A_MINUTE_S)) < NUMBERS:
            assert seen == list(range(len(seen)))
        assert seen == list(range(NUMBERS))
    lost = [bad_asys.ask(actor, "how many were lost?", PATIENCE_S) for actor in (one, other)]
    assert min(lost) > 0, "the line was no bad one"


@pytest.mark.slow
def test_every_message_of_a_program_arrives_once_and_in_order(bad_asys: ActorSystem) -> None:
    actor = bad_asys.createActor(Counter)
    for number in range(NUMBERS):
        bad_asys.tell(actor, number)
    assert bad_asys.ask(actor, "what came?", HALF_A_MINUTE_S) == list(range(NUMBERS))


@pytest.mark.slow
@pytest.mark.parametrize("size", [1, 20_000, 1_000_000, 4_000_000])
def test_messages_of_any_size_are_answered(bad_asys: ActorSystem, size: int) -> None:
    actor = bad_asys.createActor(Counter)
    for _ in range(3):
        question = os.urandom(size)
        assert bad_asys.ask(actor, question, HALF_A_MINUTE_S) == question[::-1]
