"""Actors in a corner: they end while they are held back, or send themselves what nobody can read."""

from __future__ import annotations

import sys
import threading
from typing import Any

from plugins.multiproc.tests.system.message_actors import Thorn
from thespian_core.addresses import ActorAddress
from thespian_core.api.actor import Actor
from thespian_core.messages import ActorExitRequest, PoisonMessage

PART = b"x" * 500_000
PARTS = 20  # more than a link's window


class Slow(Actor):
    """Stays in its handler for a while when it is told to, and counts the parts that come."""

    parts = 0

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Take one."""
        if isinstance(message, float):
            self.send(sender, "busy")
            threading.Event().wait(message)
        elif isinstance(message, bytes) or message == "what came after":
            self.parts += 1
        elif message == "parts?":
            self.send(sender, self.parts)


class Flooder(Actor):
    """Sends many parts at once; then it ends itself, or has threads that send."""

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Take one."""
        if isinstance(message, tuple):
            what, to = message
            for _ in range(PARTS):
                self.send(to, PART)
            if what == "end":
                self.send(self.myAddress, ActorExitRequest())
            else:
                sys.setswitchinterval(0.00001)  # threads come between each other wherever they can
                for _ in range(2):
                    threading.Thread(target=self.murmur, daemon=True).start()
        elif message == "well?":
            self.send(sender, "well")

    def murmur(self) -> None:
        """Send itself very much, in a thread."""
        for number in range(20_000):
            self.send(self.myAddress, number)
            if number % 10 == 0:
                threading.Event().wait(0.0001)


class Forgetful(Actor):
    """Sends itself what nobody can read, and tells what comes back."""

    def __init__(self) -> None:
        self.asker: ActorAddress | None = None

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Take one."""
        if message == "go":
            self.asker = sender
            self.send(self.myAddress, Thorn())
        elif message == "go, and end":
            self.send(self.myAddress, Thorn())
            self.send(self.myAddress, ActorExitRequest())
        elif isinstance(message, PoisonMessage) and self.asker is not None:
            self.send(self.asker, ("poison", message.details))


class Shouter(Actor):
    """Fails with as many bytes of reasons as it is told, or sends so large a system message."""

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Take one."""
        if isinstance(message, int):
            raise ValueError("x" * message)
        if isinstance(message, tuple):
            self.send(message[1], PoisonMessage(bytes(message[0])))
            self.send(message[1], "what came after")
        elif message == "hello":
            self.send(sender, "hello")
