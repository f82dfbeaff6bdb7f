"""Calls end when they have what they were made for, though the system never comes to rest."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from plugins.simple.tests.simple_actors import Caller, Echo
from thespian.actors import Actor, ActorAddress, ActorExitRequest, ActorSystem, requireCapability


class Ticker(Actor):
    """Once begun, sends itself a message for ever."""

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Begin, or go on."""
        if message == "begin":
            self.send(self.myAddress, "tick")
            self.send(sender, "begun")
        elif message == "tick":
            self.send(self.myAddress, "tick")


def wait_until_somebody_sleeps(asys: ActorSystem) -> None:
    """Wait until a thread is in a call, and waits for what is due later."""
    deadline = time.monotonic() + 30
    while not asys._running.base._scheduler._sleepers:  # type: ignore[attr-defined]
        assert time.monotonic() < deadline
        threading.Event().wait(0.001)


@pytest.fixture
def restless(asys: ActorSystem) -> Iterator[ActorSystem]:
    """A system with an actor that never stops."""
    ticker = asys.createActor(Ticker)
    began = time.monotonic()
    assert asys.ask(ticker, "begin", 30) == "begun"
    assert time.monotonic() - began < 15
    yield asys
    began = time.monotonic()
    asys.shutdown()
    assert time.monotonic() - began < 5


def test_an_ask_ends_when_its_answer_is_there(restless: ActorSystem) -> None:
    began = time.monotonic()
    echo = restless.createActor(Echo)
    for timeout in (30, None):
        assert restless.ask(echo, "hello", timeout) == "hello"
    assert time.monotonic() - began < 15


def test_a_listen_ends_when_a_message_is_there(restless: ActorSystem) -> None:
    def answer_twice(actor: Caller, sender: ActorAddress) -> str:
        actor.send(sender, "first")
        return "second"

    began = time.monotonic()
    assert restless.ask(restless.createActor(Caller), answer_twice, 30) == "first"
    assert restless.listen(30) == "second"
    assert time.monotonic() - began < 15


def test_an_ask_ends_with_an_earlier_message_though_nobody_answers(asys: ActorSystem) -> None:
    asys.tell(asys.createActor(Echo), "earlier")
    caller, ticker = asys.createActor(Caller), asys.createActor(Ticker)
    with asys.private() as other:
        assert other.ask(ticker, "begin", 30) == "begun"
    assert asys.ask(caller, "no answer to this", None) == "earlier"


def test_an_ask_that_nobody_answers_ends_in_time(restless: ActorSystem) -> None:
    caller, began = restless.createActor(Caller), time.monotonic()
    assert restless.ask(caller, "no answer to this", 0.01) is None
    assert restless.listen(0.01) is None
    assert time.monotonic() - began < 15


@pytest.mark.slow
def test_what_has_no_answer_is_carried_out_and_holds_nobody_for_long(restless: ActorSystem) -> None:
    exits: list[str] = []

    @requireCapability("needed")
    class Needy(Echo):
        def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
            if isinstance(message, ActorExitRequest):
                exits.append("asked")

    began = time.monotonic()
    restless.updateCapability("needed", True)
    restless.createActor(Needy)
    restless.updateCapability("needed", None)
    restless.unloadActorSource("no such source")
    assert exits == ["asked"]
    assert time.monotonic() - began < 15


def test_what_a_program_did_not_wait_for_is_done_in_its_next_call(asys: ActorSystem) -> None:
    done: list[str] = []

    def answer_first(actor: Caller, sender: ActorAddress) -> None:
        actor.send(sender, "answer")
        actor.send(actor.myAddress, lambda actor, sender: done.append("the rest"))

    assert asys.ask(asys.createActor(Caller), answer_first, 30) == "answer"
    assert done == []
    assert asys.listen(0) is None
    assert done == ["the rest"]


def test_a_thread_has_its_answer_though_another_one_runs_the_system_for_ever(asys: ActorSystem) -> None:
    ticker, echo = asys.createActor(Ticker), asys.createActor(Echo)
    thread = threading.Thread(target=asys.tell, args=(ticker, "begin"))
    thread.start()
    try:
        began = time.monotonic()
        with asys.private() as mine:
            assert mine.ask(echo, "hello", 30) == "hello"
        assert time.monotonic() - began < 15
    finally:
        asys.shutdown()
        thread.join(30)


def test_who_waits_goes_on_with_what_another_thread_left(asys: ActorSystem) -> None:
    waits, heard = threading.Event(), []

    def wake_me_late(actor: Caller, sender: ActorAddress) -> str:
        actor.wakeupAfter(60)  # something to wait for
        actor.waiter = sender  # type: ignore[attr-defined]
        return "asleep"

    def tell_the_waiter(actor: Caller, sender: ActorAddress) -> None:
        actor.send(actor.waiter, "news")  # type: ignore[attr-defined]

    def answer_first(actor: Caller, sender: ActorAddress) -> None:
        actor.send(sender, "answer")
        actor.send(caller, tell_the_waiter)

    caller, other = asys.createActor(Caller), asys.createActor(Caller)

    def wait() -> None:
        with asys.private() as mine:
            assert mine.ask(caller, wake_me_late, 30) == "asleep"
            waits.set()
            heard.append(mine.listen(30))

    thread = threading.Thread(target=wait)
    thread.start()
    assert waits.wait(30)
    wait_until_somebody_sleeps(asys)
    began = time.monotonic()
    assert asys.ask(other, answer_first, 30) == "answer"
    thread.join(30)
    assert heard == ["news"]
    assert time.monotonic() - began < 15


def test_threads_of_one_connection_do_not_wait_for_each_other(asys: ActorSystem) -> None:
    def wake_me_late(actor: Caller, sender: ActorAddress) -> str:
        actor.wakeupAfter(60)
        return "asleep"

    assert asys.ask(asys.createActor(Caller), wake_me_late, 30) == "asleep"
    echo, heard = asys.createActor(Echo), []
    thread = threading.Thread(target=lambda: heard.append(asys.listen(30)))
    thread.start()
    wait_until_somebody_sleeps(asys)
    began = time.monotonic()
    asys.createActor(Echo)
    asys.tell(echo, "for who listens")
    thread.join(30)
    assert heard == ["for who listens"]
    assert time.monotonic() - began < 15
