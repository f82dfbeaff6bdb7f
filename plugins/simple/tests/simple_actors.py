"""The actors of the tests of the simple base."""

from __future__ import annotations

from typing import Any

from thespian.actors import Actor, ActorAddress, ActorSystemMessage, WakeupMessage


class Caller(Actor):
    """Calls what it is sent, and answers with the result unless that is None."""

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Call."""
        if callable(message):
            result = message(self, sender)
            if result is not None:
                self.send(sender, result)


class Echo(Actor):
    """Answers with what it is sent."""

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Answer."""
        if not isinstance(message, ActorSystemMessage):
            self.send(sender, message)


class Clock(Actor):
    """Notes its wake-ups, and asks for the next one if it is to tick."""

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Note, or begin."""
        if isinstance(message, WakeupMessage):
            self.ticks.append(message.payload)
            if self.period is not None:
                self.wakeupAfter(self.period, len(self.ticks))
        elif isinstance(message, tuple):
            self.ticks, self.period, first = message
            self.wakeupAfter(first, 0)
