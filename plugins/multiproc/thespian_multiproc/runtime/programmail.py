"""What has come in for a program, and what is for its process itself."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from thespian_core.addresses import ActorAddress
from thespian_core.errors import ActorSystemFailure
from thespian_core.internallog import thesplog
from thespian_core.semantics.requests import Answer, NotDelivered, Request
from thespian_core.sourcenames import foreign_source
from thespian_core.systembase import Envelope
from thespian_multiproc.runtime import wire
from thespian_multiproc.runtime.clerk import Clerk
from thespian_multiproc.runtime.exchange import Exchange, Mail
from thespian_multiproc.runtime.inquiries import Fates, Joined, SystemEnded, Unreadable
from thespian_multiproc.runtime.living import ProcessWatch

INBOX_LIMIT_BYTES = 256 << 20  # what a program that does not listen may have waiting
LOOK_AFTER_S = 1.0  # how often it is looked whether the admin's process still exists


class ProgramMail:
    """The mail of one program's mailbox; it counts as handled as soon as it is here.

    Args:
        open_it: opens the exchange; called with what hears runtime mail.
        admin: where the admin is.

    Attributes:
        joined: what the admin has said when it let the program in.
        killed: which actors had to be killed when the system ended.
        has_ended: whether the system is gone.
    """

    def __init__(
        self,
        open_it: Callable[[Callable[[ActorAddress, Any], None]], Exchange],
        admin: ActorAddress,
    ) -> None:
        self.admin = admin
        self.joined: Joined | None = None
        self.killed: tuple[str, ...] = ()
        self.has_ended = False
        self._words: deque[Any] = deque()
        self._exchange = open_it(lambda _, message: self._words.append(message))
        self.address = self._exchange.address
        self._clerk = Clerk(self._exchange, admin, self._give_back, self._not_delivered)
        self._sorting = threading.Lock()
        self._mail: deque[Envelope | Mail | Exception] = deque()
        self._mail_bytes = 0
        self._admin_process: ProcessWatch | None = None
        self._look_at = 0.0  # when to look whether the admin's process still exists
        self._closing_until: float | None = None

    def _attend(self, timeout_s: float) -> None:
        self._exchange.attend(timeout_s)
        with self._sorting:
            self._sort()

    def _sort(self) -> None:
        """Deal with what has come in."""
        self._take_words()
        inbox = self._exchange.inbox
        while inbox:
            mail = inbox.popleft()
            self._exchange.handled(mail.correspondent)
            if mail.data is wire.DONE:
                continue
            if self._mail_bytes > INBOX_LIMIT_BYTES or self._closing_until is not None:
                self._dead_letter(mail)
            else:
                self._mail_bytes += len(mail.data)
                self._mail.append(Mail(mail.correspondent, mail.number, bytes(mail.data)))
        self._clerk.attend()
        now = time.monotonic()
        if now > self._look_at and self._admin_process is not None and not self.has_ended:
            self._look_at = now + LOOK_AFTER_S / 2
            if self._admin_process.is_gone():
                self.has_ended = True
                self._exchange.wake()

    def _take_words(self) -> None:
        while self._words:
            self._take_word(self._words.popleft())

    def _take_word(self, message: Any) -> None:
        match message:
            case Answer():
                self._mail.append(Envelope(self.address, message, self.admin))
            case Fates():
                self._clerk.answered(message)
            case Unreadable(to=to, details=details):
                text = f"a message to {to} could not be unpickled there\n{details}"
                self._mail.append(ActorSystemFailure(text))
            case Joined():
                self.joined = message
            case SystemEnded(killed=killed):
                self.killed = killed
                self.has_ended = True

    def _give_back(self, message: Any, sender: ActorAddress) -> None:
        self._mail.append(Envelope(self.address, message, sender))

    def _not_delivered(self, to: ActorAddress) -> None:
        self._mail.append(Envelope(self.address, NotDelivered(to), self.admin))

    def _opened(self, item: Envelope | Mail | Exception) -> Envelope | None:
        if isinstance(item, Envelope):
            return item
        if isinstance(item, Exception):
            raise item
        self._mail_bytes -= len(item.data)
        try:
            sender, message = self._exchange.decode(item)
        except Exception as why:
            details = foreign_source(why) or f"{type(why).__name__}: {why}"
            thesplog("%s cannot unpickle a message: %s", self.address, details, level=40)
            if item.correspondent:
                self._clerk.report_unreadable(item, details)
            else:  # this program has sent it to itself
                self._take_word(Unreadable(b"", self.address, details))
            return None
        return Envelope(self.address, message, sender)

    def _dead_letter(self, mail: Mail) -> None:
        with contextlib.suppress(Exception):  # what cannot be read is nobody's letter
            sender, message = self._exchange.decode(mail)
            self._clerk.dead_letter(self.address, message, sender)

    def _give_up_mail(self) -> None:
        while self._mail:
            item = self._mail.popleft()
            if isinstance(item, Mail):
                self._dead_letter(item)

    def _tell_admin(self, request: Request) -> None:
        self._exchange.send(self.admin, request, self.address, wire.FOR_THE_RUNTIME)
