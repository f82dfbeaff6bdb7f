"""Statements about named actors."""

from __future__ import annotations

from thespian_core.api.system import ActorSystem
from thespian_core.messages import ActorExitRequest
from thespian_core.testing.actors import Quiet
from thespian_core.testing.contract import PATIENCE_S
from thespian_core.testing.doer import Doer, do
from thespian_core.testing.steps import wait_for_end, wait_until

NAME = "The One"


class Naming:
    """What ``globalName`` does."""

    def test_a_name_gives_the_same_actor_to_programs_and_actors(self, asys: ActorSystem) -> None:
        named = asys.createActor(Doer, globalName=NAME)
        other = asys.createActor(Doer)
        assert asys.createActor(Doer, globalName=NAME) == named
        assert asys.ask(other, do("create", Doer, None, NAME), PATIENCE_S) == named

    def test_an_actor_can_create_a_named_one_and_send_to_it_at_once(self, asys: ActorSystem) -> None:
        doer = asys.createActor(Doer)
        asys.tell(doer, "unrelated")
        named = asys.ask(doer, do("create", Doer, None, NAME), PATIENCE_S)
        assert asys.ask(named, do("name"), PATIENCE_S)[0] == NAME

    def test_a_name_that_is_taken_makes_the_other_arguments_irrelevant(self, asys: ActorSystem) -> None:
        named = asys.createActor(Doer, globalName=NAME)
        assert asys.createActor("no.such.Class", {"no": "where"}, NAME, "nohash") == named

    def test_other_names_are_other_actors(self, asys: ActorSystem) -> None:
        assert asys.createActor(Doer, globalName=NAME) != asys.createActor(Doer, globalName="The Other")

    def test_an_actor_knows_its_name_and_an_unnamed_one_has_none(self, asys: ActorSystem) -> None:
        named, unnamed = asys.createActor(Doer, globalName=NAME), asys.createActor(Doer)
        assert asys.ask(named, do("name"), PATIENCE_S)[0] == NAME
        assert asys.ask(unnamed, do("name"), PATIENCE_S)[0] is None

    def test_a_name_is_free_again_when_its_actor_has_exited(self, asys: ActorSystem) -> None:
        named = asys.createActor(Doer, globalName=NAME)
        asys.tell(named, ActorExitRequest())
        wait_until(asys, lambda status: NAME not in status.globalActors)
        again = asys.createActor(Doer, globalName=NAME)
        assert again != named
        assert asys.ask(again, do("name"), PATIENCE_S)[0] == NAME

    def test_a_name_whose_actor_cannot_be_created_stays_free(self, asys: ActorSystem) -> None:
        doer = asys.createActor(Doer)
        asys.ask(doer, do("create", "not_there.Quiet", None, NAME), PATIENCE_S)
        wait_until(asys, lambda status: NAME not in status.globalActors)
        assert asys.ask(asys.createActor(Quiet, globalName=NAME), "hello", PATIENCE_S) == "hello"

    def test_nobody_is_told_of_the_exit_of_a_named_actor(self, asys: ActorSystem) -> None:
        doer = asys.createActor(Doer)
        named = asys.ask(doer, do("create", Doer, None, NAME), PATIENCE_S)
        asys.tell(named, ActorExitRequest())
        wait_until(asys, lambda status: NAME not in status.globalActors)
        assert asys.ask(doer, do("seen"), PATIENCE_S) == []

    def test_a_named_actor_outlives_the_actor_that_created_it(self, asys: ActorSystem) -> None:
        doer = asys.createActor(Doer)
        named = asys.ask(doer, do("create", Doer, None, NAME), PATIENCE_S)
        asys.tell(doer, ActorExitRequest())
        wait_for_end(asys, doer)
        assert asys.ask(named, do("seen"), PATIENCE_S) == []
