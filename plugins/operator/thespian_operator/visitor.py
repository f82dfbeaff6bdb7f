"""A mailbox in a running system for as long as a command lasts; it imports none of the users' code."""

from __future__ import annotations

import contextlib
import os
import time
from collections import deque
from collections.abc import Iterable
from typing import Any

import attrs

from thespian_core.addresses import ActorAddress, Mailbox
from thespian_core.semantics.requests import ShutDown
from thespian_multiproc.runtime import wire
from thespian_multiproc.runtime.closedpickle import loads_closed
from thespian_multiproc.runtime.exchange import Exchange
from thespian_multiproc.runtime.inquiries import Fate, Join, Joined, Leave, SystemEnded
from thespian_multiproc.runtime.opaque import keep_closed
from thespian_multiproc.runtime.opening import new_prefix, open_exchange
from thespian_multiproc.runtime.reports import (
    ActorReport,
    ActorRow,
    AskActor,
    AskHandling,
    AskSystem,
    Handling,
    Seen,
    SystemReport,
)
from thespian_multiproc.transport.interface import Transport

LEAVE_S = 0.5  # what is waited for at most so that the last word gets through


class SystemSilent(Exception):
    """The admin does not answer, or is gone."""


@attrs.define(eq=False)
class Visitor:
    """What a command knows of the system that it has joined.

    Attributes:
        base_name: the base's name.
        where: the place of the admin.
        joined: what the admin has said when it let this program in.
        reports: the last answer of each actor, which may be late.
    """

    base_name: str
    where: str
    _admin: ActorAddress
    _exchange: Exchange
    _heard: deque[Any]
    joined: Joined | None = None
    reports: dict[str, ActorReport] = attrs.field(factory=dict)
    _has_heard_actors: bool = False
    _unanswered: set[str] = attrs.field(factory=set)

    @classmethod
    def open(cls, base_name: str, transport: Transport, where: str, key: bytes) -> Visitor:
        """Open the mailbox; nothing is sent yet."""
        keep_closed()
        heard: deque[Any] = deque()
        exchange = open_exchange(
            transport,
            None,
            f"{new_prefix()}p",
            key,
            lambda _sender, message: heard.append(message),
            loads_closed,
        )
        admin = ActorAddress(Mailbox(transport.scheme, where))
        return cls(base_name, where, admin, exchange, heard)

    @property
    def complaints(self) -> list[str]:
        """Why conversations failed, as far as waiting does not mend it."""
        return [complaint.reason for complaint in self._exchange.complaints]

    @property
    def reasons(self) -> list[str]:
        """Why the admin has not let this program in, as far as is known."""
        return self.complaints or self._exchange.suspicions

    def join(self, until: float) -> Joined | None:
        """Ask the admin to be let in; None when it does not answer in time, or refuses."""
        self._tell_admin(Join(os.getpid()))
        while not self.complaints and not self._is_gone and time.monotonic() < until:
            for message in self._hear(until):
                if isinstance(message, Joined):
                    self.joined = message
                    return message
        return None

    def system(self, until: float) -> SystemReport:
        """Ask the admin who lives.

        Raises:
            SystemSilent: it does not answer.
        """
        self._tell_admin(AskSystem())
        while time.monotonic() < until and not self._is_gone:
            for message in self._hear(until):
                if isinstance(message, SystemReport):
                    others = tuple(pid for pid in message.programs if pid != os.getpid())
                    return message._replace(programs=others)
        raise SystemSilent

    def ask_actors(self, actors: Iterable[ActorRow], number: int) -> None:
        """Ask actors how they are; the number comes back with their answers.

        Who has not answered yet is not asked again: a busy actor would have a question for every look.
        """
        question = AskActor(self._exchange.address, number)
        for actor in actors:
            if actor.address.key in self._unanswered:
                continue
            self._unanswered.add(actor.address.key)
            self._exchange.send(actor.address, question, self._exchange.address, wire.FOR_THE_RUNTIME)
        self._exchange.rest()

    def hear_actors(self, until: float) -> bool:
        """Wait for answers, until some have come in; whether any have."""
        self._has_heard_actors = False
        while not self._has_heard_actors and time.monotonic() < until:
            self._hear(until)
        return self._has_heard_actors

    def handling(self, ids: Iterable[str], until: float) -> tuple[Handling, ...]:
        """Ask what actors are handling; nothing when that is not known in time."""
        self._tell_admin(AskHandling(tuple(ids)))
        while time.monotonic() < until:
            for message in self._hear(until):
                if isinstance(message, Seen):
                    return message.handling
        return ()

    def shut_down(self) -> None:
        """Ask the system to end."""
        self._tell_admin(ShutDown())
        self._exchange.rest()

    def hear_the_end(self, until: float) -> tuple[str, ...] | None:
        """Wait for the system's last word: who had to be killed; None when it has not come."""
        while time.monotonic() < until and not self._is_gone:
            for message in self._hear(until):
                if isinstance(message, SystemEnded):
                    return message.killed
        return None

    def rest(self, until: float) -> None:
        """Let time pass.

        Raises:
            SystemSilent: the admin is gone.
        """
        while time.monotonic() < until:
            self._hear(until)
            if self._is_gone:
                raise SystemSilent

    def close(self) -> None:
        """Leave the system."""
        exchange = self._exchange
        until = time.monotonic() + LEAVE_S
        with contextlib.suppress(Exception):
            if not self._is_gone and not exchange.complaints:
                self._tell_admin(Leave())
                exchange.rest()
                # Actors that do not know that their answers have come in would all look for this mailbox.
                while not exchange.tell_all() or self._unreceived_by_admin:
                    if (left_s := until - time.monotonic()) <= 0:
                        break
                    exchange.attend(left_s)
        exchange.close()

    @property
    def _is_gone(self) -> bool:
        return any(map(self._is_admin, self._exchange.doubts))

    def _is_admin(self, name: str) -> bool:
        return name == self.where or (self.joined is not None and name == self.joined.admin_id)

    @property
    def _unreceived_by_admin(self) -> bool:
        unhandled = {str(to.addressDetails.where): number for to, number in self._exchange.unhandled()}
        return not self._is_gone and bool(unhandled.get(self.where))

    def _hear(self, until: float) -> list[Any]:
        """Wait for what comes in, and return what is not an actor's answer.

        Messages to the mailbox itself are nothing to a command.
        """
        exchange = self._exchange
        if not self._heard:
            exchange.attend(max(0.0, until - time.monotonic()))
        while exchange.inbox:
            exchange.handled(exchange.inbox.popleft().correspondent)
        exchange.rest()
        for name in [name for name in exchange.doubts if not self._is_admin(name)]:
            exchange.doubts.remove(name)
            exchange.learn(Fate(name, "unknown"))  # an actor that has ended meanwhile: the network says so
        exchange.lifeless.clear()
        found = []
        while self._heard:
            message = self._heard.popleft()
            if isinstance(message, ActorReport):
                self.reports[message.id] = message
                self._unanswered.discard(message.id)
                self._has_heard_actors = True
            else:
                found.append(message)
        return found

    def _tell_admin(self, request: Any) -> None:
        self._exchange.send(self._admin, request, self._exchange.address, wire.FOR_THE_RUNTIME)
