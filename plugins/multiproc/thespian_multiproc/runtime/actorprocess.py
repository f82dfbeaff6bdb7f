"""The process of one actor, from its first moment to its last.

What it does, in turn, until the actor is gone:

1. handle what is in the inbox, and now and then look at the network;
2. send what the handlers left behind;
3. wait for mail, for a wake-up to fall due, or for a signal.

Then it *drains*: it waits, for a limited time, until what it sent has come in at its targets.
"""

from __future__ import annotations

import io
import os
import pickle
import time
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from types import ModuleType
from typing import Any

from thespian_core.addresses import ActorAddress, Mailbox, Minter
from thespian_core.hooks import selection
from thespian_core.internallog import thesplog
from thespian_core.messages import ActorExitRequest
from thespian_core.semantics.birth import Refusal, Refused
from thespian_core.semantics.cell import ActorCell
from thespian_core.semantics.requests import ActorCreated
from thespian_core.semantics.sourcerequests import AskSource, SourceAnswer
from thespian_core.status import formatStatus
from thespian_core.texts import told
from thespian_multiproc.runtime import wire
from thespian_multiproc.runtime.actormail import ActorMail
from thespian_multiproc.runtime.births import birth_of
from thespian_multiproc.runtime.calling import say, try_say
from thespian_multiproc.runtime.exchange import Mail
from thespian_multiproc.runtime.forked import let_go
from thespian_multiproc.runtime.kit import ActorKit
from thespian_multiproc.runtime.logforwarding import forward_logging
from thespian_multiproc.runtime.opening import host_of, new_prefix, open_exchange, open_transport
from thespian_multiproc.runtime.orders import Compiled, Ending, NewCapabilities, NotStarted, Started
from thespian_multiproc.runtime.origin import settle_in
from thespian_multiproc.runtime.processes import find
from thespian_multiproc.runtime.reports import AskActor
from thespian_multiproc.runtime.signals import (
    forget_signals,
    hold_signals,
    let_signals_through,
    listen_to_signals,
)
from thespian_multiproc.runtime.sourcefiles import tell_compiled
from thespian_multiproc.transport.interface import Invitation

DRAIN_LIMIT_S = 7.0  # the documented time that an ending process has for its last mail


class ActorProcess(ActorMail):
    """Runs one actor.

    Args:
        kit: what the process was given.
    """

    def __init__(self, kit: ActorKit) -> None:
        plan, order = kit.plan, kit.order
        selection.inherit(plan.selection)
        transport = open_transport(find(plan.transport), host_of(plan.admin_place), plan.max_message_bytes)
        invitation = Invitation(order.address.addressDetails.where, kit.descriptors)
        exchange = open_exchange(transport, invitation, str(order.address.key), plan.key, self._for_runtime)
        admin = ActorAddress(Mailbox(transport.scheme, plan.admin_place))
        exchange.most_unsent_bytes = plan.most_unsent_bytes
        super().__init__(kit, exchange, admin, Minter(new_prefix()))
        self._source: SourceAnswer | None = None
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(
                before=hold_signals, after_in_parent=let_signals_through, after_in_child=self._be_a_fork
            )

    def run(self) -> None:
        """Live."""
        order = self._kit.order
        id_ = str(order.address.key)
        try:
            importer = self._importer()
            if self._kit.plan.start_method != "spawn":  # whose processes inherit nothing
                tell_compiled(self._tell_compiled)
            settle_in(order.origin)
            capabilities = pickle.loads(self._kit.capabilities)
            # The very object that the exchange has: ``send`` compares by identity.
            birth = birth_of(order)._replace(address=self.address)
            cell = ActorCell.bring_to_life(birth, capabilities, self, importer)
        except Refused as refused:
            self._refuse(refused.refusal)
            return
        except Exception as why:
            self._refuse(Refusal("specification", order.actor_class, f"{type(why).__name__}: {told(why)}"))
            return
        self._cell = cell
        listen_to_signals(
            exit_requested=lambda: self._soon(lambda: self._deliver(ActorExitRequest(), self.admin)),
            status_wanted=lambda: self._soon(self._log_status),
        )
        say(self._kit.call, Started(id_))
        self._loop()
        say(self._kit.call, Ending(id_, self.ended_abruptly))
        self._drain()

    def _importer(self) -> Callable[[str], ModuleType]:
        """Return how modules are imported here; a loaded source comes from the admin, once it is valid.

        Raises:
            Refused: it is not loaded.
        """
        order = self._kit.order
        if order.source_hash is None:
            return import_module
        self._exchange.send(self.admin, AskSource(0, order.source_hash), self.address, wire.FOR_THE_RUNTIME)
        while self._source is None:
            self._attend(None)
        if self._source.data is None:
            raise Refused("source", order.actor_class, told(order.source_hash))
        from thespian_core.sources.importing import import_from, mount  # which most actors do without

        source = mount(order.source_hash, self._source.data)
        return lambda name: import_from(source, name, order.source_is_inherited)

    def _tell_compiled(self, key: bytes, code: bytes) -> None:
        # Nobody waits for it, and the next one compiles it again at worst.
        with suppress(OSError):
            try_say(self._kit.call, Compiled(key, code))

    def _refuse(self, refusal: Refusal) -> None:
        say(self._kit.call, NotStarted(str(self.address.key), refusal))
        self._exchange.close()

    # The loop

    def _loop(self) -> None:
        inbox, load = self._exchange.inbox, self._exchange.load
        most_bytes = self._kit.plan.max_unsent_bytes
        while not self.has_ended:
            if self._todo:
                self._todo.popleft()()
            elif self._own:
                self._deliver(*self._own.popleft())
            elif not inbox:
                self._attend(self._patience())
            elif load.unsent_bytes <= most_bytes:
                self._stuck_since, self._takes = None, 1
                self._work_off()
                if inbox:  # else it is waited for more at once
                    self._attend(0)
            else:
                self._hold_back()
            if self._wakes_at is not None:
                self._wake_up()

    def _be_a_fork(self) -> None:
        """In a fork of this process: let go of what is not its own."""
        self._is_fork = True
        if self._cell is not None:
            let_go(self._cell)
        forget_signals()
        let_signals_through()
        self._kit.call.close()
        self._exchange.abandon()

    # Time and files

    def _patience(self) -> float | None:
        due = self._wakes_at
        return None if due is None else max(0.0, due - time.monotonic())

    def _wake_up(self) -> None:
        with self._wakeups_lock:
            due = self._wakeups.due(time.monotonic())
            self._wakes_at = self._wakeups.next_due
        self._own.extend((message, to) for to, message in due)

    # What is for the process itself

    def _take_word(self, message: Any) -> None:
        match message:
            case ActorCreated(request_id=number, address=address):
                self._named[number] = address
            case SourceAnswer():
                self._source = message
            case NewCapabilities(capabilities=packed):
                self._soon(lambda: self._recheck(packed))
            case AskActor():
                assert self._cell is not None
                self.report_to(message, self._cell.status(), self._stuck_since is not None)
            case _:
                super()._take_word(message)

    def _recheck(self, packed: bytes) -> None:
        assert self._cell is not None
        self._cell.recheck(pickle.loads(packed))

    def _log_status(self) -> None:
        assert self._cell is not None
        text = io.StringIO()
        formatStatus(self._cell.status(), tofd=text)
        thesplog("%s", text.getvalue())

    # The end

    def _drain(self) -> None:
        """See the last mail off, and what is left for nobody to the handler of dead letters."""
        until = time.monotonic() + DRAIN_LIMIT_S
        for message, sender in self._own:
            self.undeliverable(self.address, message, sender)
        for mail in list(self._exchange.inbox):
            if not mail.correspondent and mail.data is not wire.DONE:  # what came from others, those report
                self._give_up(mail)
        self._exchange.rest()
        self._clerk.attend()
        while self._exchange.unreceived or not self._clerk.is_idle:
            left_s = until - time.monotonic()
            if left_s <= 0:
                thesplog("%s ends before its last mail was taken in", self.address, level=30)
                break
            self._attend(left_s)
        self._exchange.close()

    def _give_up(self, mail: Mail) -> None:
        """Make a dead letter of what this actor has sent itself and never handled."""
        try:
            sender, message = self._exchange.decode(mail)
        except Exception as why:
            thesplog("what %s sent itself cannot be read again: %r", self.address, why, level=40)
        else:
            self.undeliverable(self.address, message, sender)


def run_actor(kit: ActorKit) -> None:
    """Be the process of an actor; return when it has ended."""
    forward_logging(kit.log, kit.plan.log_level, kit.order.address)
    ActorProcess(kit).run()
