"""Statements about actors that fail."""

from __future__ import annotations

import pytest

from thespian_core.api.system import ActorSystem
from thespian_core.messages import PoisonMessage
from thespian_core.testing import actors
from thespian_core.testing.actors import Quiet
from thespian_core.testing.contract import PATIENCE_S, SOON_S
from thespian_core.testing.doer import Do, Doer, do
from thespian_core.testing.steps import falls_silent, listen_for, wait_until


class Failing:
    """What becomes of a message that an actor fails on, and of the actor."""

    def test_a_message_that_fails_twice_comes_back_with_a_traceback(self, asys: ActorSystem) -> None:
        answer = asys.ask(asys.createActor(Doer), do("fail"), PATIENCE_S)
        assert isinstance(answer, PoisonMessage)
        assert answer.poisonMessage == do("fail")
        assert answer.details is not None
        assert "Traceback" in answer.details
        assert "ValueError: as was asked" in answer.details

    def test_a_message_is_tried_exactly_twice_by_the_same_actor_object(self, asys: ActorSystem) -> None:
        doer = asys.createActor(Doer)
        assert isinstance(asys.ask(doer, do("count_and_fail"), PATIENCE_S), PoisonMessage)
        assert asys.ask(doer, do("seen"), PATIENCE_S) == ["tried", "tried"]

    def test_a_message_that_fails_once_is_handled(self, asys: ActorSystem) -> None:
        assert asys.ask(asys.createActor(Doer), do("fail_once"), PATIENCE_S) == "worked"

    def test_the_two_tries_of_a_message_are_not_torn_apart_by_another(self, asys: ActorSystem) -> None:
        doer = asys.createActor(Doer)
        asys.tell(doer, do("pass_on", doer, "later"))
        asys.ask(doer, do("count_and_fail"), PATIENCE_S)
        wait_until(asys, lambda status: "later" in asys.ask(doer, do("seen"), PATIENCE_S))
        seen = asys.ask(doer, do("seen"), PATIENCE_S)
        assert seen in (["later", "tried", "tried"], ["tried", "tried", "later"])

    @pytest.mark.parametrize("message", [1, 2.5])
    def test_a_message_whose_handler_only_begins_comes_back_with_what_to_do(
        self, asys: ActorSystem, message: object
    ) -> None:
        actor = asys.createActor(actors.AwaitedByType)
        answer = asys.ask(actor, message, PATIENCE_S)
        assert isinstance(answer, PoisonMessage)
        assert f"receiveMsg_{type(message).__name__} is async or yields" in (answer.details or "")
        assert asys.ask(actor, do("seen"), PATIENCE_S) == []

    def test_an_actor_that_failed_keeps_its_state_and_goes_on(self, asys: ActorSystem) -> None:
        doer = asys.createActor(Doer)
        asys.tell(doer, "kept")
        assert isinstance(asys.ask(doer, do("fail"), PATIENCE_S), PoisonMessage)
        assert asys.ask(doer, do("seen"), PATIENCE_S) == ["kept"]

    def test_the_actor_that_sent_it_gets_the_poison(self, asys: ActorSystem) -> None:
        doer, failing = asys.createActor(Doer), asys.createActor(Doer)
        asys.ask(doer, do("report"), PATIENCE_S)
        asys.tell(doer, do("pass_on", failing, do("fail")))
        what, told = asys.listen(PATIENCE_S)
        assert (what, told[:2]) == ("seen", ("poison", do("fail")))
        assert "ValueError" in told[2]

    def test_two_actors_that_fail_on_everything_do_not_play_ball(self, asys: ActorSystem) -> None:
        one, two = asys.createActor(actors.FailsOnAll), asys.createActor(actors.FailsOnAll)
        doer = asys.createActor(Doer)
        asys.tell(doer, do("pass_on", one, (two, "ball")))
        assert asys.ask(doer, do("seen"), PATIENCE_S) is not None
        for actor in (one, two):
            answer = asys.ask(actor, "still there?", PATIENCE_S)
            assert isinstance(answer, PoisonMessage)
        assert asys.listen(SOON_S) is None

    def test_a_thorny_message_that_fails_comes_back(self, asys: ActorSystem) -> None:
        answer = asys.ask(asys.createActor(actors.FailsOnAll), actors.Thorny("rose"), PATIENCE_S)
        assert isinstance(answer, PoisonMessage)
        assert answer.poisonMessage.tag == "rose"
        assert "Thorny" in str(answer)

    def test_an_actor_that_overrides_nothing_sends_everything_back(self, asys: ActorSystem) -> None:
        answer = asys.ask(asys.createActor("thespian_core.api.actor.Actor"), "hello", PATIENCE_S)
        assert isinstance(answer, PoisonMessage)
        assert "receiveMessage" in (answer.details or "")

    def test_system_exit_ends_the_actor_and_its_message_comes_back(self, asys: ActorSystem) -> None:
        parent = asys.createActor(Doer)
        child = asys.ask(parent, do("create", Doer), PATIENCE_S)
        grandchild = asys.ask(child, do("create", Doer), PATIENCE_S)
        asys.ask(parent, do("report"), PATIENCE_S)
        asys.tell(child, Do("fail", (SystemExit,)))
        told = listen_for(asys, 2)
        (poison,) = (message for message in told if isinstance(message, PoisonMessage))
        assert poison.poisonMessage == Do("fail", (SystemExit,))
        assert "ended while it handled" in (poison.details or "")
        assert ("seen", ("child exited", child)) in told
        assert falls_silent(asys, grandchild)  # a killed parent takes its children along
        assert asys.ask(asys.createActor(Quiet), "hello", PATIENCE_S) == "hello"
