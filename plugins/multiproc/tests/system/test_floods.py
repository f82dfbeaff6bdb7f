"""Whatever floods whom, all finish, with bounded memory, and every message is accounted for."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from plugins.multiproc.tests.system.conftest import NewSystem
from plugins.multiproc.tests.system.flood_actors import (
    Echo,
    Expect,
    Flood,
    Flooder,
    Report,
    Seen,
    Undertaker,
    most_memory_kib,
)
from thespian_core.addresses import ActorAddress
from thespian_core.api.system import ActorSystem
from thespian_core.errors import ActorSystemRequestTimeout
from thespian_core.status import Thespian_ActorStatus, Thespian_StatusReq
from thespian_core.testing.steps import wait_until

MIB = 1024  # in KiB, as the system counts
PATIENCE_S = 100.0


def seen(asys: ActorSystem, actor: ActorAddress) -> Seen:
    """Return what an actor has seen."""
    answer = asys.ask(actor, Report(), PATIENCE_S)
    assert isinstance(answer, Seen), answer
    return answer


def flooders(asys: ActorSystem, count: int) -> list[ActorAddress]:
    """Return new actors that run."""
    actors = [asys.createActor(Flooder) for _ in range(count)]
    for actor in actors:
        seen(asys, actor)
    return actors


def check(asys: ActorSystem, actor: ActorAddress, taken: int, most_mib: int = 200) -> Seen:
    """Fail unless an actor took so many numbers, in order, in so much memory."""
    found = seen(asys, actor)
    print(f"\n{found}")
    assert (found.taken, found.in_order, found.returned) == (taken, True, 0)
    assert found.most_kib < most_mib * MIB
    return found


@pytest.mark.slow
def test_two_actors_that_flood_each_other_at_once_both_finish(asys: ActorSystem) -> None:
    one, other = flooders(asys, 2)
    for me, you in [(one, other), (other, one)]:
        asys.tell(me, Flood(you, 200_000))
        asys.tell(me, Expect(200_000))
    assert [asys.listen(PATIENCE_S), asys.listen(PATIENCE_S)] == ["done", "done"]
    check(asys, one, 200_000)
    check(asys, other, 200_000)


@pytest.mark.slow
def test_two_actors_that_flood_each_other_above_their_limit_both_finish(new_system: NewSystem) -> None:
    asys = new_system(Max_Unsent_Bytes=64 << 10)
    one, other = flooders(asys, 2)
    for me, you in [(one, other), (other, one)]:
        asys.tell(me, Flood(you, 5_000, size=2_000))
        asys.tell(me, Expect(10_000))
    for me, you in [(one, other), (other, one)]:
        asys.tell(me, Flood(you, 5_000, size=2_000))
    assert [asys.listen(PATIENCE_S), asys.listen(PATIENCE_S)] == ["done", "done"]
    for actor in (one, other):
        assert seen(asys, actor).taken == 10_000


@pytest.mark.slow
def test_a_million_messages_go_one_way(asys: ActorSystem) -> None:
    one, other = flooders(asys, 2)
    asys.tell(other, Expect(1_000_000))
    asys.tell(one, Flood(other, 1_000_000))
    assert asys.listen(PATIENCE_S) == "done"
    check(asys, one, 0)
    check(asys, other, 1_000_000)


@pytest.mark.slow
def test_a_program_that_never_listens_stalls_no_actor(asys: ActorSystem) -> None:
    echo = asys.createActor(Echo)
    message: Any = 1
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak of the tests before
    before_kib = most_memory_kib()
    for _ in range(1_000_000):
        asys.tell(echo, message)
    with asys.private() as beside:
        found = beside.ask(echo, Report(), PATIENCE_S)
    assert isinstance(found, Seen)
    print(f"\n{found}, the program: {most_memory_kib()} KiB")
    assert found.most_kib < 300 * MIB
    assert most_memory_kib() - before_kib < 300 * MIB
    returned = 0
    while asys.listen(1.0) is not None:
        returned += 1
    assert returned == 1_000_000


@contextmanager
def stopped(asys: ActorSystem, actor: ActorAddress) -> Iterator[None]:
    """Stop an actor's process for a while."""
    pid = seen(asys, actor).pid
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.slow
def test_what_an_actor_sends_above_the_hard_limit_becomes_dead_letters(new_system: NewSystem) -> None:
    asys = new_system(Most_Unsent_Bytes=1 << 20)
    one, other = flooders(asys, 2)
    undertaker = asys.createActor(Undertaker)
    asys.tell(undertaker, "begin")
    wait_until(asys, lambda status: status.deadLetterHandler == undertaker)
    with stopped(asys, other):
        asys.tell(one, Flood(other, 20_000, size=1000))
        while seen(asys, undertaker).dead < 10_000:
            pass
    # The actor is above the limit no more, so what it sends now arrives.
    while (dead := seen(asys, undertaker).dead) + seen(asys, other).taken < 20_000:
        pass
    assert seen(asys, other).in_order
    assert seen(asys, one).returned == 0
    assert (seen(asys, undertaker).dead, seen(asys, other).taken) == (dead, 20_000 - dead)


@pytest.mark.slow
def test_a_program_that_overruns_a_stopped_actor_waits_and_then_is_told(asys: ActorSystem) -> None:
    (actor,) = flooders(asys, 1)
    with stopped(asys, actor):
        accepted, waited_s, why = 0, 0.0, ""
        while not why and accepted < 100:
            began_at = time.monotonic()
            try:
                asys.ask(actor, (accepted, bytes(1 << 20)), 0.2)
                accepted += 1
            except ActorSystemRequestTimeout as refused:
                waited_s, why = time.monotonic() - began_at, str(refused)
    assert "the message was not sent" in why
    assert waited_s >= 0.2
    assert 16 <= accepted <= 24  # 16 MiB wait, and 4 are on the way
    found = seen(asys, actor)
    assert (found.taken, found.in_order) == (accepted, True)


@pytest.mark.slow
def test_control_mail_out_of_its_turn_does_not_count_for_what_waits_before_it(new_system: NewSystem) -> None:
    asys = new_system(Max_Unsent_Bytes=64 << 10)
    one, other = flooders(asys, 2)
    undertaker = asys.createActor(Undertaker)
    asys.tell(undertaker, "begin")
    wait_until(asys, lambda status: status.deadLetterHandler == undertaker)
    pid = seen(asys, one).pid
    with stopped(asys, other):
        asys.tell(one, Flood(other, 5_000, size=2_000))
        asys.ask(one, Thespian_StatusReq(), PATIENCE_S)  # answered after the flood, by an actor held back
        for number in range(100):
            asys.tell(one, (number, b""))
        for _ in range(20):
            assert isinstance(asys.ask(one, Thespian_StatusReq(), PATIENCE_S), Thespian_ActorStatus)
        os.kill(pid, signal.SIGKILL)
        dead, until = 0, time.monotonic() + 20
        while dead < 90 and time.monotonic() < until:  # it may have taken a few before
            dead = seen(asys, undertaker).dead
    assert dead >= 90
