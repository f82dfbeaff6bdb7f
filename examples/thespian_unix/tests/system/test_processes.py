"""Whole systems on Unix sockets: large messages, every way to start processes, and a killed admin."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from thespian.actors import Actor, ActorAddress, ActorSystem

PATIENCE_S = 30
A_LOT = bytes(range(256)) * (40 << 10)  # 10 MiB: far more than a socket takes


class Echo(Actor):
    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        self.send(sender, os.getppid() if message == "parent" else message)


@pytest.fixture
def port() -> int:
    return random.SystemRandom().randint(1024, 65_535)


@pytest.fixture(params=["fork", "spawn"])
def asys(request: pytest.FixtureRequest, port: int) -> Iterator[ActorSystem]:
    capabilities = {"Admin Port": port, "Process Startup Method": request.param}
    system = ActorSystem("multiprocUnixBase", capabilities, logDefs=False, transientUnique=True)
    try:
        yield system
    finally:
        system.shutdown()


def has_name(port: int) -> bool:
    """Whether an admin has the place of that port, as Linux sees it."""
    lines = Path("/proc/net/unix").read_text("utf-8").splitlines()
    return any(line.endswith(f" @thespian-{os.getuid()}-{port}") for line in lines)


def test_a_message_far_larger_than_a_socket_comes_back_whole(asys: ActorSystem) -> None:
    echo = asys.createActor(Echo)
    assert asys.ask(echo, A_LOT, PATIENCE_S) == A_LOT


def test_many_messages_come_back_in_order(asys: ActorSystem) -> None:
    echo = asys.createActor(Echo)
    for number in range(2_000):
        asys.tell(echo, number)
    assert [asys.listen(PATIENCE_S) for _ in range(2_000)] == list(range(2_000))


def test_nothing_has_the_place_of_an_admin_any_more_when_the_launcher_is_killed(
    asys: ActorSystem, port: int
) -> None:
    launcher = asys.ask(asys.createActor(Echo), "parent", PATIENCE_S)
    assert has_name(port)
    os.kill(launcher, signal.SIGKILL)
    until = time.monotonic() + PATIENCE_S
    while has_name(port):
        assert time.monotonic() < until, "the system goes on"


def test_a_program_joins_the_system_of_another_at_the_same_port(asys: ActorSystem, port: int) -> None:
    asys.tell(asys.createActor(Echo, globalName="echo"), "unheard")
    with ActorSystem("multiprocUnixBase", {"Admin Port": port}, transientUnique=True).private() as other:
        assert other.ask(other.createActor(Echo, globalName="echo"), "hello", PATIENCE_S) == "hello"
