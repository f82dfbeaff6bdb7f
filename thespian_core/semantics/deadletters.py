"""Undeliverable mail: what becomes a dead letter and who gets it, and what goes back to its sender."""

from __future__ import annotations

from collections import deque
from typing import Any

from thespian_core.addresses import ActorAddress
from thespian_core.messages import (
    ActorSystemMessage,
    ChildActorExited,
    DeadEnvelope,
    PoisonMessage,
    WakeupMessage,
)
from thespian_core.status import Thespian_StatusReq

# Nobody waits for these, and a dead letter about a dead letter could go round for ever.
_NEVER = (DeadEnvelope, ChildActorExited, WakeupMessage)


LAST_ADDRESSES = 100  # our choice: what a person who looks at a status reads at most


class DeadLetters:
    """Keeps the one handler of dead letters of a system, and whose mail becomes dead letters.

    Attributes:
        handler: who gets them.
        count: how many there were.
        addresses: the actors that were last to end.
    """

    def __init__(self) -> None:
        self.handler: ActorAddress | None = None
        self.count = 0
        self.addresses: deque[ActorAddress] = deque(maxlen=LAST_ADDRESSES)

    def ended(self, actor: ActorAddress) -> None:
        """An actor is gone: what is sent to it from now on is a dead letter."""
        self.register(actor, start=False)
        self.addresses.append(actor)

    def register(self, actor: ActorAddress, start: bool) -> None:
        """Make an actor the handler: the last to register wins, and only the handler can stop."""
        if start:
            self.handler = actor
        elif self.handler == actor:
            self.handler = None

    def envelope(self, to: ActorAddress, message: Any) -> tuple[ActorAddress, DeadEnvelope] | None:
        """Return who gets an undeliverable message, and as what; None when it is dropped."""
        if not is_letter(message):
            return None
        self.count += 1
        if self.handler is None or self.handler == to:
            return None
        return self.handler, DeadEnvelope(to, message)


def is_letter(message: Any) -> bool:
    """Whether a message becomes a dead letter when it has no living target; else it is dropped."""
    content = message.poisonMessage if issubclass(type(message), PoisonMessage) else message
    return not issubclass(type(content), _NEVER)


def sent_back(message: Any, details: str) -> PoisonMessage | None:
    """Return what the sender of a message to an actor that could not be created gets; None for nothing.

    Of the system's own messages only status requests come back: who asks would wait for ever.
    """
    kind = type(message)
    is_told = not issubclass(kind, ActorSystemMessage) or issubclass(kind, Thespian_StatusReq)
    return PoisonMessage(message, details) if is_told else None
