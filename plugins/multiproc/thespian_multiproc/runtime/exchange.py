"""All mail of one mailbox, in and out: its endpoint and its conversations, for any number of threads.

Frames that have left are not reported to their link at once when much is sent in a row: then messages
pile up, and the next frame takes them all. :meth:`Exchange.rest` ends that, and so does :meth:`attend`.

Longer than 300 lines because all of it works on one mailbox, and under its lock.
"""

from __future__ import annotations

import pickle
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from math import inf
from typing import Any, NamedTuple

from thespian_core.addresses import ActorAddress, Mailbox
from thespian_core.internallog import thesplog
from thespian_multiproc.protocol.session_effects import (
    Admit,
    Complaint,
    Doubtful,
    Drop,
    Effect,
    Incoming,
    Lifeless,
    Submit,
)
from thespian_multiproc.protocol.sessions import Sessions
from thespian_multiproc.runtime import wire
from thespian_multiproc.runtime.arrivals import Arrivals
from thespian_multiproc.runtime.inquiries import Fate
from thespian_multiproc.runtime.interrupts import guard, unguard
from thespian_multiproc.runtime.memory import LARGE_BYTES, keep_large_blocks
from thespian_multiproc.runtime.sleeping import Sleeper
from thespian_multiproc.runtime.turns import Interrupted, Turns
from thespian_multiproc.transport.interface import Buffer, Endpoint, Received

AT_ONCE = 16  # so many sends in a row leave at once; more are a flood, and go out together
FLOOD_BYTES = 64 << 10  # what piles up in a flood before it goes out: a socket's usual room
SWEEP_BYTES = 1 << 20  # what piles up before the other sides' counters are looked for, too
MOST_IN_VAIN = (
    64  # our choice: so many looks in a row may find something, and no mail: strangers can go on so
)
MOST_COMPLAINTS = 100  # our choice: anybody can cause one, and not everybody reads them
_new_tuple = tuple.__new__
TOO_MUCH_UNSENT = "too much mail of its sender waits to be sent already"


class Mail(NamedTuple):
    """A message that has come in and was not handled yet.

    Attributes:
        correspondent: the id of who it came from; empty for what this process sends itself.
        number: of the message on its link.
        data: encoded.
    """

    correspondent: str
    number: int
    data: Buffer


class Exchange:
    """Sends and receives encoded messages.

    Args:
        endpoint: the mailbox; it is closed by :meth:`close`.
        sessions: its conversations.
        address: its own.
        for_runtime: called with sender and message of what is for the process, not for its actor.

    Attributes:
        inbox: what has come in, oldest first; with ``wire.DONE`` for what is only to be counted.
        doubts: ids of correspondents whose fate is to be asked for.
        lifeless: mail that nobody will handle.
        complaints: about conversations that failed; the latest of them.
        most_message_bytes: a larger message of an actor or a program is not sent.
        largest_bytes: the same for any message, since no frame could carry it.
        most_unsent_bytes: when more waits to be sent, ordinary mail is lifeless at once.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        sessions: Sessions,
        address: ActorAddress,
        for_runtime: Callable[[ActorAddress, Any], None],
        loads: Callable[[Buffer], Any] | None = None,
    ) -> None:
        self.address = address
        # An admin is known by its place, so its correspondents cannot tell by its id who it is.
        self._plain_sender = address if address.addressDetails.id else None
        self.inbox: deque[Mail] = deque()
        self.doubts: list[str] = []
        self.lifeless: list[Lifeless] = []
        self.complaints: deque[Complaint] = deque(maxlen=MOST_COMPLAINTS)
        self.load = sessions.load
        self.most_message_bytes = self.largest_bytes = sys.maxsize
        self.most_unsent_bytes = sys.maxsize
        self._endpoint = endpoint
        self._sessions = sessions
        self._for_runtime = for_runtime
        self._loads = loads or pickle.loads
        self._addresses: dict[str, ActorAddress] = {}  # whom this process can answer
        self._written: set[str] = set()  # who knows this mailbox's address
        self._sleeper = Sleeper(endpoint)
        self.wake = self._sleeper.wake  # makes who attends return; from any thread, and from signal handlers
        self._turns = Turns(self.wake)
        self._late: deque[tuple[ActorAddress, Mailbox, str, bytes]] = deque()  # what signal handlers sent
        self._left: list[int] = []  # frames that have left, and whose links do not know it yet
        self._sent_in_a_row = 0
        self._sweep_at_bytes = SWEEP_BYTES
        self._to_handle: dict[str, int] = {}
        self._taken_in = 0
        self._arrivals = Arrivals()
        self._poisoned: dict[str, int] = {}
        self._gone: list[str] = []  # who is to be forgotten when all of their mail is handled
        self.is_closed = False
        guard(self._turns)

    @property
    def where(self) -> str:
        """The place of the mailbox."""
        return self._endpoint.where

    @property
    def has_pending(self) -> bool:
        """Whether something waits for :meth:`rest`."""
        return bool(self._left or self._late)

    @property
    def is_interrupted(self) -> bool:
        """Whether this is asked by a signal handler, in the middle of a call that only it can let go on."""
        return self._turns.are_mine()

    @property
    def suspicions(self) -> list[str]:
        """Why conversations may never open: as far as that can be said before a complaint is sure."""
        self._turns.take()
        try:
            return self._sessions.suspicions
        finally:
            self._turns.give()

    @property
    def unreceived(self) -> int:
        """How many messages have not come in at the other end, as far as is known."""
        self._turns.take()
        try:
            return self._sessions.unreceived
        finally:
            self._turns.give()

    @property
    def waiting(self) -> int:
        """How many messages wait in the inbox."""
        # Others are counted with them where nobody would see the difference.
        inbox = self.inbox
        return len(inbox) if len(inbox) > 1000 else sum(m.data is not wire.DONE for m in list(inbox))

    @property
    def links(self) -> int:
        """How many others this mailbox is connected with."""
        self._turns.take()
        try:
            return self._sessions.conversations
        finally:
            self._turns.give()

    def oldest_s(self, now: float) -> float:
        """Return for how long the oldest message in the inbox waits; 0 when none does."""
        return self._arrivals.oldest_s(self._taken_in, len(self.inbox), now) if self.waiting else 0.0

    def unhandled(self) -> list[tuple[ActorAddress, int]]:
        """Return how many messages wait to be handled by whom."""
        self._turns.take()
        try:
            found = self._sessions.unhandled()
        finally:
            self._turns.give()
        return [(self.address_of(name), number) for name, number in found]

    def address_of(self, correspondent: str) -> ActorAddress:
        """Return the address of somebody this process has written to, or was written to by."""
        known = self._addresses.get(correspondent)
        return known or ActorAddress(Mailbox(self.address.addressDetails.scheme, "", correspondent))

    def send(
        self,
        to: ActorAddress,
        message: Any,
        sender: ActorAddress,
        kind: bytes | None = None,
    ) -> None:
        """Encode a message and send it; from any thread. Never blocks for the network.

        Args:
            to: who gets it.
            message: to be pickled.
            sender: who the receiver is told it comes from.
            kind: as in :mod:`wire`, for what is the system's own; None for what an actor or a program sends.

        Raises:
            Exception: the message cannot be pickled, or is over the limit; it was not sent.
        """
        mailbox: Mailbox = to.addressDetails
        name = mailbox.id or mailbox.where
        if (
            kind is None
            and sender is self._plain_sender
            and name in self._written
            and not issubclass(type(message), wire.SYSTEMS_OWN)
        ):
            data = wire.encode_plain(message)
        else:
            data = wire.encode(message, sender, kind)
        size = len(data)
        if size > LARGE_BYTES:
            keep_large_blocks()
        if (
            size > self.most_message_bytes
            and kind is None
            and not issubclass(type(message), wire.SYSTEMS_OWN)
        ):
            raise wire.too_large(size, self.most_message_bytes)
        if (
            self.load.unsent_bytes > self.most_unsent_bytes
            and kind is None
            and data[0] != wire.CONTROL[0]
            and name != self.address.key
        ):
            self.lifeless.append(Lifeless(name, 0, (data,), False, TOO_MUCH_UNSENT))
            return
        self._post(to, mailbox, name, data)

    def post(self, to: ActorAddress, data: bytes) -> None:
        """Send an encoded message.

        Raises:
            TooLarge: no frame can carry it; it was not sent.
        """
        mailbox: Mailbox = to.addressDetails
        self._post(to, mailbox, mailbox.id or mailbox.where, data)

    def _post(self, to: ActorAddress, mailbox: Mailbox, name: str, data: bytes) -> None:
        if name == self.address.key:
            self.inbox.append(Mail("", 0, data))
            self.wake()
            return
        if len(data) > self.largest_bytes:
            raise wire.too_large(len(data), min(self.largest_bytes, self.most_message_bytes))
        try:
            self._turns.take()
        except Interrupted:
            self._late.append((to, mailbox, name, data))  # until the call that was interrupted goes on
            self.wake()
            return
        try:
            if self._late:
                self._send_late()
            self._send(to, mailbox, name, data)
        finally:
            self._turns.give()

    def rest(self) -> None:
        """Let everything go out that waits for more."""
        if self._left or self._to_handle or self._late:
            self._turns.take()
            try:
                self._settle()
            finally:
                self._turns.give()

    def tell_all(self) -> bool:
        """Tell all others how far this mailbox has come; whether they can know all there is to know.

        To be called, again and again, before the mailbox is given up: what was handled is not to be mail
        that nobody has handled.
        """
        self._turns.take()
        try:
            self._settle()
            self._carry_out(self._sessions.tell(time.monotonic()))
            self._settle()
            return not self._sessions.owe_counters
        finally:
            self._turns.give()

    def attend(self, timeout_s: float | None) -> bool:
        """Wait for something to happen, and do what follows; mail is put into the inbox.

        Args:
            timeout_s: how long to wait; None for ever, 0 to look only.

        Returns:
            Whether something has happened here, and not before another thread.
        """
        return self._turns.attend(timeout_s, self._attend)

    def catch_up(self) -> None:
        """Take in all that has arrived by now."""
        empty = vain = 0
        while empty < 2 and vain < MOST_IN_VAIN:  # one look may find nothing though something is there
            before = self._taken_in
            empty = 0 if self.attend(0) else empty + 1
            vain = 0 if self._taken_in > before else vain + 1

    def came_back(self, correspondent: str, number: int) -> bool:
        """Whether a message that was sent to somebody has come back as poison already."""
        return self._poisoned.get(correspondent, 0) >= number

    def handled(self, correspondent: str, count: int = 1) -> None:
        """So many more messages of a correspondent have been handled; told with the next rest."""
        if correspondent:
            self._to_handle[correspondent] = self._to_handle.get(correspondent, 0) + count

    def decode(self, mail: Mail) -> tuple[ActorAddress, Any]:
        """Return sender and message of mail.

        Raises:
            Exception: it cannot be unpickled here.
        """
        known, data = self._addresses.get(mail.correspondent), mail.data
        if known is not None and data[0] == wire.PLAIN:  # as most often
            try:
                return known, self._loads(data)
            except SystemExit as why:
                raise wire.no_end(why) from why
        sender, message = wire.decode(data, known, self._loads)
        if known is None and mail.correspondent and sender.key == mail.correspondent:
            self._addresses[mail.correspondent] = sender
        return sender, message

    def learn(self, fate: Fate) -> None:
        """Take what the admin knows of a correspondent."""
        sessions, name = self._sessions, fate.id
        self.rest()  # what was handled is to be known of
        if fate.state == "lives":
            self._answer(lambda: sessions.lives(name, time.monotonic()))
        elif fate.state == "unknown":
            self._answer(lambda: sessions.unknown(name))
        else:
            self._gone.append(name)
            self._answer(lambda: sessions.died(name, fate.handled, fate.begun, fate.how, time.monotonic()))

    def invite(self) -> Any:
        """Reserve a mailbox for a process that does not run yet; errors as those of the transport."""
        self._turns.take()
        try:
            return self._endpoint.invite()
        finally:
            self._turns.give()

    def close(self) -> None:
        """Give the mailbox up. May be called twice."""
        self._turns.take()
        try:
            if not self.is_closed:
                self.is_closed = True
                self._endpoint.close()
            unguard(self._turns)  # before Ctrl-C may come that has waited
        finally:
            self._turns.give()

    def abandon(self) -> None:
        """In a copy of this process that a fork made: let go of what is not its own."""
        unguard(self._turns)
        self._turns = Turns(self.wake)
        self.close()

    # With the lock

    def _send(self, to: ActorAddress, mailbox: Mailbox, name: str, data: bytes) -> None:
        if self.is_closed:
            return
        if name not in self._written:
            self._written.add(name)
            self._addresses[name] = to
        now = time.monotonic()
        self._sent_in_a_row += 1
        sessions = self._sessions
        if self._sent_in_a_row <= AT_ONCE and (usual := sessions.transmit(name, data, now)) is not None:
            frame, talk = usual
            if not self._endpoint.submit(frame, talk.peer, sessions.next_token):
                sessions.is_leaving(talk)
            return
        effects = sessions.send(mailbox.id or "", mailbox.where, data, now)
        if effects:
            self._carry_out(effects)
        if self._left and (self._sent_in_a_row <= AT_ONCE or self.load.unsent_bytes > FLOOD_BYTES):
            self._tell_left()
        if self.load.unsent_bytes > self._sweep_at_bytes:
            self._attend(0)
            self._sweep_at_bytes = self.load.unsent_bytes + SWEEP_BYTES

    def _send_late(self) -> None:
        while self._late:
            self._send(*self._late.popleft())

    def _answer(self, ask: Callable[[], Iterable[Effect]]) -> None:
        self._turns.take()
        try:
            if not self.is_closed:
                self._carry_out(ask())
        finally:
            self._turns.give()

    def _attend(self, timeout_s: float | None) -> bool:
        if self.is_closed:
            return False
        sessions = self._sessions
        if self._gone and not self.inbox:
            self._forget_the_gone()
        if self._to_handle or self._left or self._sent_in_a_row or self._late:
            self._settle()
        if (due := sessions.next_tick) < inf and timeout_s != 0:
            left_s = max(0.0, due - time.monotonic())
            timeout_s = left_s if timeout_s is None or timeout_s > left_s else timeout_s
        events = self._sleeper.wait(timeout_s)
        now = time.monotonic()
        for event in events:
            if type(event) is Received and (incoming := sessions.receive(event.frame, event.peer, now)):
                self._take_in(*incoming, now)
            elif effects := sessions.happened(event, now):
                self._carry_out(effects)
        if due <= now:
            self._carry_out(sessions.tick(now))
        if self._late:  # a signal handler has ended the wait
            self._settle()
        return bool(events)

    def _forget_the_gone(self) -> None:
        for name in self._gone:
            self._addresses.pop(name, None)
            self._poisoned.pop(name, None)
            self._written.discard(name)
        self._gone.clear()

    def _settle(self) -> None:
        self._send_late()
        self._sent_in_a_row = 0
        if self._to_handle:
            counts, self._to_handle = self._to_handle, {}
            now = time.monotonic()
            for name, count in counts.items():
                effects = self._sessions.handled(name, count, now)
                if effects:
                    self._carry_out(effects)
        while self._left:  # what goes out now may have left at once, too
            self._tell_left()
        if self.load.unsent_bytes < SWEEP_BYTES:
            self._sweep_at_bytes = SWEEP_BYTES

    def _tell_left(self) -> None:
        tokens, self._left = self._left, []
        now = time.monotonic()
        for token in tokens:
            effects = self._sessions.left(token, now)
            if effects:
                self._carry_out(effects)

    def _carry_out(self, effects: Iterable[Effect]) -> None:
        for effect in effects:
            if type(effect) is Submit:
                if self._endpoint.submit(effect.frame, effect.to, effect.token):
                    self._left.append(effect.token)
            elif type(effect) is Incoming:
                self._take_in(*effect, time.monotonic())
            elif isinstance(effect, Admit):
                self._endpoint.admit(effect.peer)
            elif isinstance(effect, Drop):
                self._endpoint.drop(effect.peer)
            elif isinstance(effect, Doubtful):
                self.doubts.append(effect.correspondent)
            elif isinstance(effect, Lifeless):
                self.lifeless.append(effect)
            elif type(effect) is Complaint:
                self.complaints.append(effect)

    def _take_in(self, name: str, number: int, messages: Sequence[Buffer], now: float) -> None:
        self._taken_in += len(messages)
        for data in messages:
            mail = _new_tuple(Mail, (name, number, data))  # as Mail(...), which is a call more
            if data[0] == wire.PLAIN:
                self.inbox.append(mail)
            else:
                self._look_at(mail)
            if len(data) > LARGE_BYTES:
                keep_large_blocks()
            number += 1
        self._arrivals.came(self._taken_in, len(self.inbox), now)

    def _look_at(self, mail: Mail) -> None:
        """Take in what is not plain mail."""
        if mail.data[0] == wire.POISON[0]:
            self._poisoned[mail.correspondent] = wire.poisoned_number(mail.data)
        if mail.data[0] == wire.FOR_THE_RUNTIME[0]:
            # Counters are cumulative: it must not count as handled before what came ahead of it.
            self.inbox.append(Mail(mail.correspondent, mail.number, wire.DONE))
            self._hand_over(mail)
        else:
            self.inbox.append(mail)

    def _hand_over(self, mail: Mail) -> None:
        try:
            self._for_runtime(*self.decode(mail))
        except Exception as why:  # a peer that knows the key, and errs all the same
            thesplog("%s cannot use what %s sent: %r", self.address, mail.correspondent, why, level=40)
