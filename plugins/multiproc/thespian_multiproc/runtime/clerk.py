"""What a process does about mail that nobody handles: asks the admin, and says what became of it."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Callable
from typing import Any

from thespian_core.addresses import ActorAddress
from thespian_core.internallog import thesplog
from thespian_core.messages import DeadEnvelope, PoisonMessage
from thespian_core.semantics.deadletters import is_letter, sent_back
from thespian_core.texts import cut
from thespian_multiproc.protocol.session_effects import Lifeless
from thespian_multiproc.runtime import wire
from thespian_multiproc.runtime.exchange import TOO_MUCH_UNSENT, Exchange, Mail
from thespian_multiproc.runtime.inquiries import AskFates, Fates, Unreadable


class Clerk:
    """Keeps the letters of one exchange until the admin has said who gets them.

    Args:
        exchange: the mail it is about.
        admin: who is asked.
        give_back: delivers a message to the owner of the mailbox, from some sender.
        unread: called with whom a message was for that nobody gets, no handler either.
    """

    def __init__(
        self,
        exchange: Exchange,
        admin: ActorAddress,
        give_back: Callable[[Any, ActorAddress], None],
        unread: Callable[[ActorAddress], None] | None = None,
    ) -> None:
        self._exchange = exchange
        self._admin = admin
        self._give_back = give_back
        self._unread = unread
        self._asked: set[str] = set()
        self._refused: dict[str, str] = {}
        self._letters: list[tuple[ActorAddress, Any, ActorAddress]] = []
        self._letters_asked = 0  # how many of them the last question was about
        self._dropped = 0  # messages that were not even tried, and nobody was told of yet

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits for an answer."""
        return not self._letters and not self._asked

    def attend(self) -> None:
        """Take up what the exchange has for it; to be called after each of its waits."""
        exchange = self._exchange
        while exchange.lifeless:
            lifeless, exchange.lifeless = exchange.lifeless, []
            for mail in lifeless:
                self._bury(mail)
        if self._dropped:
            dropped, self._dropped = self._dropped, 0
            logging.getLogger("thespian").error(
                "%s: %d messages became dead letters: %s (over %d bytes; capability 'Most Unsent Bytes')",
                exchange.address,
                dropped,
                TOO_MUCH_UNSENT,
                exchange.most_unsent_bytes,
            )
        if exchange.doubts:
            doubts, exchange.doubts = exchange.doubts, []
            self._ask(tuple(dict.fromkeys(doubts)))
        elif self._letters and not self._letters_asked:
            self._ask(())

    def dead_letter(self, to: ActorAddress, message: Any, sender: ActorAddress) -> None:
        """Send a message that has no living target to the handler of dead letters, if there is one."""
        if is_letter(message):
            self._letters.append((to, message, sender))

    def refuse(self, id_: str, why: str) -> None:
        """Nobody will ever have a mailbox: mail for it goes back to its senders."""
        self._refused[id_] = why

    def answered(self, fates: Fates) -> None:
        """Take the admin's answer."""
        exchange = self._exchange
        if any(fate.state == "gone" for fate in fates.fates):
            exchange.catch_up()  # what the dead have sent is here, and is read before they are forgotten
        for fate in fates.fates:
            self._asked.discard(fate.id)
            if fate.state == "refused":
                self._refused[fate.id] = fate.how
            exchange.learn(fate)
        letters, self._letters = self._letters[: self._letters_asked], self._letters[self._letters_asked :]
        self._letters_asked = 0
        handler = fates.handler
        for to, message, sender in letters:
            if handler is not None and handler != to:
                self._post(handler, DeadEnvelope(to, message), sender)
            elif self._unread is not None:
                self._unread(to)

    def unreadable(self, report: Unreadable) -> None:
        """A message of this process could not be unpickled where it came in."""
        self._return(report.data, report.to, f"it could not be unpickled by its receiver\n{report.details}")

    def report_unreadable(self, mail: Mail, details: str) -> None:
        """Tell the sender of a message that it cannot be unpickled here."""
        exchange = self._exchange
        report = Unreadable(bytes(mail.data), exchange.address, cut(details))
        if not mail.correspondent:  # this process has sent it to itself
            self.unreadable(report)
            return
        sender = exchange.address_of(mail.correspondent)
        try:
            exchange.send(sender, report, exchange.address, wire.FOR_THE_RUNTIME)
        except Exception as why:
            thesplog("%s cannot be told that it cannot be read: %r", sender, why, level=40)

    def _ask(self, ids: tuple[str, ...]) -> None:
        self._asked.update(ids)
        me = self._exchange.address
        question = AskFates(str(me.key), ids, len(self._letters) - self._letters_asked)
        self._letters_asked = len(self._letters)
        self._exchange.send(self._admin, question, me, wire.FOR_THE_RUNTIME)

    def _bury(self, mail: Lifeless) -> None:
        to = self._exchange.address_of(mail.correspondent)
        refused = self._refused.get(mail.correspondent)
        if mail.reason == TOO_MUCH_UNSENT:
            self._dropped += len(mail.messages)
        for number, data in enumerate(mail.messages):
            if data[0] == ord(wire.FOR_THE_RUNTIME):
                continue
            if number == 0 and mail.first_was_begun:
                # It may have been given back, and its receiver killed before it could take note of that.
                if self._exchange.came_back(mail.correspondent, mail.first):
                    continue
                self._return(data, to, f"the actor died while it handled this message: {mail.reason}")
                continue
            try:
                sender, message = self._read(data)
            except Exception as why:
                thesplog("a dead letter for %s cannot be read again: %r", to, why, level=40)
                continue
            if refused is not None:
                poison = sent_back(message, refused)
                if poison is not None:
                    self._give_back(poison, self._exchange.address)
            else:
                self.dead_letter(to, message, sender)

    def _return(self, data: Any, to: ActorAddress, details: str) -> None:
        """Give a message back as poison."""
        try:
            sender, message = self._read(data)
        except Exception as why:
            message, sender = f"<a message that cannot be read: {why!r}>", self._exchange.address
        if issubclass(type(message), PoisonMessage):
            return
        poison = PoisonMessage(message, details)
        if sender == self._exchange.address:
            self._give_back(poison, to)
        else:
            self._post(sender, poison, to)

    def _read(self, data: Any) -> tuple[ActorAddress, Any]:
        return wire.decode(data, self._exchange.address, pickle.loads)

    def _post(self, to: ActorAddress, message: Any, sender: ActorAddress) -> None:
        try:
            # Of a kind that is given: what is returned is never lifeless for too much unsent mail again.
            self._exchange.send(to, message, sender, wire.WITH_SENDER)
        except Exception as why:
            thesplog("%s cannot be sent to %s: %r", type(message).__name__, to, why, level=40)
