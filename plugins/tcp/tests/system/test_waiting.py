"""Waiting for the network, and the turns that threads take at it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from thespian_multiproc.runtime.sleeping import Sleeper
from thespian_multiproc.runtime.turns import Turns
from thespian_multiproc.transport.interface import Endpoint, Received
from thespian_tcp.transport import TcpTransport

PATIENCE_S = 20.0


@pytest.fixture
def ends() -> Iterator[tuple[Endpoint, Endpoint]]:
    transport = TcpTransport()
    with closing(transport.open()) as one, closing(transport.open()) as other:
        yield one, other


def make_it_stay_awake(sleeper: Sleeper, one: Endpoint, other: Endpoint) -> None:
    """Let answers come so fast that it pays not to sleep."""
    for number in range(200):
        one.submit([b"quick"], other.where, number)
        for _ in range(5):
            one.wait(0)
        sleeper.wait(1.0)


@pytest.mark.parametrize("awake", [False, True])
def test_a_wake_before_the_wait_ends_it_at_once(ends: tuple[Endpoint, Endpoint], awake: bool) -> None:
    one, other = ends
    sleeper = Sleeper(other)
    if awake:
        make_it_stay_awake(sleeper, one, other)
        while sleeper.wait(0):
            pass
    sleeper.wake()
    thread = threading.Thread(target=sleeper.wait, args=(None,), daemon=True)
    thread.start()
    thread.join(PATIENCE_S)
    assert not thread.is_alive()


@pytest.mark.parametrize("awake", [False, True])
def test_no_wake_of_many_is_lost(ends: tuple[Endpoint, Endpoint], awake: bool) -> None:
    one, other = ends
    sleeper = Sleeper(other)
    if awake:
        make_it_stay_awake(sleeper, one, other)
    asked, done = threading.Semaphore(0), threading.Semaphore(0)

    def wait_for_each() -> None:
        for _ in range(300):
            while not asked.acquire(blocking=False):
                sleeper.wait(None)
            done.release()

    thread = threading.Thread(target=wait_for_each, daemon=True)
    thread.start()
    for _ in range(300):
        asked.release()
        sleeper.wake()
        assert done.acquire(timeout=PATIENCE_S)
    thread.join(PATIENCE_S)
    assert not thread.is_alive()


def test_what_arrives_ends_a_wait(ends: tuple[Endpoint, Endpoint]) -> None:
    one, other = ends
    one.submit([b"hello"], other.where, 1)
    one.wait(0)
    assert [type(event) for event in Sleeper(other).wait(PATIENCE_S)] == [Received]


def test_a_thread_that_wants_a_turn_gets_it_though_another_waits_for_ever(
    ends: tuple[Endpoint, Endpoint],
) -> None:
    sleeper = Sleeper(ends[0])
    turns = Turns(sleeper.wake)
    ends_now = threading.Event()

    def attend_for_ever() -> None:
        while not ends_now.is_set():
            turns.attend(None, lambda timeout_s: bool(sleeper.wait(timeout_s)))

    thread = threading.Thread(target=attend_for_ever, daemon=True)
    thread.start()
    taken = 0
    for _ in range(500):
        turns.take()
        taken += 1
        turns.give()
    ends_now.set()
    sleeper.wake()
    thread.join(PATIENCE_S)
    assert (taken, thread.is_alive()) == (500, False)
