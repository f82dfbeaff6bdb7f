"""The admin's rules: names, starts, ends, dead letters and shutdown, without a system."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from thespian.actors import ActorAddress, ActorExitRequest, ChildActorExited, DeadEnvelope, PoisonMessage
from thespian_core.semantics.admin import Admin
from thespian_core.semantics.birth import Birth, Refusal
from thespian_core.semantics.effects import Effect, Log, Post, Recheck, ReturnMail, Start
from thespian_core.semantics.requests import (
    ActorCreated,
    CreateActor,
    CreateFailed,
    HandleDeadLetters,
    ShutDown,
    UpdateCapability,
)

ADMIN, PROGRAM, OTHER = ActorAddress("admin"), ActorAddress("program"), ActorAddress("other")
REFUSAL = Refusal("import", "x.Y", "no module x")


@pytest.fixture
def admin() -> Admin:
    """Nobody lives yet."""
    numbers = count(1)
    return Admin(ADMIN, {}, lambda: ActorAddress(f"actor {next(numbers)}"))


def start(effects: list[Effect]) -> Birth:
    """Return the one birth that is to be carried out."""
    (birth,) = (effect.birth for effect in effects if isinstance(effect, Start))
    return birth


def live(admin: Admin, **more: Any) -> Birth:
    """Have an actor created, and let it live."""
    birth = start(admin.handle(CreateActor(0, "x.Y", **more), PROGRAM))
    admin.started(birth)
    return birth


def child_of(admin: Admin, parent: Birth, name: str) -> Birth:
    """Have an actor create a child that lives."""
    birth = Birth(ActorAddress(name), "x.Y", parent.address)
    assert admin.born(birth) == [Start(birth)]
    admin.started(birth)
    return birth


def test_a_program_is_answered_when_the_actor_lives_and_not_before(admin: Admin) -> None:
    effects = admin.handle(CreateActor(7, "x.Y"), PROGRAM)
    birth = start(effects)
    assert effects == [Start(birth)]
    assert admin.started(birth) == [Post(PROGRAM, ActorCreated(7, birth.address), ADMIN)]


def test_a_refused_program_is_told_and_mail_goes_back(admin: Admin) -> None:
    birth = start(admin.handle(CreateActor(7, "x.Y"), PROGRAM))
    returned, told = admin.refused(birth, REFUSAL)
    assert isinstance(returned, ReturnMail)
    assert "no module x" in returned.details
    assert told == Post(PROGRAM, CreateFailed(7, REFUSAL), ADMIN)


def test_a_refused_child_is_an_exited_child_and_logged(admin: Admin) -> None:
    parent = live(admin)
    birth = Birth(ActorAddress("child"), "x.Y", parent.address)
    admin.born(birth)
    returned, told, logged = admin.refused(birth, REFUSAL)
    assert isinstance(returned, ReturnMail)
    assert told == Post(parent.address, ChildActorExited(birth.address), birth.address)
    assert isinstance(logged, Log)
    assert "x.Y was not created: no module x" in logged.text


def test_everybody_who_asks_for_a_name_gets_one_actor_and_one_start(admin: Admin) -> None:
    first = admin.handle(CreateActor(1, "x.Y", global_name="one"), PROGRAM)
    birth = start(first)
    assert admin.handle(CreateActor(2, "no.Such", global_name="one"), OTHER) == []
    assert admin.handle(CreateActor(3, "z", global_name="one", report_start=False), OTHER) == [
        Post(OTHER, ActorCreated(3, birth.address), ADMIN)
    ]
    assert admin.started(birth) == [
        Post(PROGRAM, ActorCreated(1, birth.address), ADMIN),
        Post(OTHER, ActorCreated(2, birth.address), ADMIN),
    ]


def test_a_name_is_free_after_a_refusal_and_after_the_end(admin: Admin) -> None:
    refused = start(admin.handle(CreateActor(1, "x.Y", global_name="one"), PROGRAM))
    admin.refused(refused, REFUSAL)
    second = live(admin, global_name="one")
    assert second.address != refused.address
    admin.ended(second, abruptly=False)
    assert live(admin, global_name="one").address != second.address


def test_an_unknown_source_is_an_objection_to_a_start(admin: Admin) -> None:
    birth = start(admin.handle(CreateActor(1, "x.Y", source_hash="abc"), PROGRAM))
    assert admin.objection(birth) == Refusal("source", "x.Y", "abc")


def test_a_parent_is_told_of_a_child_only_while_it_lives(admin: Admin) -> None:
    parent = live(admin)
    one, two = child_of(admin, parent, "one"), child_of(admin, parent, "two")
    assert admin.ended(one, abruptly=False) == [
        Post(parent.address, ChildActorExited(one.address), one.address)
    ]
    admin.ended(parent, abruptly=False)
    assert admin.ended(two, abruptly=False) == []


def test_the_children_of_an_actor_that_ended_abruptly_are_asked_to_exit(admin: Admin) -> None:
    parent = live(admin)
    child = child_of(admin, parent, "child")
    child_of(admin, child, "grandchild")
    assert admin.ended(parent, abruptly=True) == [Post(child.address, ActorExitRequest(), ADMIN)]


def test_shutdown_asks_those_without_a_living_parent_each_once(admin: Admin) -> None:
    parent, orphaner = live(admin), live(admin)
    child_of(admin, parent, "child")
    orphan = child_of(admin, orphaner, "orphan")
    admin.ended(orphaner, abruptly=False)
    asked = admin.handle(ShutDown(), PROGRAM)
    assert asked == [Post(each.address, ActorExitRequest(), ADMIN) for each in (parent, orphan)]
    assert admin.shut_down() == []
    assert not admin.ended_all


def test_shutdown_asks_an_actor_that_was_starting_as_soon_as_it_lives(admin: Admin) -> None:
    birth = start(admin.handle(CreateActor(1, "x.Y"), PROGRAM))
    assert admin.shut_down() == []
    assert Post(birth.address, ActorExitRequest(), ADMIN) in admin.started(birth)
    admin.ended(birth, abruptly=False)
    assert admin.ended_all


def test_nothing_is_created_during_a_shutdown(admin: Admin) -> None:
    assert admin.objection(live(admin)) is None
    admin = Admin(ADMIN, {}, lambda: OTHER)
    admin.shut_down()
    birth = start(admin.handle(CreateActor(1, "x.Y"), PROGRAM))
    objection = admin.objection(birth)
    assert objection is not None
    assert objection.kind == "shutdown"
    admin.refused(birth, objection)
    assert admin.born(Birth(OTHER, "x.Y", PROGRAM)) == []
    assert admin.ended_all


def test_an_update_that_changes_something_has_everybody_rechecked(admin: Admin) -> None:
    assert admin.handle(UpdateCapability("light", 1), PROGRAM) == [Recheck({"light": 1})]
    assert admin.handle(UpdateCapability("light", 1), PROGRAM) == []
    assert admin.handle(UpdateCapability("light"), PROGRAM) == [Recheck({})]
    assert admin.handle(UpdateCapability("light"), PROGRAM) == []


@pytest.mark.parametrize(
    "message",
    [DeadEnvelope(OTHER, "x"), ChildActorExited(OTHER), PoisonMessage(ChildActorExited(OTHER))],
)
def test_what_nobody_waits_for_is_no_dead_letter(admin: Admin, message: Any) -> None:
    admin.handle(HandleDeadLetters(True), live(admin).address)
    assert admin.undeliverable(OTHER, message, PROGRAM) == []


def test_a_dead_letter_comes_from_who_sent_the_message(admin: Admin) -> None:
    handler = live(admin).address
    admin.handle(HandleDeadLetters(True), handler)
    (post,) = admin.undeliverable(OTHER, "lost", ADMIN)
    assert post == Post(handler, DeadEnvelope(OTHER, "lost"), ADMIN)


def test_who_is_gone_cannot_become_the_handler(admin: Admin) -> None:
    one, two = live(admin), live(admin)
    admin.handle(HandleDeadLetters(True), one.address)
    admin.ended(two, abruptly=False)
    admin.handle(HandleDeadLetters(True), two.address)
    ((to, *_),) = list(admin.undeliverable(OTHER, "lost", ADMIN))
    assert to == one.address


def test_a_child_that_is_still_starting_when_its_parent_dies_is_asked_as_soon_as_it_lives(
    admin: Admin,
) -> None:
    parent = live(admin)
    child = Birth(ActorAddress("child"), "x.Y", parent.address)
    admin.born(child)
    assert admin.ended(parent, abruptly=True) == []
    assert admin.started(child) == [Post(child.address, ActorExitRequest(), ADMIN)]


def test_what_is_no_request_is_dropped(admin: Admin) -> None:
    assert admin.handle("hello", PROGRAM) == []
    assert admin.handle(None, PROGRAM) == []
