"""The admin's process: who lives, who has which name, what became of whom; it holds none of the user's code.

States: *starting* until the launcher is ready and the starter was told so; *running*; *ending* from the
first request to shut down on; then the process ends. Events: requests by mail, news from the launcher, and
two times while ending: when actors that have not exited are killed, and when no more is waited for.
"""

from __future__ import annotations

import logging
import os
import pickle
import time
from collections import deque
from collections.abc import Iterable
from typing import Any

from thespian_core.addresses import ActorAddress, Mailbox
from thespian_core.hooks.errors import describe
from thespian_core.internallog import thesplog
from thespian_core.messages import ValidatedSource
from thespian_core.semantics.admin import Admin
from thespian_core.semantics.birth import Birth, Refusal
from thespian_core.semantics.capabilities import SOURCE_AUTHORITY
from thespian_core.semantics.effects import Effect, Log, Post, Recheck, ReturnMail, Start
from thespian_core.semantics.requests import Request, ShutDown
from thespian_core.sources.checking import problem_with
from thespian_core.status import Thespian_StatusReq, Thespian_SystemStatus
from thespian_multiproc.protocol.custody import NO_PROCESS
from thespian_multiproc.protocol.farewell import POLITE_S, Farewell, Step
from thespian_multiproc.runtime import wire
from thespian_multiproc.runtime.births import birth_of, order_of
from thespian_multiproc.runtime.casualties import Casualties
from thespian_multiproc.runtime.census import Census
from thespian_multiproc.runtime.exchange import Exchange
from thespian_multiproc.runtime.inquiries import AskFates, Fates, Join, Leave, SystemEnded
from thespian_multiproc.runtime.lastwords import leave_last_words
from thespian_multiproc.runtime.launching import Launching
from thespian_multiproc.runtime.orders import (
    Born,
    Died,
    Finish,
    KillAll,
    LogProcessDied,
    NewCapabilities,
    NotStarted,
    Started,
)
from thespian_multiproc.runtime.plan import EnginePlan
from thespian_multiproc.runtime.processes import why_no_mailbox
from thespian_multiproc.runtime.reports import AskHandling, AskSystem, Look, Seen
from thespian_multiproc.runtime.reservations import Reservations
from thespian_multiproc.runtime.titles import take_title
from thespian_multiproc.runtime.whereabouts import Whereabouts

GOODBYE_S = 0.5  # for the programs to take in that the system has ended


class AdminProcess:
    """Runs the admin of one system.

    Args:
        plan: of the system.
        exchange: opened at the admin's place.
        launching: the launcher, already started.
    """

    def __init__(self, plan: EnginePlan, exchange: Exchange, launching: Launching) -> None:
        self._plan = plan
        self._exchange = exchange
        self._launching = launching
        self._reservations = Reservations(exchange, plan.scheme)
        self._offer = NewCapabilities(plan.capabilities)
        offers = pickle.loads(plan.capabilities)
        self._admin = Admin(
            exchange.address, offers, self._reservations.mint, problem_with, offers.get(SOURCE_AUTHORITY)
        )
        self._whereabouts = Whereabouts()
        self._words: deque[tuple[ActorAddress, Any]] = deque()
        self._census = Census(plan, self._admin, self._whereabouts, launching, exchange)
        self._farewell = Farewell()
        self._casualties: Casualties | None = None
        self._has_ended = False

    def hear(self, sender: ActorAddress, message: Any) -> None:
        """Keep what is for the process until the exchange is done."""
        self._words.append((sender, message))

    def shut_down_soon(self, polite_s: float = POLITE_S) -> None:
        """End the system; may be called from a signal handler, and from any thread."""
        self._farewell.polite_s = polite_s
        self.hear(self._exchange.address, ShutDown())
        self._exchange.wake()

    def run(self) -> None:
        """Serve until the system has ended."""
        take_title("admin", self._plan.admin_place)
        try:
            self._carry_out(self._admin.begin())
            while not self._has_ended:
                self._exchange.attend(self._patience())
                self._serve()
        except BaseException as why:  # out of memory, say: the launcher ends all others when this one is gone
            leave_last_words(self._plan, f"its admin, process {os.getpid()}, failed: {describe(why)}")
            raise
        self._say_goodbye()

    # Events

    def _serve(self) -> None:
        exchange = self._exchange
        while exchange.inbox:
            mail = exchange.inbox.popleft()
            exchange.handled(mail.correspondent)
            if mail.data is wire.DONE:
                continue
            try:
                sender, message = exchange.decode(mail)
            except Exception as why:
                thesplog("the admin cannot use a message from %s: %r", mail.correspondent, why, level=30)
            else:
                self._asked(message, sender)
        while self._words:
            sender, message = self._words.popleft()
            self._asked(message, sender)
        self._take_news()
        if self._launching.is_gone and not self._has_ended:
            self._die()
        doubts, exchange.doubts = exchange.doubts, []
        if doubts:
            exchange.catch_up()  # what the dead have sent is here, and is read before they are forgotten
        for id_ in doubts:
            exchange.learn(self._whereabouts.fate(id_, str(self._plan.admin_id)))
        exchange.lifeless.clear()
        self._complain()
        self._launching.flush()
        self._carry_out(self._admin.sources.tick(time.monotonic()))
        self._go_on_ending(time.monotonic())
        self._tell_status(self._census.overdue(time.monotonic()))
        exchange.rest()

    def _asked(self, message: Any, sender: ActorAddress) -> None:
        match message:
            case AskFates(asker=asker, ids=ids, letters=letters):
                self._take_news()  # who asks may have seen what they are about
                self._admin.count_dead_letters(letters)
                fates = tuple(self._whereabouts.fate(id_, asker) for id_ in ids)
                self._post(sender, Fates(fates, self._admin.dead_letter_handler), kind=wire.FOR_THE_RUNTIME)
            case Join(pid=pid):
                self._whereabouts.programs[str(sender.key)] = pid
                self._post(sender, self._census.joined(), kind=wire.FOR_THE_RUNTIME)
            case Leave():
                self._whereabouts.left(str(sender.key))
            case AskSystem():
                self._post(sender, self._census.report(), kind=wire.FOR_THE_RUNTIME)
            case AskHandling(ids=ids):
                self._launching.order(Look(sender, ids))
            case Thespian_StatusReq():
                self._census.look(sender, time.monotonic())
            case Request() | ValidatedSource():
                self._carry_out(self._admin.handle(message, sender))
                if isinstance(message, ShutDown):
                    self._farewell.begin(time.monotonic())

    def _take_news(self) -> None:
        for news in self._launching.news():
            self._learn(news)

    def _learn(self, news: object) -> None:
        match news:
            case Born(order=order, pid=pid):
                id_ = str(order.address.key)
                if pid != NO_PROCESS:
                    self._whereabouts.pids[id_] = pid
                if id_ not in self._whereabouts.births:
                    birth = self._whereabouts.births[id_] = birth_of(order)
                    self._admin.adopted(birth)
            case Started(id=id_, version=version) if id_ in self._whereabouts.births:
                birth = self._whereabouts.births[id_]
                self._carry_out(self._admin.started(birth))
                if version != self._offer.version:  # they have changed since its process was started
                    self._post(birth.address, self._offer, kind=wire.FOR_THE_RUNTIME)
            case NotStarted(id=id_, refusal=refusal) if id_ in self._whereabouts.births:
                self._carry_out(self._admin.refused(self._whereabouts.births.pop(id_), refusal))
            case Died(id=id_, abruptly=abruptly, how=how, progress=progress):
                self._whereabouts.pids.pop(id_, None)
                if self._casualties is not None:
                    self._casualties.died(id_, progress)
                self._whereabouts.obituaries.died(
                    id_, {one.peer: (one.begun, one.ended) for one in progress}, how
                )
                if id_ in self._whereabouts.births:
                    birth = self._whereabouts.births.pop(id_)
                    if abruptly and not self._farewell.has_begun:
                        self._census.died += 1
                        logging.getLogger("thespian").warning(
                            "%s %s died: %s", birth.address, birth.actor_class, how
                        )
                    self._carry_out(self._admin.ended(birth, abruptly))
            case Seen(asker=asker, handling=handling) if asker == self._exchange.address:
                self._tell_status(self._census.seen(handling))
            case Seen(asker=asker):
                self._post(asker, news, kind=wire.FOR_THE_RUNTIME)
            case LogProcessDied(pid=pid, how=how):
                thesplog("the log process was restarted as process %d: %s", pid, how, level=logging.WARNING)

    # Effects

    def _carry_out(self, effects: Iterable[Effect]) -> None:
        for effect in effects:
            match effect:
                case Post(to, message, _):
                    if isinstance(message, Thespian_SystemStatus):
                        self._census.complete(message)
                    self._post(to, message, effect.sender)
                case Start(birth):
                    self._start(birth)
                case ReturnMail(to, details):
                    self._reservations.release(to)
                    self._whereabouts.obituaries.refused(str(to.key), details)
                case Recheck(capabilities):
                    packed = pickle.dumps(capabilities, wire.PROTOCOL)
                    self._offer = NewCapabilities(packed, self._offer.version + 1)
                    self._launching.order(self._offer)
                    for actor in self._admin.living():
                        self._post(actor, self._offer, kind=wire.FOR_THE_RUNTIME)
                case Log(level, text):
                    getattr(logging.getLogger("thespian"), level)("%s", text)

    def _post(
        self, to: ActorAddress, message: Any, sender: ActorAddress | None = None, kind: bytes | None = None
    ) -> None:
        if not isinstance(to.addressDetails, Mailbox):
            return
        self._exchange.send(to, message, sender or self._exchange.address, kind)

    def _start(self, birth: Birth) -> None:
        invitation = self._reservations.take(birth.address)
        if isinstance(invitation, OSError):
            refusal = Refusal("specification", str(birth.actor_class), why_no_mailbox(invitation))
            self._carry_out(self._admin.refused(birth, refusal))
        elif (objection := self._admin.objection(birth)) is not None:
            invitation.release()
            self._carry_out(self._admin.refused(birth, objection))
        else:
            self._whereabouts.births[str(birth.address.key)] = birth
            self._launching.order(order_of(birth, self._plan.origin), invitation)

    def _tell_status(self, askers: Iterable[ActorAddress]) -> None:
        for asker in askers:
            self._carry_out(self._admin.handle(Thespian_StatusReq(), asker))

    def _complain(self) -> None:
        while self._exchange.complaints:
            complaint = self._exchange.complaints.popleft()
            thesplog("somebody at %s: %s", complaint.where or "?", complaint.reason, level=logging.WARNING)

    # The end

    def _patience(self) -> float | None:
        dues = (self._farewell.next_look, self._admin.sources.next_due, self._census.next_due)
        times = [at for at in dues if at is not None]
        if self._launching.has_backlog:
            times.append(time.monotonic() + 0.01)  # its socket does not tell when there is room
        return max(0.0, min(times) - time.monotonic()) if times else None

    def _go_on_ending(self, now: float) -> None:
        known = self._whereabouts
        match self._farewell.look(now, self._admin.ended_all and not known.pids):
            case Step.OVER:
                self._has_ended = True
            case Step.KILL:
                who = known.births, known.pids, known.programs
                self._casualties = Casualties(*who, self._plan.admin_id, self._farewell.polite_s)
                self._launching.order(KillAll())
            case Step.GIVE_UP:
                thesplog("the launcher did not report the end of its actors; it is killed", level=40)
                self._launching.kill(known.pids.values())
                self._has_ended = True

    def _say_goodbye(self) -> None:
        killed = () if self._casualties is None else self._casualties.log()
        for id_ in self._whereabouts.programs:
            to = self._exchange.address_of(id_)
            self._post(to, SystemEnded(killed), kind=wire.FOR_THE_RUNTIME)
        self._launching.order(Finish())
        until = time.monotonic() + GOODBYE_S
        self._exchange.rest()
        while self._exchange.load.unsent_bytes and (left_s := until - time.monotonic()) > 0:
            self._launching.flush()
            self._exchange.attend(left_s)
            self._exchange.doubts.clear()
        self._exchange.close()
        self._launching.finish(self._whereabouts.pids.values())

    def _die(self) -> None:
        leave_last_words(self._plan, self._census.why_no_launcher())
        self._launching.kill(self._whereabouts.pids.values())
        self._exchange.close()
        os._exit(1)
