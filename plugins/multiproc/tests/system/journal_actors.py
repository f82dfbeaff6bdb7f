"""Actors that write down what becomes of their mail: targets, senders, and who gets dead letters."""

from __future__ import annotations

import os
import random
import signal
from typing import Any

import attrs

from plugins.multiproc.tests.system.journal import BEGUN, DEAD, ENDED, POISONED, Journal
from thespian_core.addresses import ActorAddress
from thespian_core.api.actor import Actor
from thespian_core.messages import DeadEnvelope, PoisonMessage

Numbered = tuple[str, int, int, int, bytes]  # what to do; target; sender; number; filler


@attrs.frozen
class Open:
    """Write to a journal from now on; answered with the process's number."""

    path: str
    index: int


@attrs.frozen
class Burst:
    """Send so many messages; answered when all are sent.

    Attributes:
        count: how many.
        seed: for whom, and of what size.
        targets: by index.
        favourite: who gets every other message.
        hang: the favourite, which is told to stay in its handler before anything else.
    """

    count: int
    seed: int
    targets: dict[int, ActorAddress]
    favourite: int
    hang: bool = False


def next_burst(burst: Burst, sender: int, number: int) -> list[tuple[ActorAddress, Numbered]]:
    """Return the messages of a burst, and whom they are for; ``number`` is the last one that was sent."""
    chance = random.Random(burst.seed)
    indices = list(burst.targets)
    messages: list[tuple[ActorAddress, Numbered]] = []
    for position in range(burst.count):
        number += 1
        target = burst.favourite if position % 2 == 0 else chance.choice(indices)
        what, filler = "note", b""
        if burst.hang and position == 0:
            what = "hang"
        elif chance.random() < 0.01:
            what = "fail"
        if chance.random() < 0.02:
            filler = bytes(chance.randrange(50_000))
        messages.append((burst.targets[target], (what, target, sender, number, filler)))
    return messages


class Target(Actor):
    """Notes when it begins and when it ends a message; in between it does what that says."""

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Take one."""
        if isinstance(message, Open):
            self.journal = Journal(message.path)
            self.send(sender, os.getpid())
        elif isinstance(message, tuple):
            what, target, whose, number, _ = message
            self.journal.note(BEGUN, target, whose, number)
            if what == "fail":
                raise ValueError("as was asked")
            while what == "hang":  # until it is killed
                signal.pause()
            self.journal.note(ENDED, target, whose, number)


class Sender(Actor):
    """Sends bursts, and notes what comes back."""

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Take one."""
        if isinstance(message, Open):
            self.journal, self.index, self.number = Journal(message.path), message.index, 0
            self.send(sender, os.getpid())
        elif isinstance(message, Burst):
            for to, numbered in next_burst(message, self.index, self.number):
                self.send(to, numbered)
            self.number += message.count
            self.send(sender, ("sent", self.index, self.number))
        elif isinstance(message, PoisonMessage):
            _, target, whose, number, _ = message.poisonMessage
            self.journal.note(POISONED, target, whose, number)


class Undertaker(Actor):
    """Gets dead letters, and notes them."""

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Take one."""
        if isinstance(message, Open):
            self.journal = Journal(message.path)
            self.handleDeadLetters()
            self.send(sender, os.getpid())
        elif isinstance(message, DeadEnvelope) and isinstance(message.deadMessage, tuple):
            _, target, whose, number, _ = message.deadMessage
            self.journal.note(DEAD, target, whose, number)
