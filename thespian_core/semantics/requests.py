"""What is asked of an admin, and its answers."""

from __future__ import annotations

from typing import Any

import attrs

from thespian_core.addresses import ActorAddress
from thespian_core.semantics.birth import Refusal


@attrs.frozen
class Request:
    """The base of all that an actor or a program asks of the admin of its system."""


@attrs.frozen
class CreateActor(Request):
    """Create an actor without a parent, or find the one that has the name.

    Attributes:
        request_id: comes back in the answer.
        actor_class: a class, or its dotted name.
        requirements: for the capability check.
        global_name: the name to find or give, or None.
        source_hash: the loaded source to take the class from, or None.
        report_start: answer when the actor has started or was refused, not when its address is known.
    """

    request_id: int
    actor_class: object
    requirements: Any = None
    global_name: str | None = None
    source_hash: str | None = None
    report_start: bool = True


@attrs.frozen
class UpdateCapability(Request):
    """Set a capability of the system, or remove it when the value is None."""

    name: str
    value: Any = None


@attrs.frozen
class HandleDeadLetters(Request):
    """Make the sender the one handler of dead letters, or stop that."""

    start: bool


@attrs.frozen
class NotifyOfMembers(Request):
    """Tell the sender of systems that join or leave the convention, or stop that."""

    start: bool


@attrs.frozen
class ShutDown(Request):
    """End the system and all its actors."""


@attrs.frozen
class Answer:
    """The base of an admin's answers; a program's port keeps them apart from its mail."""

    request_id: int


@attrs.frozen
class ActorCreated(Answer):
    """The actor exists, or will: mail to it is kept for it."""

    address: ActorAddress


@attrs.frozen
class CreateFailed(Answer):
    """No actor was created."""

    refusal: Refusal
