"""What the custody of processes wants to be done."""

from __future__ import annotations

from typing import Literal, NamedTuple

Unstarted = Literal["specification", "shutdown"]


class Fork(NamedTuple):
    """Start the process of an actor; then report ``forked`` or ``could_not_fork``."""

    id: str


class KillGroup(NamedTuple):
    """End a process and all that it had forked, at once; it may be gone already."""

    pid: int


class PassOn(NamedTuple):
    """Tell the admin what was just heard, as it is."""


class TellBorn(NamedTuple):
    """Tell the admin that an actor has a process, or is to be told of as one that got none."""

    id: str
    pid: int


class TellNotStarted(NamedTuple):
    """Tell the admin, in the actor's stead, that it was never alive.

    Attributes:
        id: whose.
        kind: what sort of reason it is.
        reason: one sentence without a dot.
    """

    id: str
    kind: Unstarted
    reason: str


class TellDied(NamedTuple):
    """Tell the admin that an actor's process is no more, with what it had done; then forget it."""

    id: str
    abruptly: bool
    how: str


class TellReady(NamedTuple):
    """Tell the admin that the launcher and this first log process run."""

    log_pid: int


class TellLogDied(NamedTuple):
    """Tell the admin that this log process took over from one that ended."""

    pid: int
    how: str


class StartLog(NamedTuple):
    """Start a log process so many seconds from now; then report ``log_forked`` or ``could_not_fork_log``."""

    after_s: float


class StopLog(NamedTuple):
    """Ask the log process to end once it has written everything."""


class Quit(NamedTuple):
    """End the launcher."""


Effect = (
    Fork
    | KillGroup
    | PassOn
    | TellBorn
    | TellNotStarted
    | TellDied
    | TellReady
    | TellLogDied
    | StartLog
    | StopLog
    | Quit
)
