"""Statements about how actors are created."""

from __future__ import annotations

import pytest

from thespian_core.addresses import ActorAddress
from thespian_core.api.system import ActorSystem
from thespian_core.errors import InvalidActorSourceHash, InvalidActorSpecification
from thespian_core.status import Thespian_StatusReq
from thespian_core.testing import actors
from thespian_core.testing.actors import Quiet
from thespian_core.testing.contract import PATIENCE_S
from thespian_core.testing.doer import Doer, do
from thespian_core.testing.steps import falls_silent, listen_for


class Creating:
    """What ``createActor`` of programs and of actors does."""

    def test_an_actor_created_by_class_answers(self, asys: ActorSystem) -> None:
        assert asys.ask(asys.createActor(Quiet), "hello", PATIENCE_S) == "hello"

    def test_an_actor_created_by_name_answers(self, asys: ActorSystem) -> None:
        assert asys.ask(asys.createActor(f"{Quiet.__module__}.Quiet"), "hello", PATIENCE_S) == "hello"

    def test_two_actors_of_one_class_are_two(self, asys: ActorSystem) -> None:
        assert asys.createActor(Quiet) != asys.createActor(Quiet)

    def test_a_name_without_module_is_no_specification(self, asys: ActorSystem) -> None:
        with pytest.raises(InvalidActorSpecification, match="Quiet.*module"):
            asys.createActor("Quiet")

    def test_a_missing_module_is_an_import_error_that_names_the_class(self, asys: ActorSystem) -> None:
        with pytest.raises(ModuleNotFoundError, match=r"not_there\.Quiet.*not_there"):
            asys.createActor("not_there.Quiet")

    def test_a_class_that_its_module_lacks_is_no_specification(self, asys: ActorSystem) -> None:
        with pytest.raises(InvalidActorSpecification, match="NotThere"):
            asys.createActor(f"{Quiet.__module__}.NotThere")

    @pytest.mark.parametrize("what", [5, None, int, "thespian_core.testing.doer.Do"])
    def test_what_is_no_actor_class_is_no_specification(self, asys: ActorSystem, what: object) -> None:
        shown = what.rpartition(".")[2] if isinstance(what, str) else getattr(what, "__name__", str(what))
        with pytest.raises(InvalidActorSpecification, match=shown):
            asys.createActor(what)  # type: ignore[arg-type]

    @pytest.mark.parametrize("what", [actors.Frozen, actors.Hoarder])
    def test_a_class_that_uses_odd_names_or_forbids_attributes_can_be_an_actor(
        self, asys: ActorSystem, what: type[Quiet]
    ) -> None:
        assert asys.ask(asys.createActor(what), "hello", PATIENCE_S) == "hello"

    def test_a_class_whose_call_makes_no_actor_is_no_specification(self, asys: ActorSystem) -> None:
        with pytest.raises(InvalidActorSpecification, match=r"Impostor.*no actor"):
            asys.createActor(actors.Impostor)

    @pytest.mark.parametrize("what", [actors.Awaited, actors.Yields])
    def test_a_class_whose_handler_would_never_run_is_no_specification(
        self, asys: ActorSystem, what: type[Quiet]
    ) -> None:
        with pytest.raises(InvalidActorSpecification, match=f"{what.__name__}.*async or yields"):
            asys.createActor(what)

    @pytest.mark.parametrize("what", [actors.FailsToBegin, actors.LeavesAtOnce, actors.NeedsMore])
    def test_an_init_that_fails_is_reported_and_disturbs_nobody(
        self, asys: ActorSystem, what: type[Quiet]
    ) -> None:
        with pytest.raises(InvalidActorSpecification, match=f"{what.__name__}.*__init__"):
            asys.createActor(what)
        assert asys.ask(asys.createActor(Quiet), "hello", PATIENCE_S) == "hello"

    def test_an_actor_has_no_address_in_its_init_and_is_told_so(self, asys: ActorSystem) -> None:
        with pytest.raises(InvalidActorSpecification, match="no address.*__init__"):
            asys.createActor(actors.ActsTooEarly)

    def test_init_is_given_capabilities_and_requirements_by_name(self, asys: ActorSystem) -> None:
        actor = asys.createActor(actors.Knowing, {"needs": "much"})
        assert asys.ask(actor, "what?", PATIENCE_S) == ((3, 10), {"needs": "much"})

    def test_init_may_declare_requirements_alone_and_gets_none_when_there_are_none(
        self, asys: ActorSystem
    ) -> None:
        actor = asys.createActor(actors.KnowingRequirements)
        assert asys.ask(actor, "what?", PATIENCE_S) == ("requirements", None)

    def test_an_unknown_source_hash_is_refused(self, asys: ActorSystem) -> None:
        with pytest.raises(InvalidActorSourceHash, match="abc123"):
            asys.createActor(Quiet, sourceHash="abc123")

    def test_a_global_name_that_is_no_text_is_a_type_error(self, asys: ActorSystem) -> None:
        with pytest.raises(TypeError, match="globalName.*5"):
            asys.createActor(Quiet, globalName=5)  # type: ignore[arg-type]

    def test_what_is_sent_to_a_child_at_once_arrives_in_order(self, asys: ActorSystem) -> None:
        parent = asys.createActor(Doer)
        asys.ask(parent, do("report"), PATIENCE_S)
        asys.tell(parent, do("create_and_send", actors.Sink, *range(100), "numbers?"))
        assert ("seen", list(range(100))) in listen_for(asys, 2)

    def test_a_child_has_the_address_its_creator_was_given(self, asys: ActorSystem) -> None:
        parent = asys.createActor(Doer)
        child = asys.ask(parent, do("create", Doer), PATIENCE_S)
        name, own, text = asys.ask(child, do("name"), PATIENCE_S)
        assert isinstance(own, ActorAddress)
        assert (own, own == child, child == own, hash(own)) == (child, True, True, hash(child))
        assert (name, text) == (None, f"{{A:Doer @ {child}}}")

    @pytest.mark.parametrize(
        "what", ["Quiet", "not_there.Quiet", "thespian_core.testing.actors.NotThere", 5, actors.FailsToBegin]
    )
    def test_a_child_that_cannot_be_created_is_an_exited_child_and_its_mail_comes_back(
        self, asys: ActorSystem, what: object
    ) -> None:
        parent = asys.createActor(Doer)
        asys.ask(parent, do("report"), PATIENCE_S)
        asys.tell(parent, do("create_and_send", what, "one", Thespian_StatusReq(), "two"))
        told = listen_for(asys, 5)
        (child,) = (message for message in told if isinstance(message, ActorAddress))
        seen = [message[1] for message in told if isinstance(message, tuple)]
        assert ("child exited", child) in seen
        poisons = [entry for entry in seen if entry[0] == "poison"]
        assert [entry[1] for entry in poisons] == ["one", "Thespian_StatusReq", "two"]
        assert all("Child Aborted" in entry[2] for entry in poisons)

    def test_mail_to_a_child_of_an_unknown_source_comes_back_too(self, asys: ActorSystem) -> None:
        parent = asys.createActor(Doer)
        asys.ask(parent, do("report"), PATIENCE_S)
        asys.tell(parent, do("create_from_and_send", "abc123", "one"))
        told = [message[1] for message in listen_for(asys, 3) if isinstance(message, tuple)]
        assert {entry[0] for entry in told} == {"poison", "child exited"}
        assert any("the source abc123 is not loaded" in str(entry) for entry in told)

    def test_a_child_that_is_still_starting_goes_with_a_parent_that_dies(self, asys: ActorSystem) -> None:
        parent = asys.createActor(Doer)
        asys.tell(parent, do("create_and_leave", Doer))
        (child,) = (message for message in listen_for(asys, 2) if isinstance(message, ActorAddress))
        assert falls_silent(asys, child)
