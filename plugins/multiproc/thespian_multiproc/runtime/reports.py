"""What an operator's program asks the processes of a system, and what they answer.

All of it is for the runtime of a process, not for its actor: it is answered between two messages, and does
not wait behind those that wait already. The answers hold text, numbers and addresses only, so who reads them
needs no user's code.
"""

from __future__ import annotations

from typing import NamedTuple

from thespian_core.addresses import ActorAddress


class AskActor(NamedTuple):
    """How are you? For an actor's process, which answers with :class:`ActorReport`.

    Attributes:
        asker: who gets the answer.
        number: comes back with the answer, which may be late.
    """

    asker: ActorAddress
    number: int


class ActorReport(NamedTuple):
    """The answer to :class:`AskActor`.

    Attributes:
        id: of the actor's mailbox.
        number: of the question.
        counters: as ``miscKeyVals`` of its status.
        exiting: whether it is ending.
        held_back: whether it takes no new mail until more of what it has sent was taken in.
        unhandled: to whom it has sent mail that is not handled yet, by the id of their mailbox, and how much.
    """

    id: str
    number: int
    counters: dict[str, int]
    exiting: bool
    held_back: bool
    unhandled: tuple[tuple[str, int], ...]


class AskSystem(NamedTuple):
    """Who lives? For the admin, which answers with :class:`SystemReport`."""


class ActorRow(NamedTuple):
    """What the admin knows of one actor.

    Attributes:
        address: its mailbox.
        parent: the id of who created it; None for the system itself.
        actor_class: ``package.module.Class``.
        pid: of its process; None when that is not known yet.
        global_name: its name in the system, or None.
        source_hash: the loaded source that its class comes from, or None.
        is_living: False while it starts.
    """

    address: ActorAddress
    parent: str | None
    actor_class: str
    pid: int | None
    global_name: str | None
    source_hash: str | None
    is_living: bool


class SystemReport(NamedTuple):
    """The answer to :class:`AskSystem`.

    Attributes:
        place: where the admin is reached.
        system_id: no other system ever has it.
        base_name: the system base's name.
        base_version: its version.
        up_s: for how long it runs.
        shutting_down: whether it is about to end.
        admin_pid: of the admin's process.
        launcher_pid: of the launcher's.
        log_pid: of the log process; None when there is none.
        log_restarts: how often that was started again.
        died: how many actors ended without having been asked to.
        dead_letters: how many messages had no living target.
        dead_letter_handler: the id of the actor that gets them, or None.
        unhandled: how many messages of the admin wait to be handled.
        capabilities: the system's, as text.
        plugins: name, distribution and version of each that it uses.
        programs: the processes that have joined it.
        actors: all that start or live.
    """

    place: str
    system_id: str
    base_name: str
    base_version: int
    up_s: float
    shutting_down: bool
    admin_pid: int
    launcher_pid: int
    log_pid: int | None
    log_restarts: int
    died: int
    dead_letters: int
    dead_letter_handler: str | None
    unhandled: int
    capabilities: tuple[tuple[str, str], ...]
    plugins: tuple[tuple[str, str | None, str | None], ...]
    programs: tuple[int, ...]
    actors: tuple[ActorRow, ...]


class AskHandling(NamedTuple):
    """What are these actors at? For the admin, which answers with :class:`Seen`, as the launcher sees it.

    So one hears of actors that do not answer, since they are in a handler, or were stopped.

    Attributes:
        ids: of their mailboxes.
    """

    ids: tuple[str, ...]


class Handling(NamedTuple):
    """A message that an actor is handling.

    Attributes:
        id: of the actor's mailbox.
        peer: the id of who sent the message.
        number: of the message, among all that this sender has sent it.
    """

    id: str
    peer: str
    number: int


class Look(NamedTuple):
    """For the launcher: which of these actors are handling a message?

    Attributes:
        asker: who wants to know.
        ids: of the actors' mailboxes.
    """

    asker: ActorAddress
    ids: tuple[str, ...]


class Seen(NamedTuple):
    """What the launcher has seen; an actor that handles nothing, or its own mail, is left out.

    Attributes:
        asker: who wanted to know.
        handling: one for each of the others.
    """

    asker: ActorAddress
    handling: tuple[Handling, ...]
