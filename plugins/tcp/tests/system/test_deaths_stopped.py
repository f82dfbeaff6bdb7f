"""A process that was stopped for a while goes on where it was; the end of a system does not wait for it."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from concurrent import futures
from concurrent.futures import ThreadPoolExecutor

import pytest

from plugins.tcp.tests.system.families import Family, Watched, asys, base_name, listens, place, port
from plugins.tcp.tests.system.mortals import Mortal
from thespian_core.api.system import ActorSystem
from thespian_core.testing.contract import PATIENCE_S
from thespian_core.testing.doer import do

__all__ = ["asys", "base_name", "place", "port"]

LONG_S = 10.0  # a stop that the soak test makes; the others end as soon as it was noticed


@contextlib.contextmanager
def stopped(pid: int) -> Iterator[None]:
    """Stop a process for a while."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


@pytest.mark.slow
@pytest.mark.parametrize("who", ["admin", "launcher", "log", "actor"])
@pytest.mark.parametrize("for_s", [1.0, pytest.param(LONG_S, marks=pytest.mark.soak)])
def test_what_was_asked_of_a_stopped_process_is_done_when_it_runs_again(
    asys: ActorSystem, who: str, for_s: float
) -> None:
    actor = asys.createActor(Mortal)
    family = Family.of(asys, actor)
    with ThreadPoolExecutor() as threads:
        with stopped(getattr(family, who)):
            creating = threads.submit(asys.createActor, Mortal)
            asking = threads.submit(asys.ask, actor, do("where"), PATIENCE_S)
            waits = creating if who in ("admin", "launcher") else asking if who == "actor" else None
            if waits is not None:
                with pytest.raises(futures.TimeoutError):
                    waits.result(for_s)
        new = creating.result(PATIENCE_S)
        assert asking.result(PATIENCE_S)[0] == family.actor
    assert asys.ask(new, do("where"), PATIENCE_S)


@pytest.mark.slow
@pytest.mark.parametrize("killed", ["admin", "launcher"])
@pytest.mark.parametrize("who", ["launcher", "log", "actor"])
def test_a_stopped_process_ends_with_the_system(asys: ActorSystem, who: str, killed: str) -> None:
    family = Family.of(asys, asys.createActor(Mortal))
    with stopped(getattr(family, who)), family.watched() as watched:
        os.kill(getattr(family, killed), signal.SIGKILL)
        watched.all_end()


@pytest.mark.slow
def test_an_admin_that_is_stopped_when_its_launcher_dies_ends_when_it_runs_again(
    asys: ActorSystem, port: int
) -> None:
    family = Family.of(asys, asys.createActor(Mortal))
    with family.watched() as watched:
        with stopped(family.admin):
            with Watched(family.all - {family.admin}) as others:
                os.kill(family.launcher, signal.SIGKILL)
                others.all_end()
            assert watched.left_after(0) == [family.admin]
        watched.all_end()
    assert not listens(port)


@pytest.mark.slow
@pytest.mark.parametrize("who", ["admin", "launcher", "log", "actor"])
def test_a_shutdown_ends_in_time_though_a_process_is_stopped(
    asys: ActorSystem, port: int, who: str, caplog: pytest.LogCaptureFixture
) -> None:
    family = Family.of(asys, asys.createActor(Mortal))
    with stopped(getattr(family, who)), ThreadPoolExecutor() as threads, family.watched() as watched:
        threads.submit(asys.shutdown).result(15.0)
        watched.all_end()
    assert not listens(port)
    assert "did not end in time" not in caplog.text
