"""How an actor's process works off what has come in.

An actor whose unsent mail is over the limit is *held back*: it takes control mail only, until it is under
the limit again; when nothing moves for a while it takes one message more, since two held-back actors may
wait for each other; the next time two, and so on, as long as they do not add much to what is unsent.
"""

from __future__ import annotations

import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from thespian_core.addresses import ActorAddress, Minter
from thespian_core.messages import ChildActorExited, ThespianWatch, WatchMessage
from thespian_core.semantics.cell import ActorCell
from thespian_core.sourcenames import foreign_source
from thespian_core.texts import told
from thespian_multiproc.runtime import wire
from thespian_multiproc.runtime.exchange import Exchange, Mail
from thespian_multiproc.runtime.host import Host
from thespian_multiproc.runtime.kit import ActorKit
from thespian_multiproc.runtime.page import NO_SLOT
from thespian_multiproc.runtime.processes import ForkEnds
from thespian_multiproc.runtime.watching import Watcher

LOOK_UP_AFTER = 256  # messages handled before the network is looked at
LOOK_UP_AFTER_S = 0.01
FLUSH_AFTER_S = 0.0005  # what a handler that took longer has sent does not wait for the next one
STUCK_AFTER_S = 0.25  # a held-back actor that sees no progress for so long takes mail all the same


class ActorMail(Host):
    """Handles one actor's mail.

    Args:
        kit: what the process was given.
        exchange: its mail.
        admin: the admin's address.
        minter: of ids.
    """

    def __init__(self, kit: ActorKit, exchange: Exchange, admin: ActorAddress, minter: Minter) -> None:
        super().__init__(kit, exchange, admin, minter)
        self._cell: ActorCell | None = None
        self._page = kit.page
        self._todo: deque[Callable[[], None]] = deque()  # what signals and the runtime want done
        self._watcher: Watcher | None = None
        self._is_fork = False  # a copy of the process, which the actor's code has made
        self._unsent_before = 0
        self._stuck_since: float | None = None
        self._held_at_bytes = 0  # what was unsent when it was first held back
        self._takes = 1  # how many messages it takes when it is held back and stuck

    def _work_off(self) -> None:
        """Handle what is in the inbox, for a short while; then the network has its turn."""
        exchange, inbox = self._exchange, self._exchange.inbox
        began = before = time.monotonic()
        for _ in range(min(LOOK_UP_AFTER, len(inbox))):
            self._handle(inbox.popleft())
            if self.has_ended or self._todo or self._own:
                return
            now = time.monotonic()
            if now - before > FLUSH_AFTER_S:
                exchange.rest()
                now = time.monotonic()
                if now - began > LOOK_UP_AFTER_S:
                    return
            before = now

    def _handle(self, mail: Mail) -> None:
        name = mail.correspondent
        page = self._page
        slot = page.slot(name) if name else NO_SLOT
        page.begin(slot, mail.number)
        try:
            sender, message = self._exchange.decode(mail)
        except Exception as why:
            if mail.data is not wire.DONE:  # which nobody can decode: so the usual mail needs no question
                details = foreign_source(why) or traceback.format_exc()
                self.log("error", "thespian", f"{self.address} cannot unpickle a message\n{details}")
                self._clerk.report_unreadable(mail, details)
        else:
            if type(message) is ChildActorExited and self._comes_too_early(message):
                self._exchange.inbox.append(mail)
                return
            self._handling = name, mail.number, message
            self._deliver(message, sender)
            self._handling = "", 0, None
        page.end(slot, mail.number)
        self._exchange.handled(name)

    def _deliver(self, message: Any, sender: ActorAddress) -> None:
        assert self._cell is not None
        try:
            result = self._cell.receive(message, sender)
        except BaseException as why:  # no Exception: those the cell has dealt with
            if self._is_fork:
                self._end_fork(why)
            self.log("error", "thespian", f"{self.address} goes on after {type(why).__name__}: {told(why)}")
            return
        if self._is_fork:
            self._end_fork(None)
        if self._watcher is not None or type(result) is ThespianWatch:
            self._watch(result.filenos if type(result) is ThespianWatch else ())

    def _end_fork(self, failure: BaseException | None) -> NoReturn:
        """End a fork of this process, in which its handler has returned or raised."""
        if failure is not None and not isinstance(failure, SystemExit):
            text = "".join(traceback.format_exception(failure))
            self.log("error", "thespian", f"a process that {self.address} has forked failed\n{text}")
        raise ForkEnds(failure)

    def _comes_too_early(self, exited: ChildActorExited) -> bool:
        """Whether something that a child had got onto the wire is still to be handled."""
        self._exchange.catch_up()  # the child is dead: what it sent is here, and ends
        return self._waits_from(exited.childAddress)

    def _waits_from(self, actor: ActorAddress) -> bool:
        """Whether mail of an actor is still to be handled."""
        id_ = getattr(actor, "key", None)
        # The actor's threads may add to it meanwhile.
        inbox = list(self._exchange.inbox)
        return any(mail.correspondent == id_ and mail.data is not wire.DONE for mail in inbox)

    def _hold_back(self) -> None:
        """Take control mail only, unless nothing moves."""
        if self._handle_control_mail():
            return
        exchange, now = self._exchange, time.monotonic()
        unsent = exchange.load.unsent_bytes
        if self._stuck_since is None:
            self._stuck_since, self._held_at_bytes = now, unsent
        elif unsent < self._unsent_before:
            self._stuck_since = now
        elif now - self._stuck_since > STUCK_AFTER_S:
            self._stuck_since = now
            self._take_some_all_the_same()
            unsent = exchange.load.unsent_bytes
        self._unsent_before = unsent
        exchange.rest()
        self._attend(STUCK_AFTER_S)

    def _handle_control_mail(self) -> bool:
        """Handle the first control mail out of its turn, and leave what counts for it in its place."""
        inbox = self._exchange.inbox
        for position, mail in enumerate(list(inbox)):  # the actor's threads may add to it meanwhile
            if mail.data[0] == wire.CONTROL[0]:
                try:
                    sender, message = self._exchange.decode(mail)
                except Exception:  # it is reported in its turn
                    continue
                if type(message) is ChildActorExited and self._waits_from(message.childAddress):
                    continue
                inbox[position] = Mail(mail.correspondent, mail.number, wire.DONE)
                self._deliver(message, sender)
                return True
        return False

    def _take_some_all_the_same(self) -> None:
        """Take twice as many messages each time, unless they make things much worse."""
        exchange, much_bytes = self._exchange, self._kit.plan.max_unsent_bytes // 2
        for _ in range(self._takes):
            if not exchange.inbox or self.has_ended or self._todo or self._own:
                return
            before = exchange.load.unsent_bytes
            self._handle(exchange.inbox.popleft())
            unsent = exchange.load.unsent_bytes
            if unsent - before > much_bytes:  # a flood from one handler, which says nothing of the next
                self._held_at_bytes = unsent
            elif unsent - self._held_at_bytes > much_bytes:
                self._takes = 1
                return
        self._takes *= 2

    def _watch(self, filenos: Iterable[object]) -> None:
        if self._watcher is None:
            self._watcher = Watcher(lambda *found: self._soon(lambda: self._tell_ready(*found)))
        self._watcher.watch(filenos)

    def _tell_ready(self, ready: list[int], version: int) -> None:
        if self._watcher is not None and self._watcher.is_current(version):
            self._deliver(WatchMessage(ready), self.address)

    def _soon(self, action: Callable[[], None]) -> None:
        self._todo.append(action)
        self._exchange.wake()
