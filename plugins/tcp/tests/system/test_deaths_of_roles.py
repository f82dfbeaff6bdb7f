"""Whichever process of a system is killed: what must go goes at once, and nobody waits for ever."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from plugins.tcp.tests.system.families import (
    GONE_WITHIN_S,
    Family,
    Gate,
    Watched,
    asys,
    base_name,
    bell,
    gate,
    in_session,
    listens,
    place,
    port,
    slow_module,
)
from plugins.tcp.tests.system.mortals import Clinging, Mortal, Mourner
from thespian_core.api.system import ActorSystem
from thespian_core.errors import ActorSystemFailure
from thespian_core.testing.contract import PATIENCE_S
from thespian_core.testing.doer import do

__all__ = ["asys", "base_name", "bell", "gate", "place", "port", "slow_module"]

NOTICED_WITHIN_S = 2.0  # a program looks once a second whether the admin exists
HEADS = ["admin", "launcher"]


def kill(pid: int, number: int = signal.SIGKILL) -> None:
    os.kill(pid, number)


@pytest.mark.slow
@pytest.mark.parametrize("head", HEADS)
def test_after_a_kill_of_admin_or_launcher_nothing_of_the_system_is_left(
    asys: ActorSystem, port: int, head: str
) -> None:
    for _ in range(3):
        actor = asys.createActor(Mortal)
        asys.ask(actor, do("create", Mortal), PATIENCE_S)
    family = Family.of(asys, actor)
    with family.watched() as watched:
        kill(getattr(family, head))
        watched.all_end()
    assert not listens(port)


@pytest.mark.slow
@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize(
    "call",
    [
        lambda asys, actor: asys.listen(),
        lambda asys, actor: asys.ask(actor, do("passive")),
        lambda asys, actor: asys.listen(PATIENCE_S),
    ],
    ids=["listen", "ask", "listen with a limit"],
)
def test_a_call_that_waits_for_ever_ends_soon_after_the_system_was_killed(
    asys: ActorSystem, head: str, call: Callable[[Any, Any], Any]
) -> None:
    actor = asys.createActor(Mortal)
    family = Family.of(asys, actor)
    with ThreadPoolExecutor() as threads, family.watched() as watched:
        waiting = threads.submit(call, asys, actor)
        kill(getattr(family, head))
        assert waiting.result(NOTICED_WITHIN_S) is None
        watched.all_end()


@pytest.mark.slow
@pytest.mark.parametrize("head", HEADS)
def test_whatever_is_called_after_the_end_of_the_system_says_so_at_once(asys: ActorSystem, head: str) -> None:
    actor = asys.createActor(Mortal)
    family = Family.of(asys, actor)
    with family.watched() as watched:
        kill(getattr(family, head))
        watched.all_end()
    assert asys.listen(PATIENCE_S) is None
    for call in (
        lambda: asys.tell(actor, "hello"),
        lambda: asys.ask(actor, "hello", PATIENCE_S),
        lambda: asys.createActor(Mortal),
        lambda: asys.updateCapability("Contract Light", True),
        lambda: asys.private().__enter__(),
    ):
        began = time.monotonic()
        with pytest.raises(ActorSystemFailure, match="ended"):
            call()
        assert time.monotonic() - began < NOTICED_WITHIN_S


@pytest.mark.slow
def test_the_processs_system_is_started_anew_when_it_was_killed(base_name: str, port: int) -> None:
    first = ActorSystem(base_name, {"Admin Port": port})
    try:
        family = Family.of(first)
        with family.watched() as watched:
            kill(family.admin)
            watched.all_end()
        second = ActorSystem(base_name, {"Admin Port": port})
        try:
            assert Family.of(second).admin != family.admin
        finally:
            second.shutdown()
    finally:
        first.shutdown()


@pytest.mark.slow
@pytest.mark.parametrize("head", HEADS)
def test_a_create_that_is_under_way_when_the_system_is_killed_raises(
    asys: ActorSystem, head: str, slow_module: None, bell: Gate
) -> None:
    family = Family.of(asys)
    with ThreadPoolExecutor() as threads:
        creating = threads.submit(asys.createActor, "slow_to_import.Slow")
        bell.wait()  # it is in its import now
        with Watched(in_session(family.admin)) as watched:
            kill(getattr(family, head))
            with pytest.raises(ActorSystemFailure):
                creating.result(NOTICED_WITHIN_S)
            watched.all_end()


@pytest.mark.slow
def test_a_killed_log_process_is_replaced_and_logging_goes_on(
    base_name: str, port: int, tmp_path: Path
) -> None:
    written = tmp_path / "log"
    definitions = {
        "version": 1,
        "formatters": {"plain": {"format": "%(message)s"}},
        "handlers": {
            "file": {"class": "logging.FileHandler", "filename": str(written), "formatter": "plain"}
        },
        "root": {"handlers": ["file"], "level": "WARNING"},
    }
    asys = ActorSystem(base_name, {"Admin Port": port}, definitions, transientUnique=True)
    try:
        actor = asys.createActor(Mortal)
        family = Family.of(asys, actor)
        assert asys.ask(actor, do("log", "before"), PATIENCE_S) == "logged"
        with Watched([family.log]) as watched:
            kill(family.log)
            watched.all_end()
        assert asys.ask(actor, do("log", "after"), PATIENCE_S) == "logged"
    finally:
        asys.shutdown()  # everything is written before it ends
    assert "after" in written.read_text().split()


@pytest.mark.slow
def test_what_an_actor_started_goes_with_it(asys: ActorSystem) -> None:
    actor = asys.createActor(Mortal)
    pids = [asys.ask(actor, do("grandchild"), PATIENCE_S), asys.ask(actor, do("fork"), PATIENCE_S)]
    with Watched(pids) as watched:
        kill(Family.of(asys, actor).actor)
        watched.all_end()


@pytest.mark.slow
@pytest.mark.parametrize("head", HEADS)
def test_what_an_actor_started_goes_with_the_system(asys: ActorSystem, head: str) -> None:
    actor = asys.createActor(Mortal)
    pids = [asys.ask(actor, do("grandchild"), PATIENCE_S), asys.ask(actor, do("fork"), PATIENCE_S)]
    family = Family.of(asys, actor)
    with Watched(pids) as watched:
        kill(getattr(family, head))
        watched.all_end()


@pytest.mark.slow
def test_the_parent_is_told_of_a_killed_child_once(asys: ActorSystem) -> None:
    parent = asys.createActor(Mourner)
    child = asys.ask(parent, do("mourn", Mortal), PATIENCE_S)
    kill(Family.of(asys, child).actor)
    assert asys.listen(PATIENCE_S) == ("exited", child)
    assert asys.listen(0.3) is None


@pytest.mark.slow
def test_a_killed_top_level_actor_leaves_the_system_as_it_was(asys: ActorSystem) -> None:
    first, second = asys.createActor(Mortal), asys.createActor(Mortal)
    with Watched([Family.of(asys, first).actor]) as watched:
        kill(Family.of(asys, first).actor)
        watched.all_end()
    assert asys.ask(first, do("where"), 0.5) is None
    assert asys.ask(second, do("where"), PATIENCE_S)


# During a shutdown


@pytest.mark.slow
@pytest.mark.parametrize("who", ["admin", "launcher", "log", "actor"])
def test_a_shutdown_that_is_under_way_ends_though_somebody_is_killed(
    asys: ActorSystem, port: int, gate: Gate, bell: Gate, who: str
) -> None:
    actor = asys.createActor(Clinging)
    asys.ask(actor, do("cling_to", gate.path, bell.path), PATIENCE_S)
    family = Family.of(asys, actor)
    with ThreadPoolExecutor() as threads, family.watched() as watched:
        ending = threads.submit(asys.shutdown)
        try:
            bell.wait()
        except AssertionError:
            ending.result(0)
            raise
        kill(getattr(family, who))
        if who == "log":
            gate.let_through()
        ending.result(GONE_WITHIN_S)
        watched.all_end()
    assert not listens(port)


@pytest.mark.slow
def test_an_actor_that_does_not_exit_is_killed_at_shutdown_and_named_in_a_warning(
    asys: ActorSystem, gate: Gate, bell: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    actor = asys.createActor(Clinging)
    asys.ask(actor, do("cling_to", gate.path, bell.path), PATIENCE_S)
    with Family.of(asys, actor).watched() as watched:
        asys.shutdown()
        watched.all_end(1.0)
    assert "Clinging" in caplog.text
