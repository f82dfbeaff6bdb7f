"""A program's mailbox in a system of many processes.

Whoever receives attends to the network. When nobody does for a while, a thread of the port's own does
(the *janitor*): mail is taken in, and counts as handled, though the program never listens, and what the
program has sent goes out though it does something else. The janitor keeps away while the program is at it.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
from collections.abc import Callable
from typing import Any

from thespian_core.addresses import ActorAddress, Mailbox
from thespian_core.errors import ActorSystemFailure, ActorSystemRequestTimeout
from thespian_core.internallog import thesplog
from thespian_core.semantics.birth import Refused
from thespian_core.semantics.requests import CreateActor, CreateFailed, UpdateCapability
from thespian_core.systembase import Envelope, Port
from thespian_multiproc.runtime import interrupts
from thespian_multiproc.runtime.births import Carried, request_on_the_wire
from thespian_multiproc.runtime.exchange import Exchange
from thespian_multiproc.runtime.inquiries import Join, Joined, Leave
from thespian_multiproc.runtime.leaving import NOT_TAKEN
from thespian_multiproc.runtime.living import ProcessWatch
from thespian_multiproc.runtime.programmail import LOOK_AFTER_S, ProgramMail
from thespian_multiproc.runtime.turns import Interrupted

SEND_LIMIT_S = 60.0  # the documented time that an overrun ``tell`` waits
UNSENT_LIMIT_BYTES = 16 << 20  # our choice: what a program may have waiting before ``tell`` waits
LINGER_S = 7.0  # the documented time that an ending process has for its last mail
LEAVE_LIMIT_S = 0.5  # our choice: the admin may have forgotten this program before its answer came through
QUIET_S = 0.05  # a program that did nothing for so long leaves the network to the janitor

_PREPARED = (CreateActor, UpdateCapability)


class EnginePort(ProgramMail, Port):
    """One mailbox of a program.

    Args:
        open_it: opens the exchange; called with what hears runtime mail.
        admin: where the admin is.

    Attributes:
        left_behind: how many messages had not come in when the port was closed at last.
    """

    def __init__(
        self,
        open_it: Callable[[Callable[[ActorAddress, Any], None]], Exchange],
        admin: ActorAddress,
    ) -> None:
        super().__init__(open_it, admin)
        self.left_behind = 0
        self._has_asked = False
        self._left_by: float | None = None  # until when it is waited for the admin to hear that this has left
        self._pid = os.getpid()
        self._receivers = 0
        self._used_at = time.monotonic()
        self._kick = threading.Event()
        self._janitor: threading.Thread | None = None

    @property
    def is_usable(self) -> bool:
        """Whether this process opened it; a fork has to open its own."""
        return self._pid == os.getpid()

    @property
    def is_open(self) -> bool:
        """Whether something can be sent from here, and waited for."""
        can_wait = not self._exchange.is_interrupted
        return can_wait and self.is_usable and not self.has_ended and self._closing_until is None

    @property
    def complaints(self) -> list[str]:
        """Why conversations with the admin failed, as far as waiting does not mend it."""
        # What strangers say, who may come to any mailbox, is no reason.
        where = self.admin.addressDetails.where
        return [complaint.reason for complaint in self._exchange.complaints if complaint.where == where]

    @property
    def reasons(self) -> list[str]:
        """Why the admin has not let this program in, as far as is known."""
        return self.complaints or self._exchange.suspicions

    def join(self, timeout_s: float) -> Joined | None:
        """Ask the admin to be let in, once, and return its answer; None when none has come in time."""
        until = time.monotonic() + timeout_s
        if not self._has_asked:
            self._has_asked = True
            self._tell_admin(Join(os.getpid()))
        while self.joined is None and not self.complaints and not self._exchange.lifeless:
            left_s = until - time.monotonic()
            if left_s <= 0:
                return None
            self._exchange.attend(left_s)
            self._take_words()
        if self.joined is not None:
            self._exchange.most_message_bytes = self.joined.max_message_bytes
            self._admin_process = ProcessWatch(self.joined.admin_pid)
            janitor = threading.Thread(target=self._mind, name="thespian-port", daemon=True)
            janitor.start()  # which may fail, and then there is none
            self._janitor = janitor
        return self.joined

    # Port

    def send(self, envelope: Envelope, timeout_s: float | None) -> None:
        """Hand one message over; see the interface.

        Raises:
            Exception: the message cannot be pickled, or is over the limit; it was not sent.
        """
        to, message, sender = envelope
        if self.has_ended or self._closing_until is not None:
            left = "this program has left the actor system, since it is about to end"
            reason = "the actor system has ended" if self.has_ended else left
            raise ActorSystemFailure(f"{reason}; the message was not sent")
        if type(message) in _PREPARED:  # the message itself may lie about its class, or raise when asked
            prepared = self._prepared(message)
            if prepared is None:
                return
            message = prepared
        exchange = self._exchange
        if exchange.load.unsent_bytes > UNSENT_LIMIT_BYTES:
            self._wait_for_room(SEND_LIMIT_S if timeout_s is None else timeout_s)
        self._used_at = time.monotonic()
        try:
            exchange.send(to, message, sender)
        except AttributeError:
            if isinstance(to.addressDetails, Mailbox):
                raise
            with self._sorting:
                self._clerk.dead_letter(to, message, sender)  # an address that no system has made
            exchange.wake()
            return
        if exchange.has_pending and not self._kick.is_set():
            self._kick.set()

    def ask(self, envelope: Envelope, timeout_s: float | None) -> None:
        """Hand one message over, and expect an answer; errors as those of :meth:`send`, and one more.

        Raises:
            Interrupted: a signal handler wants to wait in the middle of a call of its own thread's.
        """
        if self._exchange.is_interrupted:
            raise Interrupted
        self.send(envelope, timeout_s)

    def receive(self, timeout_s: float | None) -> Envelope | None:
        """Return the next message; see the interface.

        Raises:
            ActorSystemFailure: a message that this program sent could not be unpickled by its receiver.
            Interrupted: as for :meth:`ask`.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        self._receivers += 1
        try:
            while True:
                while self._mail:
                    if (envelope := self._opened(self._mail.popleft())) is not None:
                        return envelope
                if self.has_ended or self._closing_until is not None:  # another thread may have closed it
                    return None
                left_s = LOOK_AFTER_S if deadline is None else min(deadline - time.monotonic(), LOOK_AFTER_S)
                if left_s < 0:
                    return None
                self._attend(left_s)
                if left_s == 0 and not self._mail:
                    return None
        finally:
            self._receivers -= 1
            self._used_at = time.monotonic()

    def close(self) -> None:
        """Give the mailbox up; what is under way is seen off behind the program's back."""
        if self._closing_until is not None or not self.is_usable:
            return
        self._closing_until = time.monotonic() + LINGER_S
        self._give_up_mail()
        if self._exchange.is_interrupted:  # the janitor does the rest once that call goes on
            self._kick.set()
            self._exchange.wake()
            return
        if self._janitor is None or not self._exchange.unreceived:  # else when everything has come in
            self._leave()
        self._exchange.rest()
        self._kick.set()
        self._exchange.wake()
        if self._janitor is None or self.has_ended or not self._exchange.unreceived:
            self.wait_until_closed()

    def wait_for_end(self, until: float) -> None:
        """Wait until the system has ended, or a moment of the monotonic clock has come.

        Returns at once when another thread has closed this port, and so hears no more.
        """
        while self.is_open and (left_s := until - time.monotonic()) > 0:
            self._attend(min(left_s, QUIET_S))

    def wait_until_closed(self, timeout_s: float | None = None) -> bool:
        """See off what is under way, for a limited time; whether that is over now."""
        if self._janitor is None:
            self._exchange.close()
        elif self._janitor is not threading.current_thread():
            self._janitor.join(timeout_s)
            interrupts.restore()
            return not self._janitor.is_alive()
        return True

    def abandon(self) -> None:
        """In a fork of the process that opened it: let go of what is not its own."""
        self._exchange.abandon()

    # Inside

    def _prepared(self, message: Any) -> Any:
        """Return a request as the admin can read it; None when it was answered here."""
        try:
            return request_on_the_wire(message)
        except Refused as refused:
            if message.global_name is not None:  # it may exist, and then its class does not matter
                return message.changed(actor_class="", requirements=Carried())
            self._give_back(CreateFailed(message.request_id, refused.refusal), self.admin)
            self._exchange.wake()
            return None

    def _wait_for_room(self, timeout_s: float) -> None:
        until = time.monotonic() + timeout_s
        while self._exchange.load.unsent_bytes > UNSENT_LIMIT_BYTES:
            left_s = until - time.monotonic()
            if left_s <= 0 or self.has_ended:
                raise ActorSystemRequestTimeout(
                    f"{self._exchange.load.unsent_bytes:,} bytes of earlier messages wait to be sent since "
                    f"{timeout_s:.1f} s; the message was not sent"
                )
            self._attend(min(left_s, LOOK_AFTER_S))

    def _leave(self) -> None:
        """Tell the admin that nobody is here: what others have not taken in by then, they never do."""
        if self.joined is not None and not self.has_ended and self._left_by is None:
            self._left_by = time.monotonic() + LEAVE_LIMIT_S
            with contextlib.suppress(Exception):
                self._tell_admin(Leave())

    # The janitor

    def _mind(self) -> None:
        exchange = self._exchange
        while not self._is_seen_off():
            if self._kick.wait(LOOK_AFTER_S if self._receivers else QUIET_S):
                self._kick.clear()
                exchange.rest()
            elif self._closing_until is not None:
                self._attend(QUIET_S)
            elif not self._receivers and time.monotonic() - self._used_at > QUIET_S:
                self._attend(LOOK_AFTER_S)
        if not self.has_ended and self._left_by is None and (left := exchange.unreceived):
            self.left_behind = left
            thesplog("%s is given up: %s", self.address, NOT_TAKEN.format(left), level=logging.WARNING)
            self._leave()
            exchange.rest()
        exchange.close()
        if self._admin_process is not None:
            self._admin_process.close()

    def _is_seen_off(self) -> bool:
        """Whether nothing is under way any more; the last that is under way is that this program leaves."""
        if self._closing_until is None:
            return False
        if self._exchange.is_closed:  # by another thread, while this one joined
            return True
        now = time.monotonic()
        if self.has_ended or now > self._closing_until or (self._left_by is not None and now > self._left_by):
            return True
        if not self._exchange.tell_all() or self._exchange.unreceived or not self._clerk.is_idle:
            return False
        if self._left_by is not None:
            return True
        self._leave()
        return False
