"""What is true of this base and of no other."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from plugins.simple.tests.simple_actors import Caller, Clock, Echo
from thespian.actors import (
    ActorAddress,
    ActorExitRequest,
    ActorSystem,
    ActorSystemFailure,
    PoisonMessage,
    WakeupMessage,
)


def test_a_tell_returns_when_the_system_is_at_rest(asys: ActorSystem) -> None:
    steps: list[int] = []

    def step(actor: Caller, sender: ActorAddress) -> None:
        steps.append(len(steps))
        if len(steps) < 100:
            actor.send(actor.myAddress, step)

    asys.tell(asys.createActor(Caller), step)
    assert steps == list(range(100))


def test_the_object_itself_is_passed(asys: ActorSystem) -> None:
    message = object()
    assert asys.ask(asys.createActor(Echo), message, 5) is message


def test_a_class_that_nobody_could_import_can_be_an_actor(asys: ActorSystem) -> None:
    class Local(Echo):
        pass

    assert asys.ask(asys.createActor(Local), "hello", 5) == "hello"


def test_nothing_to_wait_for_ends_a_wait_at_once(asys: ActorSystem) -> None:
    began = time.monotonic()
    assert asys.ask(asys.createActor(Caller), "nobody answers", 100) is None
    assert asys.listen(100) is None
    assert asys.listen() is None
    assert time.monotonic() - began < 10


def test_wake_ups_fall_due_only_inside_calls(asys: ActorSystem) -> None:
    clock, echo, ticks = asys.createActor(Clock), asys.createActor(Echo), []
    asys.tell(clock, (ticks, None, 0.01))
    threading.Event().wait(0.05)
    assert ticks == []
    asys.tell(echo, "any call")
    assert ticks == [0]


def test_a_tell_ends_though_an_actor_always_wants_to_be_woken(asys: ActorSystem) -> None:
    clock, ticks = asys.createActor(Clock), []
    for _ in range(3):
        asys.tell(clock, (ticks, 0, 0))
    assert len(ticks) < 10
    assert asys.listen(0.05) is None
    assert len(ticks) > 10


@pytest.mark.slow
def test_an_ask_ends_in_time_though_two_actors_never_stop_talking(asys: ActorSystem) -> None:
    one, two = asys.createActor(Echo), asys.createActor(Echo)
    began = time.monotonic()

    def begin(actor: Caller, sender: ActorAddress) -> None:
        actor._thespian_cell.host.post(one, "ball", two)

    assert asys.ask(asys.createActor(Caller), begin, 1.0) is None
    assert time.monotonic() - began < 10


def test_a_limit_on_one_call_can_be_set(asys: ActorSystem) -> None:
    def forever(actor: Caller, sender: ActorAddress) -> None:
        actor.send(actor.myAddress, forever)

    caller = asys.createActor(Caller)
    asys.systemUpdate("setProcessingLimit", 50)
    with pytest.raises(RuntimeError, match="more than 50 messages"):
        asys.tell(caller, forever)
    asys.systemUpdate("setProcessingLimit", None)


def test_ctrl_c_in_an_actor_reaches_the_program_and_the_system_goes_on(asys: ActorSystem) -> None:
    def interrupt(actor: Caller, sender: ActorAddress) -> None:
        raise KeyboardInterrupt

    caller = asys.createActor(Caller)
    with pytest.raises(KeyboardInterrupt):
        asys.ask(caller, interrupt, 5)
    assert isinstance(asys.listen(5), PoisonMessage)
    assert asys.ask(caller, lambda actor, sender: "fine", 5) == "fine"


def test_ctrl_c_in_an_init_leaves_no_half_made_actor(asys: ActorSystem) -> None:
    class Interrupted(Echo):
        def __init__(self) -> None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        asys.createActor(Interrupted, globalName="name")
    assert asys.ask(asys.createActor(Echo, globalName="name"), "hello", 5) == "hello"


def test_an_actor_may_ask_its_own_system(asys: ActorSystem) -> None:
    echo = asys.createActor(Echo)

    def ask(actor: Caller, sender: ActorAddress) -> Any:
        with asys.private() as mine:
            return ("I heard", mine.ask(echo, "hello", 5))

    assert asys.ask(asys.createActor(Caller), ask, 5) == ("I heard", "hello")


def test_an_actor_that_asks_inside_a_handler_is_not_entered_again(asys: ActorSystem) -> None:
    inside, order = [False], []

    def note(actor: Caller, sender: ActorAddress) -> None:
        order.append(("note", inside[0]))

    def ask(actor: Caller, sender: ActorAddress) -> str:
        inside[0] = True
        with asys.private() as mine:
            mine.ask(actor.myAddress, note, 0.1)
            mine.tell(actor.myAddress, note)
        inside[0] = False
        return "done"

    caller = asys.createActor(Caller)
    assert asys.ask(caller, ask, 5) == "done"
    assert order == [("note", False), ("note", False)]


def test_an_actor_that_is_woken_may_ask_over_the_programs_own_connection(asys: ActorSystem) -> None:
    echo, got = asys.createActor(Echo), []

    class Curious(Clock):
        def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
            super().receiveMessage(message, sender)
            if isinstance(message, WakeupMessage):
                got.append(asys.ask(echo, "hello", 5))

    asys.tell(asys.createActor(Curious), ([], None, 0.01))
    asys.listen(5)
    assert got == ["hello"]


def test_an_actor_may_shut_the_system_down_from_inside_a_handler(asys: ActorSystem) -> None:
    caller = asys.createActor(Caller)
    assert asys.ask(caller, lambda actor, sender: asys.shutdown(), 5) is None
    with pytest.raises(ActorSystemFailure, match="shut down"):
        asys.tell(caller, "hello")


def test_ctrl_c_in_a_shutdown_is_gone_on_with_by_the_next_one(asys: ActorSystem) -> None:
    class Interrupted(Echo):
        def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
            if isinstance(message, ActorExitRequest):
                raise KeyboardInterrupt

    ended: list[str] = []

    class Polite(Echo):
        def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
            if isinstance(message, ActorExitRequest):
                ended.append("asked")

    asys.createActor(Interrupted)
    asys.createActor(Polite)
    with pytest.raises(KeyboardInterrupt):
        asys.shutdown()
    asys.shutdown()
    assert ended == ["asked"]
