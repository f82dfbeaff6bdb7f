"""What a system base is: the small interface below ``ActorSystem``."""

from __future__ import annotations

import abc
from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from thespian_core.addresses import ActorAddress

LogDefs = Mapping[str, Any] | bool | None


class Envelope(NamedTuple):
    """One message on its way. A tuple, not attrs: one is made for every message."""

    to: ActorAddress
    message: Any
    sender: ActorAddress


class Plan(NamedTuple):
    """All that a system is started with; the same plan goes to every process of the system.

    Attributes:
        base_name: the name the base was asked for by.
        base_version: a whole number that grows with the base's changes.
        capabilities: the user's own, and what plugins found on this machine.
        log_defs: a dictConfig dictionary, None for the base's default, False to leave logging alone.
    """

    base_name: str
    base_version: int
    capabilities: Mapping[str, Any]
    log_defs: LogDefs = None


class Port(abc.ABC):
    """One outside program's (or thread's) own mailbox in a running system."""

    #: Where answers to this port go.
    address: ActorAddress
    #: Where requests to the system itself go.
    admin: ActorAddress

    @property
    def is_usable(self) -> bool:
        """Whether this process may use it; a fork of the one that opened it may have to open its own."""
        return True

    @abc.abstractmethod
    def send(self, envelope: Envelope, timeout_s: float | None) -> None:
        """Hand one message over.

        Args:
            envelope: who, to whom, what.
            timeout_s: how long the caller may be held; None for the base's own limit.

        Raises:
            ActorSystemRequestTimeout: the message could not be handed over in time; it was not sent.
            ActorSystemFailure: the system is gone; the message was not sent.
        """

    def ask(self, envelope: Envelope, timeout_s: float | None) -> None:
        """Hand one message over, whose sender calls ``receive`` next.

        The same as ``send`` if a base does not override it. A base whose actors run inside calls can leave
        running them to ``receive``, which knows when there is an answer. Arguments and errors are those of
        ``send``.
        """
        self.send(envelope, timeout_s)

    @abc.abstractmethod
    def receive(self, timeout_s: float | None) -> Envelope | None:
        """Return the next message to this port, waiting for it if need be.

        Args:
            timeout_s: how long to wait at most; None for ever, 0 to look only.

        Returns:
            None when none came in time, or when none can come any more.
        """

    @abc.abstractmethod
    def close(self) -> None:
        """Give the mailbox up; later mail to it is dead. May be called twice."""


class SystemBase(abc.ABC):
    """Runs actors: what a plugin's ``SystemBaseSpec.opens`` names.

    Args:
        plan: all that the system is started with.

    Attributes:
        not_promised: names of contract tests that the base does not pass, by the reason.
    """

    not_promised: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    @property
    @abc.abstractmethod
    def capabilities(self) -> Mapping[str, Any]:
        """What the running system offers now, or started with; read-only."""

    @property
    @abc.abstractmethod
    def is_running(self) -> bool:
        """Whether the system runs, as far as this process knows without asking."""

    def would_join(self) -> bool:
        """Whether ``start`` would find a system to join, or something else in its place; starts nothing.

        False by default: a base that does not override this has no systems that other programs join.

        Raises:
            ActorSystemStartupFailure: it could do neither; it says why.
        """
        return False

    @abc.abstractmethod
    def start(self) -> bool:
        """Join the running system that the plan names, or start one.

        Returns:
            True when a system was started, False when a running one was joined.

        Raises:
            ActorSystemStartupFailure: it says why; nothing is left running.
        """

    @abc.abstractmethod
    def connect(self) -> Port:
        """Open a mailbox for this program, or for one thread of it."""

    @abc.abstractmethod
    def stop(self, timeout_s: float) -> None:
        """End the system and all its actors: each is sent an ActorExitRequest first.

        Args:
            timeout_s: when this is over, what still runs is ended without being asked.
        """
