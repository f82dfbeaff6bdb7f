"""Messages that are hard to send or to take, and actors that send and take them."""

from __future__ import annotations

import os
import signal
import sys
from enum import Enum
from typing import Any

import attrs

from thespian_core.addresses import ActorAddress
from thespian_core.api.actor import Actor
from thespian_core.messages import ActorSystemMessage, ChildActorExited, PoisonMessage

GIB = 1 << 30


class Thorn:
    """Cannot be unpickled by anybody."""

    def __reduce__(self) -> Any:
        """Name what fails."""
        return (fail, ())


class Exit:
    """Ends the process that unpickles it, as a class does whose module calls ``sys.exit`` when imported."""

    def __reduce__(self) -> Any:
        """Name what ends."""
        return (sys.exit, ("not to be made again",))


def fail() -> None:
    """Raise."""
    raise RuntimeError("not to be made again")


class Title(str, Enum):
    """A name, as a program may have a class for its names."""

    CLERK = "clerk"


@attrs.frozen
class Colour:
    """A value of a class that only this program has."""

    name: str


class Painter(Actor):
    """Sets a capability to the colour that it is told."""

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Paint."""
        if isinstance(message, str):
            self.updateCapability("colour", Colour(message))
            self.send(sender, "painted")


class Mirror(Actor):
    """Tells what it got: its type, its size, its text; and sends what it is told to."""

    def __init__(self) -> None:
        self.waiting: ActorAddress | None = None

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Take one."""
        if isinstance(message, PoisonMessage):
            kind = type(message.poisonMessage).__name__
            if self.waiting is not None:
                self.send(self.waiting, ("poison", kind, message.details))
        elif isinstance(message, bytes):
            self.send(sender, ("bytes", len(message)))
        elif isinstance(message, tuple) and message[0] == "send":
            self.waiting = sender
            _, what, to = message
            content = {
                "a gibibyte": lambda: bytes(GIB),
                "a function": lambda: lambda: None,
                "a thorn": Thorn,
                "an exit": Exit,
            }[what]()
            self.send(to, content)
            self.send(to, ("tell", sender, "what came after"))
        elif isinstance(message, tuple) and message[0] == "tell":
            self.send(message[1], message[2])
        elif message == "pid?":
            self.send(sender, os.getpid())


class Changer(Actor):
    """Sends one list again and again, and changes it in between."""

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Take one."""
        if isinstance(message, ActorAddress):
            content: list[int] = []
            for number in range(100):
                content.append(number)
                self.send(message, content)
            self.send(message, sender)


class Keeper(Actor):
    """Keeps lists, adds to each, and tells what they were and whether any two are one."""

    def __init__(self) -> None:
        self.kept: list[list[int]] = []
        self.lengths: list[int] = []

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Take one."""
        if isinstance(message, list):
            self.lengths.append(len(message))
            message.append(-1)
            self.kept.append(message)
        elif isinstance(message, ActorAddress):
            self.send(message, (self.lengths, len({id(one) for one in self.kept})))


class Mortal(Actor):
    """Sends to its parent what it is told to, then ends as it is told to."""

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Take one."""
        if not isinstance(message, tuple):
            return
        how, count, size = message
        for number in range(count):
            self.send(sender, (number, bytes(size)))
        if how == "SystemExit":
            raise SystemExit
        if how == "sys.exit(3)":
            sys.exit(3)
        if how == "os._exit":
            os._exit(3)
        if how == "SIGKILL":
            os.kill(os.getpid(), signal.SIGKILL)


class Parent(Actor):
    """Has a child end, and tells all it hears of it once somebody asks."""

    def __init__(self) -> None:
        self.heard: list[Any] = []
        self.asked_by: ActorAddress | None = None

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Take one."""
        if isinstance(message, ChildActorExited):
            self.heard.append("exited")
            self._tell()
        elif isinstance(message, ActorSystemMessage):
            return
        elif message == "heard?":
            self.asked_by = sender
            self._tell()
        elif message == "again?":
            self.send(sender, self.heard)
        elif isinstance(message[0], str):
            self.child = self.createActor(Mortal)
            self.send(self.child, message)
            self.send(self.child, "never handled")
        else:
            self.heard.append(message[0])

    def _tell(self) -> None:
        if self.asked_by is not None and "exited" in self.heard:
            self.send(self.asked_by, self.heard)
