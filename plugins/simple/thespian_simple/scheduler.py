"""Runs the actors of a one-process system: a queue of messages, and whoever calls works it off.

One thread at a time runs actors: it holds the *turn*. Messages wait in one queue, so a chain of a
million messages needs no deeper stack than one. An actor that calls into its own system from within
a handler has the turn already: the rest of the system then runs inside that call, and mail for actors
that are in the middle of a handler is held until they are out of it.
"""

from __future__ import annotations

import importlib
import logging
import secrets
import threading
import time
from collections import deque
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from thespian_core.addresses import ActorAddress, Mailbox, Minter
from thespian_core.errors import ActorSystemFailure
from thespian_core.internallog import thesplog
from thespian_core.semantics.admin import Admin, Effect, Log, Post, Recheck, ReturnMail, Start
from thespian_core.semantics.birth import Birth, Refusal, Refused
from thespian_core.semantics.cell import ActorCell
from thespian_core.semantics.deadletters import sent_back
from thespian_core.semantics.requests import ActorCreated, CreateActor, Request
from thespian_core.semantics.wakeups import Wakeups
from thespian_core.status import MAIL_TEXT_LIMIT, Thespian_ActorStatus, Thespian_SystemStatus
from thespian_core.systembase import Envelope
from thespian_core.texts import class_name, shown
from thespian_simple.port import Mail, SimplePort

# Actors run inside the call that asks them: a shorter timeout would cut off the very answer.
SHORTEST_RUN_S = 1.0


class Scheduler:
    """The host of all actors of one system, and its admin's.

    Args:
        base_name: the name of the system base, for texts.
        capabilities: what the system offers.
    """

    def __init__(self, base_name: str, capabilities: dict[str, Any]) -> None:
        self.base_name = base_name
        self.processing_limit: int | None = None
        self._minter = Minter(secrets.token_hex(12))
        self.admin = self.mint()
        self._admin = Admin(self.admin, capabilities, self.mint)
        self._queue: deque[Mail] = deque()
        self._cells: dict[Any, ActorCell] = {}
        self._ports: dict[Any, SimplePort] = {}
        self._sleepers: set[SimplePort] = set()
        self._wakeups = Wakeups()
        self._wakeups_lock = threading.Lock()  # threads of actors may ask for wake-ups
        self._turn = threading.RLock()
        self._running: list[Any] = []  # the key each nested run is in the middle of
        self._stopped = False

    @property
    def capabilities(self) -> Mapping[str, Any]:
        """What the system offers now."""
        return self._admin.capabilities

    @property
    def has_ended(self) -> bool:
        """Whether the system was shut down, by a program or by an actor."""
        return self._stopped or self._admin.ended_all

    # For ports

    def open_port(self, port: SimplePort) -> None:
        """Deliver to this port from now on."""
        self._ports[port.address.key] = port

    def close_port(self, port: SimplePort) -> None:
        """Deliver to it no more; what it has not received becomes dead letters."""
        if self._ports.pop(port.address.key, None) is None or self.has_ended:
            return
        while port.inbox:
            self._queue.append(port.inbox.popleft())

    def send(self, envelope: Envelope, timeout_s: float | None) -> None:
        """Queue a message, and run until no message is left, or the time is over."""
        if self.has_ended:
            raise ActorSystemFailure(
                f"this ActorSystem ({self.base_name}) was shut down; the message was not sent"
            )
        self._queue.append(envelope)
        started = time.monotonic()
        # When another thread has the turn for so long, it delivers the message before it rests.
        if self._take_turn(None if timeout_s is None else started + timeout_s):
            try:
                self._queue_due(started)
                self._run(None if timeout_s is None else started + max(timeout_s, SHORTEST_RUN_S))
            finally:
                self._turn.release()

    def receive(self, port: SimplePort, timeout_s: float | None) -> Envelope | None:
        """Return the next message to a port; None when nothing more can happen, or not in time."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        while not port.inbox and not self.has_ended:
            if not self._take_turn(deadline):
                break
            try:
                now = time.monotonic()
                self._queue_due(now)
                self._run(deadline)
                until = self._wakeups.next_due
                if port.inbox or until is None or (deadline is not None and now >= deadline):
                    break
                port.news.clear()
                self._sleepers.add(port)
            finally:
                self._turn.release()
            until = until if deadline is None else min(until, deadline)
            port.news.wait(max(0.0, until - time.monotonic()))
            self._sleepers.discard(port)
        return Envelope._make(port.inbox.popleft()) if port.inbox else None

    def shut_down(self, timeout_s: float) -> None:
        """Ask everybody to exit, and run until they have; what is left after the time just stops."""
        deadline = time.monotonic() + timeout_s
        if self._take_turn(deadline):
            try:
                if not self.has_ended:
                    self._carry_out(self._admin.shut_down())
                    self._run(deadline)
            finally:
                self._turn.release()
        if not self.has_ended:
            names = ", ".join(sorted({class_name(type(cell.actor)) for cell in list(self._cells.values())}))
            self.log("warning", "thespian", f"shutdown ended actors that did not exit in time: {names}")
        self._stopped = True
        for port in list(self._sleepers):
            port.news.set()

    # For actors: see ActorHost

    def mint(self) -> ActorAddress:
        """Make an address that never was."""
        return ActorAddress(Mailbox("S", "", self._minter.mint()))

    def post(self, to: ActorAddress, message: Any, sender: ActorAddress) -> None:
        """Queue a message."""
        self._queue.append((to, message, sender))
        if self._sleepers:
            for port in list(self._sleepers):
                port.news.set()

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

    def ended(self, cell: ActorCell, abruptly: bool) -> None:
        """Forget an actor, and tell its family."""
        self._cells.pop(cell.address.key, None)
        with self._wakeups_lock:
            self._wakeups.forget(cell.address)
        self._carry_out(self._admin.ended(cell.birth, abruptly))

    def complete_status(self, status: Thespian_ActorStatus | Thespian_SystemStatus) -> None:
        """Add the mail in the queue, and the wake-ups."""
        owner = status.actorAddress if isinstance(status, Thespian_ActorStatus) else status.adminAddress
        for to, message, sender in list(self._queue):
            line = (sender, to, shown(message, MAIL_TEXT_LIMIT))
            if sender == owner:
                status.pendingMessages.append(line)
            if to == owner:
                status.receivedMessages.append(line)
        with self._wakeups_lock:
            status.pendingWakeups = self._wakeups.of(owner, time.monotonic())

    def log(self, level: str, logger: str, text: str) -> None:
        """Write to the standard logger of that name."""
        try:
            getattr(logging.getLogger(logger), level)("%s", text)
        except Exception as why:  # somebody's log filter must not hurt the actor that is logged about
            thesplog("logging failed (%r) on: %s", why, text, level=logging.ERROR)

    # The loop

    def _take_turn(self, deadline: float | None) -> bool:
        if deadline is None:
            return self._turn.acquire()
        return self._turn.acquire(timeout=max(0.0, deadline - time.monotonic()))

    def _queue_due(self, now: float) -> None:
        due = self._wakeups.next_due
        if due is not None and due <= now:
            with self._wakeups_lock:
                ready = self._wakeups.due(now)
            self._queue.extend((to, message, to) for to, message in ready)

    def _run(self, deadline: float | None) -> None:
        queue, cells = self._queue, self._cells
        busy = set(self._running)
        held: list[Mail] = []
        left = self.processing_limit
        self._running.append(None)
        try:
            while queue:
                to, message, sender = queue.popleft()
                key = to.key
                if busy and key in busy:
                    held.append((to, message, sender))
                    continue
                self._running[-1] = key
                cell = cells.get(key)
                if cell is None:
                    self._deliver_elsewhere(to, message, sender)
                else:
                    cell.receive(message, sender)
                if left is not None:
                    left -= 1
                    if left < 0:
                        raise RuntimeError(f"more than {self.processing_limit} messages in one call")
                if deadline is not None and queue and time.monotonic() > deadline:
                    break
        finally:
            self._running.pop()
            queue.extendleft(reversed(held))

    def _deliver_elsewhere(self, to: ActorAddress, message: Any, sender: ActorAddress) -> None:
        port = self._ports.get(to.key)
        if port is not None:
            port.inbox.append((to, message, sender))
            if port in self._sleepers:
                port.news.set()
        elif type(message) is Start:
            self._bring_to_life(message.birth)
        elif to == self.admin:
            self._carry_out(self._admin.handle(message, sender))
        else:
            self.undeliverable(to, message, sender)

    def _bring_to_life(self, birth: Birth) -> None:
        try:
            cell = ActorCell.bring_to_life(birth, self.capabilities, self, importlib.import_module)
        except Refused as refused:
            self._carry_out(self._admin.refused(birth, refused.refusal))
        except BaseException as why:  # Ctrl-C goes through, but leaves no actor half made
            refusal = Refusal("specification", class_name(birth.actor_class), f"interrupted: {why!r}")
            self._carry_out(self._admin.refused(birth, refusal))
            raise
        else:
            self._cells[birth.address.key] = cell
            self._carry_out(self._admin.started(birth))

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
                    self._return_mail(to, details)
                case Recheck(capabilities):
                    for cell in list(self._cells.values()):
                        cell.recheck(capabilities)
                case Log(level, text):
                    self.log(level, "thespian", text)

    def _return_mail(self, unborn: ActorAddress, details: str) -> None:
        for _ in range(len(self._queue)):
            to, message, sender = self._queue.popleft()
            if to != unborn:
                self._queue.append((to, message, sender))
            elif (poison := sent_back(message, details)) is not None:
                self._queue.append((sender, poison, sender))
