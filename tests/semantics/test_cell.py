"""An actor's cell, alone with a host that writes everything down."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from thespian.actors import (
    Actor,
    ActorAddress,
    ActorExitRequest,
    ChildActorExited,
    PoisonMessage,
    Thespian_ActorStatus,
    Thespian_StatusReq,
)
from thespian_core.semantics.birth import Birth, Refused
from thespian_core.semantics.cell import ActorCell, State
from thespian_core.testing.actors import Liar
from thespian_core.testing.recording import RecordingHost

ME, PARENT, OTHER = ActorAddress("me"), ActorAddress("parent"), ActorAddress("other")


class Scripted(Actor):
    """Does with a message whatever the test says."""

    def __init__(self) -> None:
        self.script: Any = lambda message: None
        self.seen: list[Any] = []

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Follow the script."""
        self.seen.append(message)
        self.script(message)


@pytest.fixture
def host() -> RecordingHost:
    """Nothing has been asked of it yet."""
    return RecordingHost()


@pytest.fixture
def cell(host: RecordingHost) -> ActorCell:
    """A living actor."""
    return ActorCell.bring_to_life(Birth(ME, Scripted, PARENT), {}, host, importlib.import_module)


def script(cell: ActorCell) -> Scripted:
    """Return the actor inside."""
    assert isinstance(cell.actor, Scripted)
    return cell.actor


def fail(error: type[BaseException]) -> Any:
    """Return a script that raises."""

    def raising(message: Any) -> None:
        raise error("as scripted")

    return raising


def test_a_message_is_handled_and_nothing_else_happens(cell: ActorCell, host: RecordingHost) -> None:
    cell.receive("hello", OTHER)
    assert script(cell).seen == ["hello"]
    assert (host.posted, host.dead, host.logged) == ([], [], [])


def test_a_failing_message_is_tried_twice_then_sent_back_with_one_traceback(
    cell: ActorCell, host: RecordingHost
) -> None:
    script(cell).script = fail(ValueError)
    cell.receive("hello", OTHER)
    assert script(cell).seen == ["hello", "hello"]
    ((to, poison, sender),) = host.posted
    assert (to, poison, sender) == (OTHER, PoisonMessage("hello"), ME)
    assert poison.details.count("Traceback") == 1
    assert [level for level, _ in host.logged] == ["warning", "error"]


def test_both_tries_get_the_same_object(cell: ActorCell) -> None:
    message: list[int] = []
    script(cell).script = lambda seen: (seen.append(1), fail(ValueError)(seen))
    cell.receive(message, OTHER)
    assert message == [1, 1]


def test_a_failing_poison_message_is_not_sent_back(cell: ActorCell, host: RecordingHost) -> None:
    script(cell).script = fail(ValueError)
    cell.receive(PoisonMessage("hello"), OTHER)
    assert len(script(cell).seen) == 2
    assert host.posted == []


def test_ctrl_c_goes_through_and_the_message_is_accounted_for(cell: ActorCell, host: RecordingHost) -> None:
    script(cell).script = fail(KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        cell.receive("hello", OTHER)
    assert host.posted == [(OTHER, PoisonMessage("hello"), ME)]
    assert host.posted[0][1].details.startswith("its handler was broken off\n")
    script(cell).script = lambda message: None
    cell.receive("again", OTHER)
    assert script(cell).seen[-1] == "again"


def test_system_exit_ends_the_actor_abruptly(cell: ActorCell, host: RecordingHost) -> None:
    script(cell).script = fail(SystemExit)
    cell.receive("hello", OTHER)
    assert host.endings == [(ME, True)]
    assert host.posted == [(OTHER, PoisonMessage("hello"), ME)]
    assert host.posted[0][1].details.startswith("the actor ended while it handled this message\n")
    cell.receive("too late", OTHER)
    assert host.dead == [(ME, "too late", OTHER)]


def test_an_actor_without_children_is_gone_after_its_exit_request(
    cell: ActorCell, host: RecordingHost
) -> None:
    cell.receive(ActorExitRequest(), OTHER)
    assert (cell.state, host.endings) == (State.GONE, [(ME, False)])


def test_an_exiting_actor_waits_for_every_child_and_asks_each_once(
    cell: ActorCell, host: RecordingHost
) -> None:
    children = [cell.create_child(Scripted, None, None, None) for _ in range(2)]
    cell.receive(ActorExitRequest(), OTHER)
    assert host.posted == [(child, ActorExitRequest(), ME) for child in children]
    cell.receive(ChildActorExited(children[1]), children[1])
    assert (cell.state, host.endings) == (State.EXITING, [])
    cell.receive(ChildActorExited(children[0]), children[0])
    assert (cell.state, host.endings) == (State.GONE, [(ME, False)])
    assert len(host.posted) == 2


def test_an_exiting_actor_sees_exited_children_and_no_other_mail(
    cell: ActorCell, host: RecordingHost
) -> None:
    child = cell.create_child(Scripted, None, None, None)
    cell.receive(ActorExitRequest(), OTHER)
    cell.receive("too late", OTHER)
    cell.receive(ActorExitRequest(), OTHER)
    assert host.dead == [(ME, "too late", OTHER)]
    cell.receive(ChildActorExited(child), child)
    assert script(cell).seen == [ActorExitRequest(), ChildActorExited(child)]


def test_an_exiting_actor_gets_an_address_but_no_new_child(cell: ActorCell, host: RecordingHost) -> None:
    created: list[ActorAddress] = []
    script(cell).script = lambda message: created.append(script(cell).createActor(Scripted))
    cell.receive(ActorExitRequest(), OTHER)
    assert len(created) == 1
    assert (host.births, host.endings) == ([], [(ME, False)])


def test_a_request_that_is_not_recursive_spares_the_children(cell: ActorCell, host: RecordingHost) -> None:
    cell.create_child(Scripted, None, None, None)
    cell.receive(ActorExitRequest(recursive=False), OTHER)
    assert (host.posted, host.endings) == ([], [(ME, False)])


def test_the_handler_can_spare_the_children(cell: ActorCell, host: RecordingHost) -> None:
    cell.create_child(Scripted, None, None, None)
    script(cell).script = lambda message: message.notRecursive()
    cell.receive(ActorExitRequest(), OTHER)
    assert (host.posted, host.endings) == ([], [(ME, False)])


def test_ctrl_c_in_an_exit_handler_goes_through_and_the_actor_is_gone(
    cell: ActorCell, host: RecordingHost
) -> None:
    script(cell).script = fail(KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        cell.receive(ActorExitRequest(), OTHER)
    assert host.endings == [(ME, False)]


def test_an_exited_child_of_somebody_else_is_an_ordinary_message(
    cell: ActorCell, host: RecordingHost
) -> None:
    cell.receive(ChildActorExited(OTHER), OTHER)
    assert script(cell).seen == [ChildActorExited(OTHER)]
    assert host.endings == []


def test_a_message_that_lies_about_its_class_fails_and_comes_too_late_like_any_other(
    cell: ActorCell, host: RecordingHost
) -> None:
    odd = Liar()
    script(cell).script = fail(ValueError)
    cell.receive(odd, OTHER)
    assert host.posted[0][1].poisonMessage is odd
    cell.create_child(Scripted, None, None, None)
    cell.receive(ActorExitRequest(), OTHER)
    cell.receive(odd, OTHER)
    assert host.dead[0][1] is odd


def test_a_status_request_is_answered_in_every_living_state(cell: ActorCell, host: RecordingHost) -> None:
    cell.create_child(Scripted, None, None, None)
    cell.receive(Thespian_StatusReq(), OTHER)
    cell.receive(ActorExitRequest(), OTHER)
    cell.receive(Thespian_StatusReq(), OTHER)
    answers = [message for _, message, _ in host.posted if isinstance(message, Thespian_ActorStatus)]
    assert [answer.exiting for answer in answers] == [False, True]
    assert script(cell).seen == [ActorExitRequest()]


def test_new_capabilities_that_do_not_suit_bring_an_exit_request_from_the_admin(host: RecordingHost) -> None:
    class Fussy(Scripted):
        @staticmethod
        def actorSystemCapabilityCheck(capabilities: dict[str, Any], requirements: Any) -> bool:
            return bool(capabilities.get(requirements["needs"]))

    birth = Birth(ME, Fussy, PARENT, {"needs": "light"})
    cell = ActorCell.bring_to_life(birth, {"light": True}, host, importlib.import_module)
    cell.recheck({"light": True})
    assert host.posted == []
    cell.recheck({})
    assert host.posted == [(ME, ActorExitRequest(), host.admin)]
    with pytest.raises(Refused) as refused:
        ActorCell.bring_to_life(birth, {}, host, importlib.import_module)
    assert refused.value.refusal.kind == "capabilities"
