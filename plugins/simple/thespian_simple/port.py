"""A program's mailbox in a one-process system."""

from __future__ import annotations

from thespian_core.systembase import Envelope, Port
from thespian_simple.inbox import Inbox
from thespian_simple.scheduler import Scheduler


class SimplePort(Port):
    """Sending runs the system until it rests; receiving, until there is something to receive."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._inbox = Inbox(scheduler.mint())
        self.admin = scheduler.admin
        self.address = self._inbox.address
        scheduler.open_inbox(self._inbox)

    def send(self, envelope: Envelope, timeout_s: float | None) -> None:
        """Queue one message, then run the system until no message is left, or the time is over."""
        self._scheduler.send(envelope, timeout_s)

    def ask(self, envelope: Envelope, timeout_s: float | None) -> None:
        """Queue one message; ``receive`` then runs the system."""
        self._scheduler.ask(envelope, self._inbox)

    def receive(self, timeout_s: float | None) -> Envelope | None:
        """Run the system until there is a message, and return it.

        Waits only while wake-ups are pending or another thread runs actors.
        """
        return self._scheduler.receive(self._inbox, timeout_s)

    def close(self) -> None:
        """Give the mailbox up."""
        self._scheduler.close_inbox(self._inbox)
