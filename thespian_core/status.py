"""Questions about the state of an actor or a system, their answers, and how they are printed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import IO, Any, NamedTuple

from thespian_core.addresses import ActorAddress
from thespian_core.messages import ActorSystemMessage
from thespian_core.publicly import public
from thespian_core.texts import told

MAIL_TEXT_LIMIT = 120  # our choice: one line of a terminal for each message


@public
class Thespian_StatusReq(ActorSystemMessage):
    """Asks an actor or an admin for its status; the actor's own code does not see it."""


class Timer(NamedTuple):
    """Something that falls due.

    Attributes:
        period_s: how long it runs in all.
        left_s: how long it still ran when it was looked at; below 0 when it is overdue.
    """

    period_s: float
    left_s: float

    def __str__(self) -> str:
        return f"{self.period_s:g} s  (in {self.left_s:.3f} s)"


Mail = tuple[ActorAddress, ActorAddress, str]


class _Status(ActorSystemMessage):
    """What the answers of actors and systems have in common.

    Attributes:
        pendingMessages: (from, to, text) of messages sent, and not yet handed over.
        receivedMessages: (from, to, text) of messages that wait to be handled.
        pendingWakeups: (address, :class:`Timer`) of each.
        childActors: the addresses of living children.
        governer: text about a limit on the rate of sending, or None.
        miscKeyVals: counters by name.
    """

    def __init__(self) -> None:
        self.pendingMessages: list[Mail] = []
        self.receivedMessages: list[Mail] = []
        self.pendingWakeups: list[tuple[ActorAddress, Timer]] = []
        self.childActors: list[ActorAddress] = []
        self.governer: str | None = None
        self.miscKeyVals: dict[str, int] = {}


@public
class Thespian_ActorStatus(_Status):
    """The status of one actor.

    Attributes:
        actorAddress: whose status it is.
        actorClass: the dotted name of its class.
        adminAddress: the admin of its system.
        parentAddress: who created it, or None.
        sourceHash: the loaded source that it comes from, or None.
        exiting: whether it is ending.
    """

    def __init__(
        self,
        actorAddress: ActorAddress,
        actorClass: str,
        adminAddress: ActorAddress,
        parentAddress: ActorAddress | None = None,
        sourceHash: str | None = None,
        exiting: bool = False,
    ) -> None:
        super().__init__()
        self.actorAddress = actorAddress
        self.actorClass = actorClass
        self.adminAddress = adminAddress
        self.parentAddress = parentAddress
        self.sourceHash = sourceHash
        self.exiting = exiting

    def __str__(self) -> str:
        return f"Thespian_ActorStatus of {self.actorClass} @ {self.actorAddress}"


@public
class Thespian_SystemStatus(_Status):
    """The status of one actor system, from its admin; ``childActors`` are the top-level actors.

    Attributes:
        adminAddress: whose status it is.
        capabilities: what the system offers.
        inShutdown: whether it is ending.
        conventionLeader: the leader's admin, or None.
        conventionRegisterTime: :class:`Timer` until this system registers again, or None.
        conventionAttendees: (admin, :class:`Timer`) of each member.
        notifyAddresses: who is told of members that come and go.
        busyActors: (address, text) of actors in a handler, which answer no question now, and what it is that
            they handle; empty where that is not seen.
        deadLetterHandler: the actor that gets dead letters, or None.
        deadLetterAddresses: of the actors that were last to end, at most 100.
        globalActors: the addresses of named actors, by name.
        sourceAuthority: the actor that validates sources, or None.
        loadedSources: (hash, info) of each.
    """

    def __init__(self, adminAddress: ActorAddress) -> None:
        super().__init__()
        self.adminAddress = adminAddress
        self.capabilities: dict[str, Any] = {}
        self.inShutdown = False
        self.conventionLeader: ActorAddress | None = None
        self.conventionRegisterTime: Timer | None = None
        self.conventionAttendees: list[tuple[ActorAddress, Timer]] = []
        self.notifyAddresses: list[ActorAddress] = []
        self.busyActors: list[tuple[ActorAddress, str]] = []
        self.deadLetterHandler: ActorAddress | None = None
        self.deadLetterAddresses: list[ActorAddress] = []
        self.globalActors: dict[str, ActorAddress] = {}
        self.sourceAuthority: ActorAddress | None = None
        self.loadedSources: list[tuple[str, Any]] = []

    def __str__(self) -> str:
        return f"Thespian_SystemStatus @ {self.adminAddress}"


Shown = Callable[[ActorAddress], str]


def formatStatus(response: object, showAddress: Shown = str, tofd: IO[str] | None = None) -> None:
    """Print a status answer for people.

    Args:
        response: a ``Thespian_SystemStatus`` or ``Thespian_ActorStatus``; anything else is said to be none.
        showAddress: how an address is shown.
        tofd: a text file to print to; None for standard output.
    """
    if isinstance(response, Thespian_SystemStatus):
        lines = _system_lines(response, showAddress)
    elif isinstance(response, Thespian_ActorStatus):
        lines = _actor_lines(response, showAddress)
    else:
        lines = iter([f"Status Query Response: {told(response)}"])
    print("\n".join(lines), file=tofd or sys.stdout)


def _system_lines(status: Thespian_SystemStatus, shown: Shown) -> Iterable[str]:
    ending = "  [IN SHUTDOWN]" if status.inShutdown else ""
    yield f"Status of ActorSystem @ {shown(status.adminAddress)}:{ending}"
    yield f"  |Capabilities[{len(status.capabilities)}]:"
    for key in sorted(status.capabilities, key=told):
        yield f"  |  {told(key):>29}: {told(status.capabilities[key])}"
    if status.conventionLeader is not None:
        yield f"  |Convention Leader: {shown(status.conventionLeader)}"
        yield f"  |  Registration valid {status.conventionRegisterTime}"
    elif status.conventionAttendees:
        yield "  |Appears to be the Convention Leader"
    yield from _listed("Convention Notifications", map(shown, status.notifyAddresses))
    yield from _listed(
        "Convention Attendees", (f"@ {shown(admin)}: {timer}" for admin, timer in status.conventionAttendees)
    )
    yield from _listed("Primary Actors", map(shown, status.childActors))
    if status.busyActors:
        yield from _listed("Busy Actors", (f"{shown(a)}: {text}" for a, text in status.busyActors))
    yield from _common_lines(status, shown)
    if status.deadLetterHandler is not None:
        yield f"  |DeadLetter Handler: {shown(status.deadLetterHandler)}"
    yield from _listed("DeadLetter Addresses", map(shown, status.deadLetterAddresses))
    if status.sourceAuthority is not None:
        yield f"  |Source Authority: {shown(status.sourceAuthority)}"
    yield from _listed("Loaded Sources", (f'{h}  "{told(info)}"' for h, info in status.loadedSources))
    yield from _listed(
        "Global Actors", (f"{name}: {shown(a)}" for name, a in sorted(status.globalActors.items()))
    )


def _actor_lines(status: Thespian_ActorStatus, shown: Shown) -> Iterable[str]:
    ending = " EXITING" if status.exiting else ""
    yield f"Status of {status.actorClass} Actor @ {shown(status.actorAddress)}:{ending}"
    if status.sourceHash:
        yield f"  |Source Hash: {status.sourceHash}"
    yield f"  |Administrator: {shown(status.adminAddress)}"
    if status.parentAddress is not None:
        yield f"  |Parent  Actor: {shown(status.parentAddress)}"
    yield from _listed("Child Actors", map(shown, status.childActors))
    yield from _common_lines(status, shown)


def _common_lines(status: _Status, shown: Shown) -> Iterable[str]:
    if status.governer:
        yield f"  |Rate Governer: {status.governer}"
    yield from _listed(
        "Pending Messages", (f"{shown(a)} --> {shown(b)}:  {text}" for a, b, text in status.pendingMessages)
    )
    yield from _listed(
        "Received Messages", (f"{shown(b)} <-- {shown(a)}:  {text}" for a, b, text in status.receivedMessages)
    )
    yield from _listed("Pending Wakeups", (f"{shown(a)}: {timer}" for a, timer in status.pendingWakeups))
    for name, count in sorted(status.miscKeyVals.items()):
        yield f"  |> {count:>12} - {name}"


def _listed(title: str, rows: Iterable[str]) -> Iterable[str]:
    found = list(rows)
    yield f"  |{title} [{len(found)}]:"
    for row in found:
        yield f"  |  {row}"
