"""Actors that send and take very many messages."""

from __future__ import annotations

import os
import signal
from typing import Any

import attrs

from thespian_core.addresses import ActorAddress
from thespian_core.api.actor import Actor
from thespian_core.messages import DeadEnvelope, PoisonMessage, WakeupMessage


@attrs.frozen
class Flood:
    """Send so many numbers from one handler, from 0 on; each with so many bytes beside it."""

    to: ActorAddress
    count: int
    size: int = 0


@attrs.frozen
class Expect:
    """Answer with ``done`` when so many numbers have come."""

    count: int


@attrs.frozen
class Meet:
    """Send so many numbers to all of these actors; answer with :class:`Met` when all theirs have come."""

    everybody: list[ActorAddress]
    rounds: int


@attrs.frozen
class Met:
    """So many numbers have come."""

    taken: int


@attrs.frozen
class Report:
    """Answer with what was seen."""


@attrs.frozen
class Seen:
    """What an actor has seen.

    Attributes:
        pid: of its process.
        taken: how many numbers came.
        in_order: whether they came in their order, of each sender.
        returned: how many messages came back, by the first line of why.
        dead: how many dead letters came.
        most_kib: the most memory its process ever had.
    """

    pid: int
    taken: int
    in_order: bool
    returned: int
    dead: int
    most_kib: int


def most_memory_kib(pid: int | str = "self") -> int:
    """Return the most memory that a process ever had, of which there is one copy for it alone."""
    with open(f"/proc/{pid}/status") as status:
        for line in status:
            if line.startswith("VmHWM"):
                return int(line.split()[1])
    return 0


class Flooder(Actor):
    """Floods another actor from one handler, and counts what comes."""

    def __init__(self) -> None:
        self.next: dict[ActorAddress, int] = {}
        self.taken = self.returned = self.dead = 0
        self.in_order, self.met = True, False
        self.expected = -1
        self.waiting: ActorAddress | None = None

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Take one."""
        if isinstance(message, tuple):
            number, _ = message
            self.in_order = self.in_order and number >= self.next.get(sender, 0)
            self.next[sender] = number + 1
            self.taken += 1
        elif isinstance(message, Flood):
            filler = bytes(message.size)
            for number in range(message.count):
                self.send(message.to, (number, filler))
        elif isinstance(message, Meet):
            for number in range(message.rounds):
                for one in message.everybody:
                    self.send(one, (number, b""))
            self.met = True
            self.expected, self.waiting = len(message.everybody) * message.rounds, sender
        elif isinstance(message, Expect):
            self.expected, self.waiting = message.count, sender
        elif isinstance(message, PoisonMessage):
            self.returned += 1
        elif isinstance(message, DeadEnvelope):
            self.dead += 1
        elif isinstance(message, Report):
            seen = Seen(os.getpid(), self.taken, self.in_order, self.returned, self.dead, most_memory_kib())
            self.send(sender, seen)
        if self.taken == self.expected and self.waiting is not None:
            self.send(self.waiting, Met(self.taken) if self.met else "done")
            self.waiting = None


class Undertaker(Flooder):
    """Gets dead letters, and counts them."""

    def __init__(self) -> None:
        super().__init__()

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Take one."""
        if message == "begin":
            self.handleDeadLetters()
        super().receiveMessage(message, sender)


class Echo(Actor):
    """Sends back whatever it gets."""

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Send it back."""
        if isinstance(message, Report):
            self.send(sender, Seen(os.getpid(), 0, True, 0, 0, most_memory_kib()))
        elif not isinstance(message, (PoisonMessage, WakeupMessage)):
            self.send(sender, message)


class Sleeper(Actor):
    """Stays in its handler until an alarm rings, then keeps the numbers that come."""

    def __init__(self) -> None:
        self.numbers: list[int] = []

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Take one."""
        if isinstance(message, float):
            self.send(sender, "asleep soon")
        elif message == "sleep":
            signal.sigtimedwait((signal.SIGUSR2,), 3.0)
        elif isinstance(message, int):
            self.numbers.append(message)
        elif message == "numbers?":
            self.send(sender, self.numbers)


class Crowd(Actor):
    """Creates many actors, and has each of them send to one target."""

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Take one."""
        if isinstance(message, Flood):
            each = Flood(message.to, message.size)
            for _ in range(message.count):
                self.send(self.createActor(Flooder), each)
