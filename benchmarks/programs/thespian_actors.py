"""The actors that are measured, in a module that any way of starting an actor's process can import.

It imports next to nothing: each actor's process imports it anew, and that time and memory would be measured.
"""

from __future__ import annotations

import time
from typing import Any

from thespian.actors import Actor


class Echo(Actor):
    """Answers with what it is sent; of bytes, with how many they are."""

    def receiveMessage(self, message: Any, sender: Any) -> None:
        """Answer."""
        if isinstance(message, tuple):
            self.send(sender, message)
        elif isinstance(message, bytes):
            self.send(sender, len(message))


class Counter(Actor):
    """Counts, and answers with the count when it is asked."""

    count = 0

    def receiveMessage(self, message: Any, sender: Any) -> None:
        """Count, or answer."""
        if isinstance(message, tuple):
            self.count += 1
        elif message == "count?":
            self.send(sender, self.count)


class Source(Actor):
    """Sends many numbered tuples to another actor, and passes on what that one answers to the end of them."""

    asker: Any = None

    def receiveMessage(self, message: Any, sender: Any) -> None:
        """Send all, or pass the answer on."""
        if not isinstance(message, tuple):
            return
        if message[0] == "stream":
            _, to, count = message
            self.asker = sender
            for number in range(count):
                self.send(to, ("numbered", number))
            self.send(to, ("end",))
        elif message[0] == "came":
            self.send(self.asker, message)


class Sink(Actor):
    """Counts numbered tuples, and says at their end how many came, and whether in order."""

    count = 0
    in_order = True

    def receiveMessage(self, message: Any, sender: Any) -> None:
        """Count, or say what came."""
        if not isinstance(message, tuple):
            return
        if message[0] == "numbered":
            self.in_order = self.in_order and message[1] == self.count
            self.count += 1
        elif message[0] in ("end", "so far?"):
            self.send(sender, ("came", self.count, self.in_order))
            if message[0] == "end":
                self.count, self.in_order = 0, True


class RingNode(Actor):
    """Hands a token to the next one, until it was handed on often enough."""

    next_one: Any = None
    asker: Any = None

    def receiveMessage(self, message: Any, sender: Any) -> None:
        """Hand the token on."""
        if not isinstance(message, tuple):
            return
        match message:
            case ("next is", next_one):
                self.next_one = next_one
                self.send(sender, message)
            case ("go", hops):
                self.send(self.next_one, ("token", hops - 1, sender))
            case ("token", 0, asker):
                self.send(asker, ("done",))
            case ("token", hops, asker):
                self.send(self.next_one, ("token", hops - 1, asker))


class Parent(Actor):
    """Has children, hands work to them, and says when all of it has come back."""

    asker: Any = None
    awaited = 0
    children: list[Any] = []

    def receiveMessage(self, message: Any, sender: Any) -> None:
        """Create children, hand work out, or count what comes back."""
        if not isinstance(message, tuple):
            return
        match message:
            case ("work",):
                self.awaited -= 1
                if self.awaited == 0:
                    self.send(self.asker, ("done",))
            case ("missing?",):
                self.send(sender, ("missing", self.awaited))
            case ("create", count):
                self.children = [self.createActor(Echo) for _ in range(count)]
                self._hand_out(1, sender)
            case ("hand out", to_each):
                self._hand_out(to_each, sender)

    def _hand_out(self, to_each: int, asker: Any) -> None:
        self.asker, self.awaited = asker, to_each * len(self.children)
        for _ in range(to_each):
            for child in self.children:
                self.send(child, ("work",))


class Caller(Actor):
    """Meets other actors, and says what the first exchange with each took, and what the next ones took."""

    asker: Any = None
    strangers: list[Any] = []
    repeats = 0
    left = 0
    began_s = 0.0
    first_s: list[float] = []
    next_s: list[float] = []

    def receiveMessage(self, message: Any, sender: Any) -> None:
        """Note how long an exchange took, and begin the next one."""
        if not isinstance(message, tuple):
            return
        if message[0] == "meet":
            self.asker = sender
            _, self.strangers, self.repeats = message
            self.first_s, self.next_s = [], []
        else:
            took_s = time.perf_counter() - self.began_s
            (self.first_s if self.left == self.repeats else self.next_s).append(took_s)
            if self.left == 0:
                self.strangers = self.strangers[1:]
        if not self.strangers:
            self.send(self.asker, ("met", self.first_s, self.next_s))
            return
        self.left = self.repeats if self.left == 0 else self.left - 1
        self.began_s = time.perf_counter()
        self.send(self.strangers[0], ("hello",))
