"""What processes ask the admin of each other's fate and of dead letters, and its answers."""

from __future__ import annotations

from typing import Literal

import attrs

from thespian_core.addresses import ActorAddress
from thespian_core.semantics.requests import Request

State = Literal["lives", "gone", "refused", "unknown"]


@attrs.frozen
class AskFates(Request):
    """What became of these mailboxes? And who gets dead letters?

    Attributes:
        asker: the id of who wants to know, and whose mail it is about.
        ids: of the mailboxes; none to ask for the handler of dead letters alone.
        letters: how many dead letters the asker holds.
    """

    asker: str
    ids: tuple[str, ...] = ()
    letters: int = 0


@attrs.frozen
class Fate:
    """What became of one mailbox.

    Attributes:
        id: whose.
        state: ``refused`` for an actor that could not be created.
        handled: how far it had come with the asker's messages, for certain.
        begun: the number of the last message of the asker that it began to handle.
        how: one sentence.
    """

    id: str
    state: State
    handled: int = 0
    begun: int = 0
    how: str = ""


@attrs.frozen
class Fates:
    """The answer to :class:`AskFates`.

    Attributes:
        fates: in the order they were asked for.
        handler: who gets dead letters now, or None.
    """

    fates: tuple[Fate, ...]
    handler: ActorAddress | None


@attrs.frozen
class Unreadable:
    """A message could not be unpickled where it came in: back to its sender, as it was sent.

    Attributes:
        data: the message as it was on the wire.
        to: who was to get it.
        details: why, as text.
    """

    data: bytes
    to: ActorAddress
    details: str


@attrs.frozen
class Join(Request):
    """A program connects.

    Attributes:
        pid: of its process.
    """

    pid: int


@attrs.frozen
class Joined:
    """The answer to :class:`Join`.

    Attributes:
        admin_pid: of the admin's process.
        admin_id: of the admin's mailbox.
        base_name: the system base's name.
        capabilities: pickled.
        shutting_down: whether the system is about to end.
        max_message_bytes: larger messages are refused.
    """

    admin_pid: int
    admin_id: str
    base_name: str
    capabilities: bytes = attrs.field(repr=False)
    shutting_down: bool
    max_message_bytes: int


@attrs.frozen
class Leave(Request):
    """A program's mailbox is given up."""


@attrs.frozen
class SystemEnded:
    """The system has ended; the admin's process ends right after this.

    Attributes:
        killed: which actors had to be killed, and why, a line each.
    """

    killed: tuple[str, ...]
