"""Starts that meet: of two at the same moment one starts, and a system that is ending is waited for."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from concurrent import futures
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from plugins.tcp.tests.system.families import Family, Gate, asys, base_name, bell, gate, listens, place, port
from plugins.tcp.tests.system.mortals import Clinging, Mortal
from plugins.tcp.tests.system.programs import begin
from thespian_core.api.system import ActorSystem
from thespian_core.testing.contract import PATIENCE_S
from thespian_core.testing.doer import do

__all__ = ["asys", "base_name", "bell", "gate", "place", "port"]

STARTS = """
if __name__ == "__main__":
    print("ready", flush=True)
    sys.stdin.readline()
    system = ActorSystem(BASE, {"Admin Port": PORT})
    print(system.ask(system.createActor(Mortal, globalName="one"), do("where"), 30)[1:], flush=True)
    sys.stdin.readline()
"""


@pytest.mark.slow
@pytest.mark.parametrize("key", ["is there", "is made"])
def test_programs_that_start_one_system_at_the_same_moment_share_it(
    tmp_path: Path, base_name: str, port: int, key: str
) -> None:
    if key == "is there":
        ActorSystem(base_name, {"Admin Port": port}, transientUnique=True).shutdown()
    programs = [begin(tmp_path, STARTS, base_name, port, name=f"program{n}.py") for n in range(3)]
    try:
        for program in programs:
            assert said(program) == "ready"
        for program in programs:
            go_on(program)
        answers = {said(program) for program in programs}
    finally:
        for program in programs:
            program.communicate("\n\n", PATIENCE_S)
        system = ActorSystem(base_name, {"Admin Port": port}, transientUnique=True)
        system.shutdown()
    assert len(answers) == 1
    assert not listens(port)


def said(program: subprocess.Popen[str]) -> str:
    assert program.stdout is not None
    return program.stdout.readline().strip()


def go_on(program: subprocess.Popen[str]) -> None:
    assert program.stdin is not None
    program.stdin.write("\n")
    program.stdin.flush()


@pytest.mark.slow
def test_threads_that_start_one_system_at_the_same_moment_share_it(base_name: str, port: int) -> None:
    def start(_: int) -> ActorSystem:
        return ActorSystem(base_name, {"Admin Port": port}, transientUnique=True)

    with ThreadPoolExecutor(4) as threads:
        systems = list(threads.map(start, range(4)))
    try:
        assert len({Family.of(system).admin for system in systems}) == 1
    finally:
        for system in systems:
            system.shutdown()


@pytest.mark.slow
def test_a_start_waits_for_the_system_that_is_ending_at_its_place(
    asys: ActorSystem, base_name: str, port: int, gate: Gate, bell: Gate
) -> None:
    actor = asys.createActor(Clinging)
    asys.ask(actor, do("cling_to", gate.path, bell.path), PATIENCE_S)
    before = Family.of(asys, actor)
    with ThreadPoolExecutor() as threads:
        ending = threads.submit(asys.shutdown)
        bell.wait()
        starting = threads.submit(ActorSystem, base_name, {"Admin Port": port}, None, True)
        assert is_not_done(starting, 0.5)
        gate.let_through()
        ending.result(PATIENCE_S)
        second = starting.result(PATIENCE_S)
    try:
        assert Family.of(second).admin != before.admin
        assert second.ask(second.createActor(Mortal), do("where"), PATIENCE_S)
    finally:
        second.shutdown()


def is_not_done(future: Future[ActorSystem], at_least_s: float) -> bool:
    try:
        future.result(at_least_s)
    except futures.TimeoutError:
        return True
    return False


@pytest.mark.slow
def test_a_start_right_after_a_kill_of_the_admin_finds_the_place_free(
    asys: ActorSystem, base_name: str, port: int
) -> None:
    before = Family.of(asys)
    with before.watched() as watched:
        os.kill(before.admin, signal.SIGKILL)
        began = time.monotonic()
        second = ActorSystem(base_name, {"Admin Port": port}, transientUnique=True)
        try:
            assert time.monotonic() - began < 5.0
            assert Family.of(second).admin != before.admin
            watched.all_end()
        finally:
            second.shutdown()
