"""Runs the actors of a one-process system: a queue of messages, and whoever calls works it off.

One thread at a time runs actors: it holds the *turn*. Messages wait in one queue, so a chain of a
million messages needs no deeper stack than one. An actor that calls into its own system from within
a handler has the turn already: the rest of the system then runs inside that call, and mail for actors
that are in the middle of a handler is held until they are out of it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

from thespian_core.addresses import ActorAddress
from thespian_core.errors import ActorSystemFailure
from thespian_core.semantics.birth import Birth, Refusal, Refused
from thespian_core.semantics.cell import ActorCell
from thespian_core.semantics.deadletters import sent_back
from thespian_core.semantics.effects import Start
from thespian_core.systembase import Envelope
from thespian_core.texts import class_name
from thespian_simple.host import EndOfMail, Host
from thespian_simple.inbox import Inbox, Mail

# Actors run inside the call that asks them: a shorter timeout would cut off the very answer.
SHORTEST_RUN_S = 1.0
GLANCE_S = 0.02  # how often one who waits for the turn looks whether it still needs it


class Scheduler(Host):
    """The host whose queue is worked off.

    Args:
        base_name: the name of the system base, for texts.
        capabilities: what the system offers.
        source_authority: the name of the one it starts with, or None.
    """

    def __init__(
        self, base_name: str, capabilities: dict[str, Any], source_authority: str | None = None
    ) -> None:
        super().__init__(base_name, capabilities, source_authority)
        self.processing_limit: int | None = None
        self._turn = threading.RLock()
        self._running: list[Any] = []  # the key each nested run is in the middle of
        self._is_to_stop = False  # another thread wants the one that runs to end the system
        self._stopped = False

    @property
    def capabilities(self) -> Mapping[str, Any]:
        """What the system offers now."""
        return self._admin.capabilities

    @property
    def has_ended(self) -> bool:
        """Whether the system was shut down, by a program or by an actor."""
        return self._stopped or self._admin.ended_all

    # For programs

    def begin(self) -> None:
        """Start what a system starts with; it runs with the first message."""
        self._carry_out(self._admin.begin())

    def open_inbox(self, inbox: Inbox) -> None:
        """Deliver to it from now on."""
        self._inboxes[inbox.address.key] = inbox

    def close_inbox(self, inbox: Inbox) -> None:
        """Deliver to it no more; what it has not received becomes dead letters."""
        if self._inboxes.pop(inbox.address.key, None) is None or self.has_ended:
            return
        while inbox.mail:
            self._queue.append(inbox.mail.popleft())

    def send(self, envelope: Envelope, timeout_s: float | None) -> None:
        """Queue a message, and run until no message is left, for a second at most if there is a timeout."""
        self._require_running()
        self._queue.append(envelope)
        started = time.monotonic()
        # When another thread has the turn for so long, it delivers the message before it rests.
        if self._take_turn(timeout_s):
            try:
                self._queue_due(started)
                self._run(None if timeout_s is None else started + SHORTEST_RUN_S)
            finally:
                self._turn.release()

    def ask(self, envelope: Envelope, inbox: Inbox) -> None:
        """Queue a message; the next ``receive`` at the inbox runs for a second if need be."""
        self._require_running()
        inbox.runs_until = time.monotonic() + SHORTEST_RUN_S
        self.post(*envelope)

    def receive(self, inbox: Inbox, timeout_s: float | None) -> Envelope | None:
        """Return the next message in an inbox; None when nothing more can happen, or not in time."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        while not inbox.mail and not self.has_ended:
            if not self._take_turn_unless_mail(inbox, deadline):
                break
            try:
                now = time.monotonic()
                self._queue_due(now)
                self._run(None if deadline is None else max(deadline, inbox.runs_until), inbox)
                until = self._next_due()
                if inbox.mail or until is None or (deadline is not None and now >= deadline):
                    break
                inbox.news.clear()
                self._sleepers.add(inbox)
                if self._queue and not self._running:  # another thread has asked just now
                    inbox.news.set()
            finally:
                self._turn.release()
            try:
                until = until if deadline is None else min(until, deadline)
                inbox.news.wait(_bounded(until - time.monotonic()))
            finally:
                self._sleepers.discard(inbox)
        inbox.runs_until = 0.0
        return Envelope._make(inbox.mail.popleft()) if inbox.mail else None

    def shut_down(self, timeout_s: float) -> None:
        """Ask everybody to exit, and run until they have; what is left after the time just stops."""
        deadline = time.monotonic() + timeout_s
        self._is_to_stop = True  # whoever has the turn begins with it
        if self._take_turn(timeout_s):
            try:
                self._begin_to_stop()
                self._run(deadline)
            finally:
                self._turn.release()
        if not self.has_ended:
            names = ", ".join(sorted({class_name(type(cell.actor)) for cell in list(self._cells.values())}))
            self.log("warning", "thespian", f"shutdown ended actors that did not exit in time: {names}")
        self._stopped = True
        self._code.close()
        self._rouse()

    # The loop

    def _require_running(self) -> None:
        if self.has_ended:
            raise ActorSystemFailure(
                f"this ActorSystem ({self.base_name}) was shut down; the message was not sent"
            )

    def _take_turn(self, timeout_s: float | None) -> bool:
        return self._turn.acquire(timeout=-1 if timeout_s is None else _bounded(timeout_s))

    def _take_turn_unless_mail(self, inbox: Inbox, deadline: float | None) -> bool:
        while not inbox.mail:  # who has the turn may deliver here, and run on
            left_s = GLANCE_S if deadline is None else deadline - time.monotonic()
            if self._take_turn(min(left_s, GLANCE_S)):
                return True
            if left_s <= 0:
                return False
        return False

    def _begin_to_stop(self) -> None:
        self._is_to_stop = False
        self._carry_out(self._admin.shut_down())

    def _next_due(self) -> float | None:
        self._carry_out(self._admin.sources.tick(time.monotonic()))
        times = [at for at in (self._wakeups.next_due, self._admin.sources.next_due) if at is not None]
        return min(times, default=None)

    def _queue_due(self, now: float) -> None:
        if self._admin.sources.any_pending:
            self._carry_out(self._admin.sources.tick(now))
        due = self._wakeups.next_due
        if due is not None and due <= now:
            with self._wakeups_lock:
                ready = self._wakeups.due(now)
            self._queue.extend((to, message, to) for to, message in ready)

    def _run(self, deadline: float | None, inbox: Inbox | None = None) -> None:
        """Work the queue off until nothing is left, the time is over, or there is mail in the inbox."""
        queue, cells = self._queue, self._cells
        busy = set(self._running)
        held: list[Mail] = []
        left = self.processing_limit
        self._running.append(None)
        try:
            while queue and (inbox is None or not inbox.mail):
                if self._is_to_stop:
                    self._begin_to_stop()
                if self._stopped:
                    break
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
        inbox = self._inboxes.get(to.key)
        if inbox is not None:
            inbox.mail.append((to, message, sender))
            if inbox in self._sleepers:
                inbox.news.set()
        elif type(message) is Start:
            self._bring_to_life(message.birth)
        elif type(message) is EndOfMail:
            del self._refused[to.key]
        elif to.key in self._refused:
            if (poison := sent_back(message, self._refused[to.key])) is not None:
                self.post(sender, poison, sender)
        elif to == self.admin:
            self._carry_out(self._admin.handle(message, sender))
        else:
            self.undeliverable(to, message, sender)

    def _bring_to_life(self, birth: Birth) -> None:
        if (objection := self._admin.objection(birth)) is not None:
            self._carry_out(self._admin.refused(birth, objection))
            return
        try:
            cell = ActorCell.bring_to_life(birth, self.capabilities, self, self._code.importer(birth))
        except Refused as refused:
            self._carry_out(self._admin.refused(birth, refused.refusal))
        except BaseException as why:  # Ctrl-C goes through, but leaves no actor half made
            refusal = Refusal("specification", class_name(birth.actor_class), f"interrupted: {why!r}")
            self._carry_out(self._admin.refused(birth, refusal))
            raise
        else:
            self._cells[birth.address.key] = cell
            self._carry_out(self._admin.started(birth))


def _bounded(seconds: float) -> float:
    return min(max(0.0, seconds), threading.TIMEOUT_MAX)
