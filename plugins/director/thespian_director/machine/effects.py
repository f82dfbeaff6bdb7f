"""What a Director is to do next: one record for each kind of thing, carried out in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import attrs

from thespian_core.addresses import ActorAddress

if TYPE_CHECKING:
    from thespian_director.machine.versions import Run


@attrs.frozen
class Read:
    """Hand a file to the system as a source; then call ``loading``, or ``unreadable``.

    Attributes:
        group: the group that it is for.
        path: of the file.
        asked_by: whoever gets the answer.
        report: whether it is told, too, what has become of it.
    """

    group: str
    path: str
    asked_by: ActorAddress
    report: bool


@attrs.frozen
class Create:
    """Create an actor; then call ``created``."""

    run: Run


@attrs.frozen
class Greet:
    """Ask an actor for its status, which it answers when it lives, before all other mail."""

    to: ActorAddress


@attrs.frozen
class Send:
    """Send a message."""

    to: ActorAddress
    message: Any


@attrs.frozen
class End:
    """Ask an actor to exit."""

    to: ActorAddress


@attrs.frozen
class Unload:
    """Have the system unload a source."""

    source_hash: str


@attrs.frozen
class Changed:
    """What runs is not what it was before: whoever wants to know is told."""


@attrs.frozen
class Log:
    """Write to the log."""

    level: Literal["debug", "info", "warning", "error"]
    text: str


Effect = Read | Create | Greet | Send | End | Unload | Changed | Log
