"""What threads of a program, and of actors, may do with this base."""

from __future__ import annotations

import threading
import time
from typing import Any

from plugins.simple.tests.simple_actors import Caller, Echo
from thespian.actors import Actor, ActorAddress, ActorExitRequest, ActorSystem, WakeupMessage


def test_another_thread_is_served_while_the_program_is_elsewhere(asys: ActorSystem) -> None:
    echo, answers = asys.createActor(Echo), []

    def ask() -> None:
        with asys.private() as mine:
            answers.append(mine.ask(echo, "from a thread", 30))

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join(30)
    assert answers == ["from a thread"]


def test_a_timeout_holds_while_another_threads_actor_is_busy(asys: ActorSystem) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def be_busy(actor: Caller, sender: ActorAddress) -> None:
        begun.set()
        may_end.wait(30)

    caller, echo = asys.createActor(Caller), asys.createActor(Echo)
    thread = threading.Thread(target=asys.tell, args=(caller, be_busy))
    thread.start()
    try:
        assert begun.wait(30)
        began = time.monotonic()
        with asys.private() as mine:
            assert mine.ask(echo, "hello", 0.05) is None
        assert time.monotonic() - began < 10
    finally:
        may_end.set()
        thread.join(30)


def test_a_thread_of_an_actor_wakes_a_program_that_waits(asys: ActorSystem) -> None:
    threads: list[threading.Thread] = []

    def begin(actor: Caller, sender: ActorAddress) -> None:
        actor.wakeupAfter(60)  # the program waits for this one
        threads.append(threading.Timer(0.05, actor.send, (sender, "from a thread")))
        threads[0].start()

    assert asys.ask(asys.createActor(Caller), begin, 30) == "from a thread"
    threads[0].join()


def test_a_shutdown_ends_though_actors_never_stop_talking(asys: ActorSystem) -> None:
    class Restless(Echo):
        def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
            if isinstance(message, ActorExitRequest):
                child = self.createActor(Restless)
                self.send(child, "go on")

    asys.createActor(Restless)
    began = time.monotonic()
    asys.shutdown()
    assert time.monotonic() - began < 30


def test_a_shutdown_ends_what_another_thread_runs(asys: ActorSystem) -> None:
    exits: list[str] = []

    class Restless(Echo):
        def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
            if isinstance(message, ActorExitRequest):
                exits.append("asked")
            else:
                self.send(self.myAddress, message)

    restless, began = asys.createActor(Restless), threading.Event()

    def run() -> None:
        began.set()
        asys.tell(restless, "for ever")

    thread = threading.Thread(target=run)
    thread.start()
    assert began.wait(30)
    asys.shutdown()
    thread.join(30)
    assert not thread.is_alive()
    assert exits == ["asked"]


def test_a_wake_up_asked_for_in_another_thread_rouses_who_waits(asys: ActorSystem) -> None:
    class Later(Actor):
        def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
            if message == "remember me":
                self.program = sender
                self.wakeupAfter(60)  # something to wait for
            elif message == "soon":
                self.wakeupAfter(0.05)
            elif isinstance(message, WakeupMessage):
                self.send(self.program, "in time")

    later = asys.createActor(Later)
    asys.tell(later, "remember me")
    thread = threading.Timer(0.05, asys.tell, (later, "soon"))
    thread.start()
    began = time.monotonic()
    assert asys.listen(30) == "in time"
    assert time.monotonic() - began < 20
    thread.join()
