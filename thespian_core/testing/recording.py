"""A host that carries nothing out and writes everything down: for tests of actor cells without a system."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from thespian_core.addresses import ActorAddress
from thespian_core.semantics.birth import Birth
from thespian_core.semantics.host import LogLevel
from thespian_core.semantics.requests import CreateActor, Request
from thespian_core.status import Thespian_ActorStatus


class RecordingHost:
    """Each attribute lists what was asked for, in order."""

    base_name = "recording"

    def __init__(self) -> None:
        self.admin = ActorAddress("admin")
        self.posted: list[tuple[ActorAddress, Any, ActorAddress]] = []
        self.dead: list[tuple[ActorAddress, Any, ActorAddress]] = []
        self.requests: list[Request] = []
        self.births: list[Birth] = []
        self.wakeups: list[tuple[ActorAddress, timedelta | float, Any]] = []
        self.endings: list[tuple[ActorAddress, bool]] = []
        self.logged: list[tuple[str, str]] = []

    def post(self, to: ActorAddress, message: Any, sender: ActorAddress) -> None:
        """Write a message down."""
        self.posted.append((to, message, sender))

    def undeliverable(self, to: ActorAddress, message: Any, sender: ActorAddress) -> None:
        """Write a dead letter down."""
        self.dead.append((to, message, sender))

    def request(self, request: Request, sender: ActorAddress) -> None:
        """Write a request down."""
        self.requests.append(request)

    def create_named(self, request: CreateActor, sender: ActorAddress) -> ActorAddress:
        """Write a request down, and give the name as the address."""
        self.requests.append(request)
        return ActorAddress(request.global_name)

    def mint(self) -> ActorAddress:
        """Count."""
        return ActorAddress(f"child {len(self.births) + 1}")

    def mint_nobody(self) -> ActorAddress:
        """Make an address that nobody will ever have."""
        return self.mint()

    def start(self, birth: Birth) -> None:
        """Write a birth down."""
        self.births.append(birth)

    def wake_after(self, to: ActorAddress, period: timedelta | float, payload: Any) -> None:
        """Write a wake-up down."""
        self.wakeups.append((to, period, payload))

    def ended(self, birth: Birth, abruptly: bool) -> None:
        """Write an ending down."""
        self.endings.append((birth.address, abruptly))

    def complete_status(self, status: Thespian_ActorStatus) -> None:
        """Add nothing."""

    def log(self, level: LogLevel, logger: str, text: str) -> None:
        """Write a log line down."""
        self.logged.append((level, text))
