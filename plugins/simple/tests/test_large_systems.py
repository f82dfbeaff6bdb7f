"""No cliff: what is done for one of many actors does not cost the number of all."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from plugins.simple.tests.simple_actors import Caller, Clock, Echo
from thespian.actors import ActorAddress, ActorExitRequest, ActorSystem

MANY = 10_000
LIMIT_S = 20  # each takes well under a second here; by the square it would take minutes

pytestmark = pytest.mark.slow


@contextmanager
def soon() -> Iterator[None]:
    """Fail when the body takes too long."""
    began = time.monotonic()
    yield
    assert time.monotonic() - began < LIMIT_S


def family(actor: Caller, sender: ActorAddress) -> str:
    """Create many children."""
    for _ in range(MANY):
        actor.createActor(Echo)
    return "done"


def test_a_large_family_exits(asys: ActorSystem) -> None:
    parent = asys.createActor(Caller)
    asys.ask(parent, family, 60)
    with soon():
        asys.tell(parent, ActorExitRequest())


def test_a_large_family_is_shut_down(asys: ActorSystem) -> None:
    asys.ask(asys.createActor(Caller), family, 60)
    with soon():
        asys.shutdown()


def test_many_actors_without_a_parent_are_shut_down(asys: ActorSystem) -> None:
    for _ in range(MANY):
        asys.createActor(Echo)
    with soon():
        asys.shutdown()


def test_actors_exit_while_many_wake_ups_are_pending(asys: ActorSystem) -> None:
    clocks = [asys.createActor(Clock) for _ in range(MANY)]
    for clock in clocks:
        asys.tell(clock, ([], None, 1000))
    with soon():
        for clock in clocks:
            asys.tell(clock, ActorExitRequest())
    asys.listen(0)


def test_many_children_are_refused_while_much_mail_waits(asys: ActorSystem) -> None:
    def refuse(actor: Caller, sender: ActorAddress) -> None:
        for _ in range(MANY):
            actor.send(actor.createActor("no.such.Class"), "mail")

    with soon():
        asys.tell(asys.createActor(Caller), refuse)
