"""What the actors of a one-process system ask for: see ``ActorHost``."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections import deque
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from thespian_core.addresses import ActorAddress, Mailbox, Minter
from thespian_core.internallog import thesplog
from thespian_core.semantics.admin import Admin
from thespian_core.semantics.birth import Birth
from thespian_core.semantics.cell import ActorCell
from thespian_core.semantics.effects import Effect, ForgetSource, Log, Post, Recheck, ReturnMail, Start
from thespian_core.semantics.requests import ActorCreated, CreateActor, Request
from thespian_core.semantics.wakeups import Wakeups
from thespian_core.sources.checking import problem_with
from thespian_core.status import MAIL_TEXT_LIMIT, Thespian_ActorStatus, Thespian_SystemStatus
from thespian_core.texts import shown
from thespian_simple.codestore import CodeStore
from thespian_simple.inbox import Inbox, Mail


class EndOfMail:
    """Stands in the queue behind the last message that was sent to an actor before it was refused."""


class Host:
    """The host of all actors of one system, and of its admin. Everything that is sent waits in one queue.

    Args:
        base_name: the name of the system base, for texts.
        capabilities: what the system offers.
        source_authority: the name of the one it starts with, or None.
    """

    def __init__(
        self, base_name: str, capabilities: dict[str, Any], source_authority: str | None = None
    ) -> None:
        self.base_name = base_name
        self._minter = Minter(secrets.token_hex(12))
        self.admin = self.mint()
        self._admin = Admin(self.admin, capabilities, self.mint, problem_with, source_authority)
        self._code = CodeStore(self._admin.sources.data)
        self._queue: deque[Mail] = deque()
        self._cells: dict[Any, ActorCell] = {}
        self._inboxes: dict[Any, Inbox] = {}
        self._sleepers: set[Inbox] = set()
        self._wakeups = Wakeups()
        self._wakeups_lock = threading.Lock()  # threads of actors may ask for wake-ups
        self._refused: dict[Any, str] = {}  # why, by the key of an actor whose mail is still in the queue

    def mint(self) -> ActorAddress:
        """Make an address that never was."""
        return ActorAddress(Mailbox("S", "", self._minter.mint()))

    def mint_nobody(self) -> ActorAddress:
        """Make an address that nobody will ever have."""
        return self.mint()

    def post(self, to: ActorAddress, message: Any, sender: ActorAddress) -> None:
        """Queue a message."""
        self._queue.append((to, message, sender))
        if self._sleepers:
            self._rouse()

    def undeliverable(self, to: ActorAddress, message: Any, sender: ActorAddress) -> None:
        """Make a dead letter of a message."""
        self._carry_out(self._admin.undeliverable(to, message, sender))

    def request(self, request: Request, sender: ActorAddress) -> None:
        """Queue a request to the admin."""
        self.post(self.admin, request, sender)

    def create_named(self, request: CreateActor, sender: ActorAddress) -> ActorAddress:
        """Have the admin find or create a named actor; its start waits in the queue."""
        effects = self._admin.handle(request, sender)
        answer = next(
            e.message for e in effects if isinstance(e, Post) and isinstance(e.message, ActorCreated)
        )
        self._carry_out(e for e in effects if not (isinstance(e, Post) and e.message is answer))
        address: ActorAddress = answer.address
        return address

    def start(self, birth: Birth) -> None:
        """Queue the start of an actor."""
        self._carry_out(self._admin.born(birth))

    def wake_after(self, to: ActorAddress, period: timedelta | float, payload: Any) -> None:
        """Remember a wake-up."""
        with self._wakeups_lock:
            self._wakeups.add(to, period, payload, time.monotonic())
        self._rouse()  # who sleeps until the next one must look again

    def ended(self, birth: Birth, abruptly: bool) -> None:
        """Forget an actor, and tell its family."""
        self._cells.pop(birth.address.key, None)
        with self._wakeups_lock:
            self._wakeups.forget(birth.address)
        self._carry_out(self._admin.ended(birth, abruptly))

    def complete_status(self, status: Thespian_ActorStatus | Thespian_SystemStatus) -> None:
        """Add the mail in the queue, and the wake-ups."""
        owner = status.actorAddress if isinstance(status, Thespian_ActorStatus) else status.adminAddress
        for to, message, sender in list(self._queue):
            if owner in (sender, to):
                line = (sender, to, shown(message, MAIL_TEXT_LIMIT))
                (status.pendingMessages if sender == owner else status.receivedMessages).append(line)
        with self._wakeups_lock:
            status.pendingWakeups = self._wakeups.of(owner, time.monotonic())

    def log(self, level: str, logger: str, text: str) -> None:
        """Write to the standard logger of that name."""
        try:
            getattr(logging.getLogger(logger), level)("%s", text)
        except Exception as why:  # somebody's log filter must not hurt the actor that is logged about
            thesplog("logging failed (%r) on: %s", why, text, level=logging.ERROR)

    def _rouse(self) -> None:
        for inbox in list(self._sleepers):
            inbox.news.set()

    def _carry_out(self, effects: Iterable[Effect]) -> None:
        for effect in effects:
            match effect:
                case Post(to, message, sender):
                    if isinstance(message, Thespian_SystemStatus):
                        self.complete_status(message)
                    self.post(to, message, sender)
                case Start(birth):
                    self.post(birth.address, effect, self.admin)
                case ReturnMail(to, details):
                    self._refused[to.key] = details
                    self.post(to, EndOfMail(), self.admin)
                case Recheck(capabilities):
                    for cell in list(self._cells.values()):
                        cell.recheck(capabilities)
                case ForgetSource(source_hash):
                    self._code.forget(source_hash)
                case Log(level, text):
                    self.log(level, "thespian", text)
