"""What an actor's cell asks of the process it runs in: mail, wake-ups, children, log."""

from __future__ import annotations

import errno
import logging
import threading
import time
import traceback
from collections import deque
from contextlib import suppress
from datetime import timedelta
from typing import Any

from thespian_core.addresses import ActorAddress, Mailbox, Minter
from thespian_core.internallog import thesplog
from thespian_core.messages import ChildActorExited, PoisonMessage
from thespian_core.semantics.birth import Birth, Refused
from thespian_core.semantics.requests import CreateActor, Request
from thespian_core.semantics.sourcerequests import LoadSource, SourceTaken
from thespian_core.semantics.wakeups import Wakeups
from thespian_core.status import Thespian_ActorStatus
from thespian_core.texts import class_name
from thespian_multiproc.runtime import wire
from thespian_multiproc.runtime.births import Carried, order_of, request_on_the_wire
from thespian_multiproc.runtime.calling import say
from thespian_multiproc.runtime.clerk import Clerk
from thespian_multiproc.runtime.exchange import Exchange
from thespian_multiproc.runtime.inquiries import Fates, Unreadable
from thespian_multiproc.runtime.kit import ActorKit
from thespian_multiproc.runtime.processes import why_no_mailbox
from thespian_multiproc.runtime.reports import ActorReport, AskActor

RESERVE_LIMIT_S = 2.0  # how long a creator waits when it has no descriptor left for a mailbox
SOURCE_LIMIT_S = 61.0  # the documented time for a source to reach the admin
NAMED_LIMIT_S = 20.0  # for the one round trip to the admin that a named actor's creation is


class Host:
    """The host of one actor; whoever derives from it runs the process.

    Args:
        kit: what the process was given.
        exchange: its mail.
        admin: the admin's address.
        minter: of ids.
    """

    def __init__(self, kit: ActorKit, exchange: Exchange, admin: ActorAddress, minter: Minter) -> None:
        self.admin = admin
        self.base_name = kit.plan.base_name
        self.address = exchange.address
        self.has_ended = False
        self.ended_abruptly = False
        self._kit = kit
        self._exchange = exchange
        self._minter = minter
        exchange.most_message_bytes = kit.plan.max_message_bytes
        self._clerk = Clerk(exchange, admin, self._give_back)
        # Whose message it is in, its number, and what it says.
        self._handling: tuple[str, int, Any] = ("", 0, None)
        self._words: deque[tuple[ActorAddress, Any]] = deque()
        self._own: deque[tuple[Any, ActorAddress]] = deque()  # messages to itself that were never encoded
        self._wakeups = Wakeups()
        self._wakeups_lock = threading.RLock()  # a signal handler may ask for a wake-up, too
        self._wakes_at: float | None = None  # when the first one falls due
        self._invitations: dict[Any, Any] = {}
        self._named: dict[int, ActorAddress] = {}
        self._named_ids = Minter("")
        self._taken: set[int] = set()

    # For the cell: the path of every message

    def post(self, to: ActorAddress, message: Any, sender: ActorAddress) -> None:
        """Send a message; what cannot be sent comes back to this actor as poison."""
        try:
            if type(message) is PoisonMessage:
                name, number, handled = self._handling
                if to.key == name and message.poisonMessage is handled:
                    self._exchange.post(to, wire.encode_poison(message, sender, number))
                    return
            self._exchange.send(to, message, sender)
        except Exception as why:
            if not isinstance(to.addressDetails, Mailbox):
                self._clerk.dead_letter(to, message, sender)
                return
            text = str(why) if isinstance(why, wire.TooLarge) else traceback.format_exc()
            self.log("error", "thespian", f"{self.address} cannot send a {type(message).__name__}: {why}")
            if not issubclass(type(message), PoisonMessage):
                self._give_back(PoisonMessage(message, text), to)

    def undeliverable(self, to: ActorAddress, message: Any, sender: ActorAddress) -> None:
        """Make a dead letter of a message."""
        self._clerk.dead_letter(to, message, sender)

    def request(self, request: Request, sender: ActorAddress) -> None:
        """Ask something of the admin that has no answer; a source is there when this returns."""
        if isinstance(request, LoadSource):
            self._load(request)
            return
        with suppress(Exception):  # then it cannot be pickled as it is either, and comes back as poison
            request = request_on_the_wire(request)
        self.post(self.admin, request, sender)

    def _load(self, request: LoadSource) -> None:
        number = int(self._named_ids.mint(), 16)
        self.post(self.admin, request.changed(request_id=number), self.address)
        until = time.monotonic() + SOURCE_LIMIT_S
        while number not in self._taken and (left_s := until - time.monotonic()) > 0:
            self._attend(left_s)
        self._taken.discard(number)

    def wake_after(self, to: ActorAddress, period: timedelta | float, payload: Any) -> None:
        """Send a WakeupMessage when the period is over."""
        with self._wakeups_lock:
            self._wakeups.add(to, period, payload, time.monotonic())
            self._wakes_at = self._wakeups.next_due
        self._exchange.wake()

    # For the cell: children

    def mint(self) -> ActorAddress:
        """Make the address of an actor that is to be, and reserve its mailbox."""
        try:
            invitation = self._reserve()
        except OSError as why:
            self.log("error", "thespian", f"a child of {self.address}: {why_no_mailbox(why)}")
            return self.mint_nobody()
        address = self._mint_at(invitation.where)
        self._invitations[address.key] = invitation
        return address

    def _reserve(self) -> Any:
        """Reserve a mailbox; wait a while for a descriptor where there is none."""
        until = time.monotonic() + RESERVE_LIMIT_S
        while True:
            try:
                return self._exchange.invite()
            except OSError as why:
                if why.errno not in (errno.EMFILE, errno.ENFILE) or time.monotonic() > until:
                    raise
                self._attend(RESERVE_LIMIT_S / 50)  # conversations that nobody needs end meanwhile

    def mint_nobody(self) -> ActorAddress:
        """Make an address that nobody will ever have."""
        return self._mint_at("")

    def _mint_at(self, where: str) -> ActorAddress:
        return ActorAddress(Mailbox(self.address.addressDetails.scheme, where, self._minter.mint()))

    def start(self, birth: Birth) -> None:
        """Have the launcher start a process for a child."""
        invitation = self._invitations.pop(birth.address.key, None)
        try:
            if invitation is None:
                raise OSError("no mailbox could be reserved for it")
            say(self._kit.call, order_of(birth), invitation.descriptors)
        except Exception as why:
            what = class_name(birth.actor_class)
            text = why.refusal.reason if isinstance(why, Refused) else f"{type(why).__name__}: {why}"
            self.log(
                "error",
                "thespian",
                f"{birth.address} {what} was not created: {text}",
            )
            self._clerk.refuse(str(birth.address.key), f"Child Aborted: {what} was not created: {text}")
            self._own.append((ChildActorExited(birth.address), birth.address))
        finally:
            if invitation is not None:
                invitation.release()

    def create_named(self, request: CreateActor, sender: ActorAddress) -> ActorAddress:
        """Have the admin create or find a named actor; waits for its address, for a bounded time."""
        number = int(self._named_ids.mint(), 16)
        try:
            asked: Request = request_on_the_wire(request.changed(request_id=number))
        except Exception as why:  # an actor of that name may exist, and then its class does not matter
            self.log("error", "thespian", f"{self.address} names no actor class: {why}")
            asked = CreateActor(number, "", Carried(), request.global_name, None, False)
        self.post(self.admin, asked, sender)
        until = time.monotonic() + NAMED_LIMIT_S
        while number not in self._named and (left_s := until - time.monotonic()) > 0:
            self._attend(left_s)
        if number not in self._named:
            self.log("error", "thespian", f"the admin did not answer about the actor {request.global_name!r}")
            return self.mint_nobody()
        return self._named.pop(number)

    def _attend(self, timeout_s: float | None) -> None:
        """Let the network have its turn."""
        self._exchange.attend(timeout_s)
        while self._words:
            self._take_word(self._words.popleft()[1])
        self._clerk.attend()

    def _for_runtime(self, sender: ActorAddress, message: Any) -> None:
        """Keep what is for the process until the exchange is done."""
        self._words.append((sender, message))

    def _take_word(self, message: Any) -> None:
        if isinstance(message, SourceTaken):
            self._taken.add(message.request_id)
        elif isinstance(message, Fates):
            self._clerk.answered(message)
        elif isinstance(message, Unreadable):
            self._clerk.unreadable(message)

    def _give_back(self, message: Any, sender: ActorAddress) -> None:
        """Deliver a message to this actor that never leaves its process."""
        self._own.append((message, sender))
        self._exchange.wake()

    # For the cell: the rest

    def ended(self, birth: Birth, abruptly: bool) -> None:
        """The actor is gone; its process ends."""
        self.has_ended = True
        self.ended_abruptly = abruptly

    def complete_status(self, status: Thespian_ActorStatus) -> None:
        """Add mail and wake-ups."""
        exchange, now = self._exchange, time.monotonic()
        exchange.catch_up()  # a look at the mailbox does not always find all that is there
        unhandled = exchange.unhandled()
        status.miscKeyVals |= {
            "Mail.Waiting": exchange.waiting,
            "Mail.Waiting.Oldest ms": int(exchange.oldest_s(now) * 1000),
            "Mail.Sent.Not Handled": sum(number for _, number in unhandled),
            "Mail.Sent.Unsent Bytes": exchange.load.unsent_bytes,
            "Links.Open": exchange.links,
        }
        for to, number in unhandled:
            line = (self.address, to, f"{number} message{'s' if number > 1 else ''} not handled yet")
            status.pendingMessages.append(line)
        for mail in list(self._exchange.inbox)[:100]:
            if mail.data is wire.DONE:
                continue
            sender = self._exchange.address_of(mail.correspondent) if mail.correspondent else self.address
            status.receivedMessages.append((sender, self.address, f"{len(mail.data)} bytes"))
        with self._wakeups_lock:
            status.pendingWakeups = self._wakeups.of(self.address, now)
        status.miscKeyVals["Wakeups.Pending"] = len(status.pendingWakeups)

    def report_to(self, ask: AskActor, status: Thespian_ActorStatus, held_back: bool) -> None:
        """Tell an operator's program how this actor is."""
        unhandled = tuple((str(to.key), number) for to, number in self._exchange.unhandled())
        id_, counters = str(self.address.key), status.miscKeyVals
        report = ActorReport(id_, ask.number, counters, status.exiting, held_back, unhandled)
        self._exchange.send(ask.asker, report, self.address, wire.FOR_THE_RUNTIME)

    def log(self, level: str, logger: str, text: str) -> None:
        """Write to the standard logger of that name."""
        try:
            getattr(logging.getLogger(logger), level)("%s", text)
        except Exception as why:
            thesplog("logging failed (%r) on: %s", why, text, level=logging.ERROR)
