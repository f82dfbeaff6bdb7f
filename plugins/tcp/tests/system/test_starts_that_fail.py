"""A start that fails says why, and what to do about it, at once; it leaves nothing running."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from plugins.tcp.tests.system.families import (
    HOST,
    Family,
    asys,
    base_name,
    below,
    listens,
    place,
    port,
    processes,
)
from thespian_core.api.system import ActorSystem
from thespian_core.errors import ActorSystemFailure, ActorSystemStartupFailure
from thespian_core.testing.doer import Doer

__all__ = ["asys", "base_name", "place", "port"]

# Two seconds at most are waited for an answer; the rest is for loading and for a busy machine.
SAYS_WHY_WITHIN_S = 3.5


@pytest.fixture(autouse=True)
def nothing_is_left(place: Path) -> Iterator[None]:
    """After each test, this process has no child that it did not have before."""
    before = below(os.getpid())
    yield
    left = (below(os.getpid()) - before) & set(processes())  # but for what lists them
    assert not left


def why(base_name: str, capabilities: dict[str, Any], within_s: float = SAYS_WHY_WITHIN_S) -> str:
    """Return what a start that must fail says."""
    began = time.monotonic()
    with pytest.raises(ActorSystemStartupFailure) as failed:
        ActorSystem(base_name, capabilities, transientUnique=True).shutdown()
    assert time.monotonic() - began < within_s
    return str(failed.value)


def hold(connection: socket.socket) -> None:
    """Say nothing."""
    with contextlib.suppress(OSError):
        while connection.recv(4096):
            pass


def answer(data: bytes) -> Callable[[socket.socket], None]:
    """Return what says the same whatever it is told."""

    def talk(connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while connection.recv(4096):
                connection.sendall(data)

    return talk


@contextlib.contextmanager
def a_listener(port: int, talk: Callable[[socket.socket], None]) -> Iterator[None]:
    """Let somebody who is no Thespian have a port."""
    with socket.create_server((HOST, port)) as server, contextlib.ExitStack() as connections:

        def serve() -> None:
            while True:
                try:
                    connection = connections.enter_context(server.accept()[0])
                except OSError:
                    return
                threads.append(threading.Thread(target=talk, args=(connection,)))
                threads[-1].start()

        threads = [threading.Thread(target=serve)]
        threads[0].start()
        try:
            yield
        finally:
            server.shutdown(socket.SHUT_RDWR)
            threads[0].join()
            connections.close()
            for thread in threads[1:]:
                thread.join()


@pytest.mark.slow
def test_a_listener_that_says_nothing_is_named_as_one_that_does_not_answer(base_name: str, port: int) -> None:
    with a_listener(port, hold):
        text = why(base_name, {"Admin Port": port})
    assert f"{HOST}:{port}" in text
    assert "does not answer" in text
    assert "choose another Admin Port" in text


@pytest.mark.parametrize(
    "data",
    [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\0\0\0\5hello", b"\xff" * 10_000],
    ids=["a web server", "a small frame", "a large claim"],
)
@pytest.mark.slow
def test_a_listener_that_answers_something_else_is_no_system(base_name: str, port: int, data: bytes) -> None:
    with a_listener(port, answer(data)):
        text = why(base_name, {"Admin Port": port})
    assert f"{HOST}:{port}" in text
    assert "no system that this program can join" in text
    assert "choose another Admin Port" in text


@pytest.mark.slow
def test_a_listener_that_hangs_up_at_once_is_no_system(base_name: str, port: int) -> None:
    with a_listener(port, lambda connection: connection.close()):
        text = why(base_name, {"Admin Port": port})
    assert "no system that this program can join" in text


@pytest.mark.slow
def test_a_stopped_admin_is_named_as_one_that_does_not_answer(
    asys: ActorSystem, base_name: str, port: int
) -> None:
    admin = Family.of(asys).admin
    os.kill(admin, signal.SIGSTOP)
    try:
        text = why(base_name, {"Admin Port": port})
    finally:
        os.kill(admin, signal.SIGCONT)
    assert "does not answer" in text


@pytest.mark.slow
def test_a_system_with_another_key_says_that_its_key_is_not_known(
    asys: ActorSystem, base_name: str, port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "key"
    key.write_bytes(os.urandom(32))
    key.chmod(0o600)
    monkeypatch.setenv("THESPIAN_KEY_FILE", str(key))
    text = why(base_name, {"Admin Port": port})
    assert "key" in text
    assert f"{HOST}:{port}" in text


@pytest.mark.parametrize("given", [0, -1, 70_000, "1900", 1900.0, True, None, [1900]])
def test_an_admin_port_that_is_none_is_named_with_what_it_must_be(
    base_name: str, place: Path, given: Any
) -> None:
    text = why(base_name, {"Admin Port": given})
    assert "'Admin Port' must be a whole number from 1 to 65535" in text
    assert repr(given) in text


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("203.0.113.7", "key"),  # of the documentation's block: nobody's
        ("not a host", "one IP address of this machine"),
        ("0.0.0.0", "one IP address of this machine"),
        ("localhost", "one IP address of this machine"),
    ],
)
def test_a_host_that_cannot_be_is_named_in_the_text(
    base_name: str, port: int, monkeypatch: pytest.MonkeyPatch, host: str, said: str
) -> None:
    monkeypatch.delenv("THESPIAN_KEY_FILE", raising=False)
    monkeypatch.setenv("THESPIAN_BASE_IPADDR", host)
    assert said in why(base_name, {"Admin Port": port})


def test_an_address_of_another_machine_is_named_though_a_key_is_given(
    base_name: str, port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "key"
    key.write_bytes(os.urandom(32))
    key.chmod(0o600)
    monkeypatch.setenv("THESPIAN_KEY_FILE", str(key))
    monkeypatch.setenv("THESPIAN_BASE_IPADDR", "203.0.113.7")
    text = why(base_name, {"Admin Port": port})
    assert "203.0.113.7" in text
    assert not listens(port)


def test_a_module_that_ends_the_launcher_costs_no_time_and_the_end_is_told(base_name: str, port: int) -> None:
    began = time.monotonic()
    module = "plugins.multiproc.tests.system.ends_its_process"

    def start_and_create() -> None:  # the start fails, unless it is over before that module's turn comes
        asys = ActorSystem(base_name, {"Admin Port": port, "Preload Modules": module}, transientUnique=True)
        try:
            asys.createActor(Doer)
        finally:
            asys.shutdown()

    with pytest.raises(ActorSystemFailure) as failed:
        start_and_create()
    text = str(failed.value)
    assert "ended as soon as it was started: " in text or "the actor system has ended" in text
    assert time.monotonic() - began < 5
    assert not listens(port)


@pytest.mark.parametrize(
    ("capabilities", "named"),
    [
        ({"Preload Modules": 5}, "Preload Modules"),
        ({"Max Message Bytes": "much"}, "Max Message Bytes"),
        ({"Process Startup Method": "frok"}, "'fork', 'forkserver' or 'spawn', not 'frok'"),
        ({"Colour": lambda: None}, "Colour"),
    ],
)
def test_a_capability_that_cannot_be_is_named(
    base_name: str, port: int, capabilities: dict[str, Any], named: str
) -> None:
    assert named in why(base_name, {"Admin Port": port, **capabilities})
    assert not listens(port)


def test_a_start_that_failed_can_be_made_again(base_name: str, port: int) -> None:
    assert "Colour" in why(base_name, {"Admin Port": port, "Colour": lambda: None})
    system = ActorSystem(base_name, {"Admin Port": port, "Colour": "red"}, transientUnique=True)
    system.shutdown()
