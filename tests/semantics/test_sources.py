"""Loaded sources: who decides, who waits, who is told; without a system and under a time that is given."""

from __future__ import annotations

from typing import Any

import pytest

from thespian.actors import ActorAddress, LoadedSource, UnloadedSource, ValidatedSource, ValidateSource
from thespian_core.semantics.admin import Admin
from thespian_core.semantics.birth import Birth, Refusal
from thespian_core.semantics.effects import Effect, ForgetSource, Log, Post, ReturnMail, Start
from thespian_core.semantics.requests import ActorCreated, CreateActor, CreateFailed, ShutDown
from thespian_core.semantics.sourcedesk import PLUGIN_AUTHORITY
from thespian_core.semantics.sourcerequests import (
    AskSource,
    LoadSource,
    NotifyOfSources,
    RegisterSourceAuthority,
    SourceAnswer,
    SourceTaken,
    UnloadSource,
)
from thespian_core.semantics.sources import PENDING_LIMIT_S

ADMIN, PROGRAM = ActorAddress("admin"), ActorAddress("program")
LOAD = LoadSource(0, "abc", b"sealed", "a file")


class Desk:
    """An admin whose actors have numbers, and live at once when they may."""

    def __init__(self, source_authority: str | None = None) -> None:
        self.born = 0
        self.admin = Admin(
            ADMIN, {}, self.mint, lambda data: "bad" if b"bad" in data else None, source_authority
        )

    def mint(self) -> ActorAddress:
        self.born += 1
        return ActorAddress(self.born)

    def live(self) -> ActorAddress:
        (start,) = self.admin.handle(CreateActor(0, "x.Y"), PROGRAM)
        assert isinstance(start, Start)
        self.admin.started(start.birth)
        return start.birth.address

    def ask(self, request: object, sender: ActorAddress = PROGRAM) -> list[Effect]:
        return self.admin.handle(request, sender)

    def accept(self, sender: ActorAddress, data: Any = b"zip", info: Any = None) -> list[Effect]:
        return self.ask(ValidatedSource("abc", data, info), sender)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def authority(desk: Desk) -> ActorAddress:
    actor = desk.live()
    assert desk.ask(RegisterSourceAuthority(), actor) == []
    return actor


def logged(effects: list[Effect]) -> str:
    return " ".join(effect.text for effect in effects if isinstance(effect, Log))


def refusal(number: int) -> Post:
    return Post(PROGRAM, CreateFailed(number, Refusal("source", "x.Y", "abc")), ADMIN)


def test_without_an_authority_nothing_is_loaded(desk: Desk) -> None:
    desk.ask(NotifyOfSources(True), curious := desk.live())
    effects = desk.ask(LOAD)
    assert "abc (a file) was not loaded: this system has no source authority" in logged(effects)
    assert effects[1:] == [Post(curious, UnloadedSource("abc", "a file"), ADMIN)]
    assert not desk.admin.sources.is_pending("abc")


def test_the_authority_is_asked_and_its_answer_makes_the_source_valid(
    desk: Desk, authority: ActorAddress
) -> None:
    (question,) = desk.ask(LOAD)
    assert isinstance(question, Post)
    assert (question.to, question.sender) == (authority, ADMIN)
    assert isinstance(question.message, ValidateSource)
    assert (question.message.sourceData, question.message.sourceInfo) == (b"sealed", "a file")
    assert desk.admin.sources.data("abc") is None
    assert desk.accept(authority) == []
    assert desk.admin.sources.data("abc") == b"zip"
    assert desk.admin.status().loadedSources == [("abc", "a file")]
    assert desk.admin.status().sourceAuthority == authority


def test_a_source_that_is_there_or_on_its_way_is_not_asked_about_again(
    desk: Desk, authority: ActorAddress
) -> None:
    desk.ask(LOAD)
    assert desk.ask(LOAD) == []
    desk.accept(authority)
    assert desk.ask(LOAD) == []
    assert desk.accept(authority, b"another") == []
    assert desk.admin.sources.data("abc") == b"zip"


def test_who_is_not_the_authority_decides_nothing(desk: Desk, authority: ActorAddress) -> None:
    desk.ask(LOAD)
    assert "is not the source authority" in logged(desk.accept(desk.live()))
    assert desk.admin.sources.is_pending("abc")


@pytest.mark.parametrize("data", [None, b"", b"bad zip", "no bytes"])
def test_a_rejection_is_told_at_once_to_who_waits(desk: Desk, authority: ActorAddress, data: Any) -> None:
    desk.ask(NotifyOfSources(True), curious := desk.live())
    desk.ask(LOAD)
    assert desk.ask(CreateActor(1, "x.Y", source_hash="abc")) == []
    assert desk.ask(AskSource(7, "abc"), PROGRAM) == []
    effects = desk.accept(authority, data)
    assert refusal(1) in effects
    assert Post(PROGRAM, SourceAnswer(7, "abc", None), ADMIN) in effects
    assert Post(curious, UnloadedSource("abc", "a file"), ADMIN) in effects
    assert "the source abc (a file)" in logged(effects)
    assert desk.admin.sources.data("abc") is None


def test_who_waits_starts_when_the_source_is_valid(desk: Desk, authority: ActorAddress) -> None:
    desk.ask(LOAD)
    child = Birth(ActorAddress("child"), "x.Y", authority, source_hash="abc")
    assert desk.ask(CreateActor(1, "x.Y", source_hash="abc")) == desk.admin.born(child) == []
    desk.ask(AskSource(7, "abc"), PROGRAM)
    first, second, answer = desk.accept(authority)
    assert isinstance(first, Start)
    assert (second, answer) == (Start(child), Post(PROGRAM, SourceAnswer(7, "abc", b"zip"), ADMIN))
    assert desk.admin.objection(first.birth) is None
    assert Post(PROGRAM, ActorCreated(1, first.birth.address), ADMIN) in desk.admin.started(first.birth)


def test_what_nobody_decides_on_is_dropped_after_two_minutes(desk: Desk, authority: ActorAddress) -> None:
    desk.ask(LOAD)
    desk.ask(CreateActor(1, "x.Y", source_hash="abc"))
    sources = desk.admin.sources
    assert sources.next_due is None
    assert sources.tick(50.0) == []
    assert sources.next_due == 50.0 + PENDING_LIMIT_S
    assert sources.tick(50.0 + PENDING_LIMIT_S - 0.1) == []
    effects = sources.tick(50.0 + PENDING_LIMIT_S)
    assert refusal(1) in effects
    assert "was not decided on by the source authority in 120 s" in logged(effects)
    assert sources.next_due is None
    assert desk.accept(authority) == []
    assert sources.data("abc") is None


def test_another_authority_is_asked_about_what_is_pending(desk: Desk, authority: ActorAddress) -> None:
    desk.ask(LOAD)
    other = desk.live()
    (question,) = desk.ask(RegisterSourceAuthority(), other)
    assert isinstance(question, Post)
    assert (question.to, question.message.sourceData) == (other, b"sealed")
    assert desk.ask(RegisterSourceAuthority(), other) == []
    desk.accept(authority)
    assert desk.admin.sources.is_pending("abc")
    desk.accept(other)
    assert desk.admin.sources.data("abc") == b"zip"


def test_when_the_authority_ends_nobody_waits_for_it(desk: Desk, authority: ActorAddress) -> None:
    desk.ask(LOAD)
    desk.ask(CreateActor(1, "x.Y", source_hash="abc"))
    effects = desk.admin.ended(Birth(authority, "x.Y"), abruptly=False)
    assert refusal(1) in effects
    assert desk.admin.status().sourceAuthority is None
    assert "no source authority" in logged(desk.ask(LOAD))


def test_only_a_living_actor_can_be_the_authority_or_be_told(desk: Desk) -> None:
    for request in (RegisterSourceAuthority(), NotifyOfSources(True)):
        assert desk.ask(request, PROGRAM) == []
    assert desk.admin.status().sourceAuthority is None


def test_who_wants_to_know_is_told_of_what_is_there_and_of_what_changes(
    desk: Desk, authority: ActorAddress
) -> None:
    first, second = desk.live(), desk.live()
    assert desk.ask(NotifyOfSources(True), first) == []
    desk.ask(LOAD)
    assert desk.accept(authority) == [Post(first, LoadedSource("abc", "a file"), ADMIN)]
    assert desk.ask(NotifyOfSources(True), second) == [Post(second, LoadedSource("abc", "a file"), ADMIN)]
    desk.ask(NotifyOfSources(False), first)
    assert desk.ask(UnloadSource("abc")) == [
        ForgetSource("abc"),
        Post(second, UnloadedSource("abc", "a file"), ADMIN),
    ]
    desk.admin.ended(Birth(second, "x.Y"), abruptly=False)
    desk.ask(LOAD)
    assert desk.accept(authority) == []


def test_what_was_unloaded_is_unknown_and_can_be_loaded_again(desk: Desk, authority: ActorAddress) -> None:
    assert desk.ask(UnloadSource("abc")) == []
    desk.ask(LOAD)
    desk.accept(authority)
    desk.ask(UnloadSource("abc"))
    (start,) = desk.ask(CreateActor(1, "x.Y", source_hash="abc"))
    assert isinstance(start, Start)
    assert desk.admin.objection(start.birth) == Refusal("source", "x.Y", "abc")
    assert len(desk.ask(LOAD)) == 1


def test_unloading_what_is_pending_refuses_who_waits(desk: Desk, authority: ActorAddress) -> None:
    desk.ask(LOAD)
    desk.ask(CreateActor(1, "x.Y", source_hash="abc"))
    assert refusal(1) in desk.ask(UnloadSource("abc"))


def test_a_shutdown_waits_for_no_source(desk: Desk, authority: ActorAddress) -> None:
    desk.ask(LOAD)
    desk.ask(CreateActor(1, "x.Y", source_hash="abc"))
    desk.ask(AskSource(7, "abc"), PROGRAM)
    effects = desk.ask(ShutDown())
    assert any(isinstance(each, Post) and isinstance(each.message, CreateFailed) for each in effects)
    assert Post(PROGRAM, SourceAnswer(7, "abc", None), ADMIN) in effects
    assert desk.ask(LOAD) == []
    desk.admin.ended(Birth(authority, "x.Y"), abruptly=False)
    assert desk.admin.ended_all


def test_the_authority_of_a_plugin_is_there_before_the_first_source() -> None:
    desk = Desk("notary")
    (start,) = desk.admin.begin()
    assert isinstance(start, Start)
    assert (start.birth.actor_class, start.birth.requirements) == (PLUGIN_AUTHORITY, "notary")
    (question,) = desk.ask(LOAD)
    assert isinstance(question, Post)
    assert question.to == start.birth.address == desk.admin.status().sourceAuthority


def test_a_plugins_authority_that_ends_is_started_again_once_for_each_load() -> None:
    desk = Desk("notary")
    (start,) = desk.admin.begin()
    for _ in range(3):
        assert isinstance(start, Start)
        desk.admin.started(start.birth)
        desk.ask(LOAD)
        *_, log, start = desk.admin.ended(start.birth, abruptly=True)
        assert "it is started again" in logged([log])
    assert isinstance(start, Start)
    desk.admin.started(start.birth)
    assert "nothing is loaded" in logged(desk.admin.ended(start.birth, abruptly=True))
    assert desk.admin.status().sourceAuthority is None


def test_a_plugins_authority_that_cannot_start_is_not_tried_again() -> None:
    desk = Desk("notary")
    (start,) = desk.admin.begin()
    assert isinstance(start, Start)
    effects = desk.admin.refused(start.birth, Refusal("import", "x", "broken"))
    assert "'notary' cannot start: nothing is loaded" in logged(effects)
    assert [each for each in effects if isinstance(each, Start)] == []
    assert ReturnMail(start.birth.address, "Child Aborted: x was not created: broken") in effects


def test_an_actor_may_take_over_from_a_plugin_whose_end_then_matters_no_more() -> None:
    desk = Desk("notary")
    (start,) = desk.admin.begin()
    assert isinstance(start, Start)
    desk.admin.started(start.birth)
    other = desk.live()
    desk.ask(RegisterSourceAuthority(), other)
    assert desk.admin.ended(start.birth, abruptly=True) == []
    assert desk.admin.status().sourceAuthority == other


def test_who_loads_is_told_when_the_source_is_known_whatever_becomes_of_it(desk: Desk) -> None:
    load = LoadSource(5, "abc", b"sealed", "a file")
    taken = Post(PROGRAM, SourceTaken(5), ADMIN)
    assert desk.ask(load)[0] == taken
    desk.ask(RegisterSourceAuthority(), desk.live())
    assert desk.ask(load)[0] == taken
    assert desk.ask(load) == [taken]
    desk.ask(ShutDown())
    assert desk.ask(load) == [taken]


@pytest.mark.parametrize("odd", ["", "a.b", "a}}b"])
def test_what_is_no_hash_is_not_loaded(desk: Desk, authority: ActorAddress, odd: str) -> None:
    assert "that is no hash" in logged(desk.ask(LoadSource(0, odd, b"sealed", "a file")))
    assert not desk.admin.sources.any_pending


def test_a_verdict_about_something_odd_is_dropped(desk: Desk, authority: ActorAddress) -> None:
    assert desk.ask(ValidatedSource([], b"zip"), authority) == []  # type: ignore[arg-type]
    assert desk.ask(ValidatedSource("never loaded", b"zip"), authority) == []
