"""Whoever does not know the key gets nothing unpickled, and takes neither memory nor time from a system."""

from __future__ import annotations

import contextlib
import os
import pickle
import random
import socket
import struct
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from plugins.tcp.tests.system.families import HOST, Family, asys, base_name, place, port
from plugins.tcp.tests.system.mortals import Mortal
from plugins.tcp.tests.tcp_helpers import framed, raw_client
from thespian_core.addresses import ActorAddress
from thespian_core.api.system import ActorSystem
from thespian_core.testing.contract import PATIENCE_S
from thespian_core.testing.doer import do
from thespian_multiproc.protocol import fields
from thespian_multiproc.protocol.frames import data_frame
from thespian_multiproc.protocol.handshake import WRONG_KEY, Failed, Initiator

__all__ = ["asys", "base_name", "place", "port"]

ROUNDS = 100
GROWTH_KIB = 16 << 10  # far less than what is claimed and sent
HANGS_UP_WITHIN_S = 25.0


class Bomb:
    """Makes a folder when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.path),)


@attrs.frozen
class Target:
    """A listening port of a system, and whose it is."""

    actor: ActorAddress
    place: str
    pid: int


@pytest.fixture(params=["admin", "actor", "program"])
def target(request: pytest.FixtureRequest, asys: ActorSystem, port: int) -> Target:
    """Each listening port in turn."""
    actor = asys.createActor(Mortal)
    assert asys.ask(actor, do("note_unpickling"), PATIENCE_S) == "noting"
    family = Family.of(asys, actor)
    program = asys.ask(actor, do("sender"), PATIENCE_S)
    places = {
        "admin": (f"{HOST}:{port}", family.admin),
        "actor": (place_in(str(actor)), family.actor),
        "program": (place_in(program), os.getpid()),
    }
    return Target(actor, *places[request.param])


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


def said_after(client: socket.socket) -> bytes:
    """Return what is said to a client until it is hung up on."""
    client.settimeout(HANGS_UP_WITHIN_S)
    said = b""
    with contextlib.suppress(ConnectionError):
        while piece := client.recv(65536):
            said += piece
    return said


def send(client: socket.socket, data: bytes) -> None:
    with contextlib.suppress(ConnectionError):
        client.sendall(data)


def hello(key: bytes = b"w" * 32) -> Initiator:
    """Return somebody who begins, and does not know the key."""
    return Initiator(key, "stranger", "", os.urandom(32), lambda peer: (0, 0))


def one_frame(client: socket.socket) -> bytes:
    client.settimeout(HANGS_UP_WITHIN_S)
    with client.makefile("rb") as stream:
        (size,) = struct.unpack(">I", stream.read(4))
        return stream.read(size)


@pytest.mark.slow
def test_random_bytes_get_no_answer(target: Target) -> None:
    dice = random.Random(1)
    for _ in range(ROUNDS):
        with raw_client(target.place) as client:
            send(client, dice.randbytes(dice.randrange(1, 4000)))
            with contextlib.suppress(OSError):  # it may have been hung up on already
                client.shutdown(socket.SHUT_WR)
            assert said_after(client) == b""


@pytest.mark.slow
def test_a_claim_of_four_gibibytes_is_hung_up_on(target: Target) -> None:
    for _ in range(ROUNDS):
        with raw_client(target.place) as client:
            send(client, struct.pack(">I", 0xFFFF_FFFF) + bytes(100_000))
            assert said_after(client) == b""


@pytest.mark.slow
@pytest.mark.parametrize(
    "wrap", [lambda bomb: bomb, lambda bomb: b"".join(data_frame(1, [b"M" + bomb], 0, 0))]
)
def test_a_pickle_as_the_first_frame_is_not_looked_at(
    target: Target, tmp_path: Path, wrap: Callable[[bytes], bytes]
) -> None:
    bomb = pickle.dumps(Bomb(tmp_path / "exploded"))
    with raw_client(target.place) as client:
        send(client, framed(wrap(bomb)))
        assert said_after(client) == b""


@pytest.mark.slow
def test_a_pickle_after_half_a_handshake_is_not_looked_at(target: Target, tmp_path: Path) -> None:
    bomb = pickle.dumps(Bomb(tmp_path / "exploded"))
    with raw_client(target.place) as client:
        send(client, framed(hello().begin()))
        assert fields.kind_of(one_frame(client)) == b"C"
        send(client, framed(b"".join(data_frame(1, [b"M" + bomb], 0, 0))))
        send(client, framed(bomb))
        assert said_after(client) == b""


@pytest.mark.slow
def test_who_proves_another_key_is_hung_up_on_without_a_word(target: Target, tmp_path: Path) -> None:
    for _ in range(ROUNDS // 10):
        with raw_client(target.place) as client:
            stranger = hello()
            send(client, framed(stranger.begin()))
            assert stranger.handle(one_frame(client)) == Failed(None, WRONG_KEY)
            send(client, framed(fields.build(b"P", 0, os.urandom(48))))
            assert said_after(client) == b""


@pytest.mark.slow
def test_half_a_handshake_and_silence_holds_nobody_up_and_ends_some_time(target: Target) -> None:
    with contextlib.ExitStack() as clients:
        silent = [clients.enter_context(raw_client(target.place)) for _ in range(200)]
        for number, client in enumerate(silent):
            send(client, framed(hello().begin())[: 100 if number % 2 else None])
        with raw_client(target.place) as late:
            send(late, framed(hello().begin()))
            assert fields.kind_of(one_frame(late)) == b"C"
        for client in silent[::2]:
            assert len(said_after(client)) in (0, 4 + fields.FRAME_BYTES)
