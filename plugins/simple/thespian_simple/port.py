"""A program's mailbox in a one-process system."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Any

from thespian_core.addresses import ActorAddress
from thespian_core.systembase import Envelope, Port

if TYPE_CHECKING:
    from thespian_simple.scheduler import Scheduler


Mail = tuple[ActorAddress, Any, ActorAddress]  # an Envelope, or a plain tuple of the same three


class SimplePort(Port):
    """Sending runs the system until it rests; receiving takes what was sent here meanwhile."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self.admin = scheduler.admin
        self.address = scheduler.mint()
        self.inbox: deque[Mail] = deque()
        #: Set when mail arrives while the owner sleeps.
        self.news = threading.Event()
        scheduler.open_port(self)

    def send(self, envelope: Envelope, timeout_s: float | None) -> None:
        """Queue one message, then run the system until no message is left, or the time is over."""
        self._scheduler.send(envelope, timeout_s)

    def receive(self, timeout_s: float | None) -> Envelope | None:
        """Return the next message; wait only while wake-ups are pending or another thread runs actors."""
        return self._scheduler.receive(self, timeout_s)

    def close(self) -> None:
        """Give the mailbox up."""
        self._scheduler.close_port(self)
