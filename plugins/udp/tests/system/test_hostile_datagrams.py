"""Whoever does not know the key gets nothing unpickled, and takes neither memory nor time from a system."""

from __future__ import annotations

import contextlib
import os
import pickle
import random
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from plugins.tcp.tests.system.families import processes
from plugins.tcp.tests.system.mortals import Mortal
from plugins.udp.tests.system.udp_systems import HOST, asys, port
from thespian_core.addresses import ActorAddress
from thespian_core.api.system import ActorSystem
from thespian_core.testing.contract import PATIENCE_S
from thespian_core.testing.doer import do
from thespian_multiproc.protocol import fields
from thespian_multiproc.protocol.handshake import WRONG_KEY, Failed, Initiator
from thespian_multiproc.protocol.packets import Counters, packet_frame
from thespian_udp.places import SocketAddress, as_socket_address

__all__ = ["asys", "port"]

ROUNDS = 300
GROWTH_KIB = 16 << 10  # far less than what is sent
ANSWERS_WITHIN_S = 10.0


class Bomb:
    """Makes a folder when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.path),)


@attrs.frozen
class Target:
    """A mailbox of a system, and whose it is."""

    actor: ActorAddress
    address: SocketAddress
    pid: int


@pytest.fixture(params=["admin", "actor", "program"])
def target(request: pytest.FixtureRequest, asys: ActorSystem, port: int) -> Target:
    """Each kind of mailbox in turn."""
    actor = asys.createActor(Mortal)
    assert asys.ask(actor, do("note_unpickling"), PATIENCE_S) == "noting"
    pid, launcher, _ = asys.ask(actor, do("where"), PATIENCE_S)
    targets = {
        "admin": (f"{HOST}:{port}", processes()[launcher][0]),
        "actor": (place_in(str(actor)), pid),
        "program": (place_in(asys.ask(actor, do("sender"), PATIENCE_S)), os.getpid()),
    }
    where, whose = targets[request.param]
    return Target(actor, as_socket_address(where), whose)


def place_in(address: str) -> str:
    return address.split("|")[1].split("~")[0].rstrip(")")


@pytest.fixture(autouse=True)
def nobody_notices(asys: ActorSystem, target: Target, tmp_path: Path) -> Iterator[None]:
    """All the while the actor answers; afterwards nothing was unpickled, and memory is as it was."""
    before = memory_kib(target.pid)
    stop, failures = threading.Event(), []

    def keep_asking() -> None:
        with asys.private() as mine:
            while not stop.is_set():
                if mine.ask(target.actor, do("answer", "well"), PATIENCE_S) != "well":
                    failures.append("the actor did not answer")
                    return

    asking = threading.Thread(target=keep_asking)
    asking.start()
    try:
        yield
    finally:
        stop.set()
        asking.join()
    assert failures == []
    assert asys.ask(asys.createActor(Mortal), do("answer", "well"), PATIENCE_S) == "well"
    looked_up = asys.ask(target.actor, do("unpickled"), PATIENCE_S)
    assert "thespian_core.testing.doer.Do" in looked_up
    assert [name for name in looked_up if name.endswith(".mkdir")] == []
    assert not tmp_path.joinpath("exploded").exists()
    assert memory_kib(target.pid) - before < GROWTH_KIB


def memory_kib(pid: int) -> int:
    listed = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True)
    return int(listed.stdout)


@pytest.fixture
def client() -> Iterator[socket.socket]:
    """A stranger."""
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.bind((HOST, 0))
        sock.settimeout(ANSWERS_WITHIN_S)
        yield sock


def hello() -> Initiator:
    """Return somebody who begins, and does not know the key."""
    return Initiator(b"w" * 32, "stranger", "", os.urandom(32), lambda peer: (0, 0))


def answers(client: socket.socket) -> list[bytes]:
    """Return what has come for a stranger, and had to come before the answer to one more hello."""
    found = []
    while True:
        frame = client.recv(65_536)
        if fields.kind_of(frame) == b"C":
            return found
        found.append(frame)


@pytest.mark.slow
def test_random_datagrams_of_any_size_get_no_answer(target: Target, client: socket.socket) -> None:
    dice = random.Random(1)
    for number in range(ROUNDS):
        client.sendto(dice.randbytes(dice.choice((0, 1, 16, 53, 256, 1024, 1025, 65_507))), target.address)
        if number % 100 == 0:
            client.sendto(hello().begin(), target.address)
            assert answers(client) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "wrap",
    [
        lambda bomb: bomb,
        lambda bomb: b"".join(packet_frame(1, 1, [(len(bomb), bomb)], Counters(0, 0, 0, 0), False)),
        lambda bomb: (
            bytes(16) + b"".join(packet_frame(1, 1, [(len(bomb), bomb)], Counters(0, 0, 0, 0), True))
        ),
    ],
    ids=["bare", "in a frame", "in a frame with a code"],
)
def test_a_pickle_is_not_looked_at_before_during_and_after_a_handshake(
    target: Target, client: socket.socket, tmp_path: Path, wrap: Callable[[bytes], bytes]
) -> None:
    bomb = wrap(pickle.dumps(Bomb(tmp_path / "exploded")))
    for frame in (bomb, hello().begin(), bomb, fields.build(b"P", 0, os.urandom(48)), bomb):
        client.sendto(frame, target.address)
    assert answers(client) == []


@pytest.mark.slow
def test_who_proves_another_key_gets_no_word_more(target: Target, client: socket.socket) -> None:
    for _ in range(ROUNDS // 10):
        stranger = hello()
        client.sendto(stranger.begin(), target.address)
        assert stranger.handle(client.recv(65_536)) == Failed(None, WRONG_KEY)
        client.sendto(fields.build(b"P", 0, os.urandom(48)), target.address)
    client.sendto(hello().begin(), target.address)
    assert answers(client) == []


@pytest.mark.slow
def test_a_flood_of_hellos_from_a_thousand_addresses_holds_nobody_up(target: Target) -> None:
    with contextlib.ExitStack() as clients:
        for _ in range(1_000):
            sock = clients.enter_context(socket.socket(type=socket.SOCK_DGRAM))
            sock.sendto(hello().begin(), target.address)
            sock.sendto(bytes(60_000), target.address)
        late = clients.enter_context(socket.socket(type=socket.SOCK_DGRAM))
        late.settimeout(0.1)
        for _ in range(100):  # the mailbox may be full for a moment
            late.sendto(hello().begin(), target.address)
            with contextlib.suppress(TimeoutError):
                assert len(late.recv(65_536)) == fields.FRAME_BYTES
                return
        pytest.fail("a stranger was not answered among the others")
