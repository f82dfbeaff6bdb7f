"""What an actor's cell asks of the system base that runs it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal, Protocol

from thespian_core.addresses import ActorAddress
from thespian_core.semantics.birth import Birth
from thespian_core.semantics.requests import CreateActor, Request
from thespian_core.status import Thespian_ActorStatus

LogLevel = Literal["debug", "info", "warning", "error"]


class ActorHost(Protocol):
    """The effects of actor cells. Calls, not records: ``post`` is on the path of every message."""

    @property
    def admin(self) -> ActorAddress:
        """The admin of the system."""
        ...

    @property
    def base_name(self) -> str:
        """The name of the system base, for texts."""
        ...

    def post(self, to: ActorAddress, message: Any, sender: ActorAddress) -> None:
        """Send a message. May be called from any thread; never blocks; never raises for the network."""
        ...

    def undeliverable(self, to: ActorAddress, message: Any, sender: ActorAddress) -> None:
        """Make a dead letter of a message."""
        ...

    def request(self, request: Request, sender: ActorAddress) -> None:
        """Ask something of the admin that has no answer."""
        ...

    def create_named(self, request: CreateActor, sender: ActorAddress) -> ActorAddress:
        """Have the admin create or find a named actor; it alone mints that address."""
        ...

    def mint(self) -> ActorAddress:
        """Make the address of an actor that is to be."""
        ...

    def mint_nobody(self) -> ActorAddress:
        """Make an address that nobody will ever have."""
        ...

    def start(self, birth: Birth) -> None:
        """Bring an actor to life, now or later; mail to it waits meanwhile."""
        ...

    def wake_after(self, to: ActorAddress, period: timedelta | float, payload: Any) -> None:
        """Send a WakeupMessage when the period is over."""
        ...

    def ended(self, birth: Birth, abruptly: bool) -> None:
        """The actor is gone. Abruptly: it was not asked, and its children are still to be."""
        ...

    def complete_status(self, status: Thespian_ActorStatus) -> None:
        """Fill in what only the base knows: mail and wake-ups."""
        ...

    def log(self, level: LogLevel, logger: str, text: str) -> None:
        """Write to the standard logger of that name."""
        ...
