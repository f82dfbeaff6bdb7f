"""Programs and an actor that use the system in a signal handler of their own."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from thespian_core.addresses import ActorAddress
from thespian_core.api.actor import Actor
from thespian_core.api.system import ActorSystem
from thespian_core.errors import ActorSystemFailure
from thespian_core.messages import WakeupMessage
from thespian_core.testing.contract import PATIENCE_S
from tools.ports import free_port

SOON_S = 0.2  # when the program listens


class Ringing(Actor):
    """Says back what it is told, and tells who asks for its process of each signal."""

    asker: ActorAddress
    signals = 0

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Take one."""
        if message == "where?":
            self.asker = sender
            signal.signal(signal.SIGUSR2, self.ring)
            self.send(sender, os.getpid())
        elif isinstance(message, str):
            self.send(sender, message)
        elif isinstance(message, WakeupMessage):
            self.send(self.asker, message.payload)

    def ring(self, *_: object) -> None:
        """A signal has come."""
        self.signals += 1
        self.send(self.asker, self.signals)
        self.wakeupAfter(0, f"woken {self.signals}")


def tell(asys: ActorSystem) -> None:
    """Tell and ask in a handler that interrupts ``listen``."""
    ringing = asys.createActor(Ringing)
    found = []

    def ring(*_: object) -> None:
        asys.tell(ringing, "one")
        asys.tell(ringing, "two")
        try:
            asys.ask(ringing, "never sent", PATIENCE_S)
        except RuntimeError as why:
            found.append(str(why).partition(",")[0])
        with asys.private() as mine:
            found.append(mine.ask(ringing, "in private", PATIENCE_S))

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, SOON_S)
    found += [asys.listen(PATIENCE_S), asys.listen(PATIENCE_S), asys.ask(ringing, "three", PATIENCE_S)]
    interrupted = "a signal handler has interrupted a call to the actor system"
    assert found == [interrupted, "in private", "one", "two", "three"], found


def shut_down(asys: ActorSystem) -> None:
    """Shut the system down in a handler that interrupts ``listen``."""
    asys.createActor(Ringing)
    signal.signal(signal.SIGALRM, lambda *_: asys.shutdown())
    signal.setitimer(signal.ITIMER_REAL, SOON_S)
    assert asys.listen(PATIENCE_S) is None
    try:
        asys.listen(0)
    except ActorSystemFailure:
        return
    raise AssertionError("the system goes on")


if __name__ == "__main__":
    system = ActorSystem(sys.argv[2], {"Admin Port": free_port()})
    try:
        globals()[sys.argv[1]](system)
    finally:
        system.shutdown()
