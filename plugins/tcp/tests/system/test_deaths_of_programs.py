"""Programs come and go, and systems start and stop, without leaving anything behind."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from plugins.tcp.tests.system.families import (
    Family,
    Gate,
    asys,
    base_name,
    bell,
    below,
    free_port,
    gate,
    in_session,
    listens,
    place,
    port,
    processes,
)
from plugins.tcp.tests.system.mortals import Mortal
from plugins.tcp.tests.system.programs import begin
from thespian_core.api.system import ActorSystem
from thespian_core.testing.contract import PATIENCE_S
from thespian_core.testing.doer import do

__all__ = ["asys", "base_name", "bell", "gate", "place", "port"]

CREATES = """
if __name__ == "__main__":
    system = ActorSystem(BASE, {"Admin Port": PORT})
    print("joined", flush=True)
    system.createActor("slow_to_import.Slow", globalName="slow")
"""

SHUTS_DOWN = """
if __name__ == "__main__":
    system = ActorSystem(BASE, {"Admin Port": PORT})
    actor = system.createActor(Clinging)
    system.ask(actor, do("cling_to", sys.argv[3], sys.argv[4]), 20)
    system.shutdown()
"""


@pytest.mark.slow
def test_a_program_killed_while_it_waits_for_a_create_does_not_disturb_the_system(
    asys: ActorSystem, tmp_path: Path, base_name: str, port: int, gate: Gate, bell: Gate
) -> None:
    tmp_path.joinpath("slow_to_import.py").write_text(
        f"from plugins.tcp.tests.system.mortals import Mortal as Slow, ring, wait_at\n"
        f"ring({bell.path!r})\nwait_at({gate.path!r})\n"
    )
    with begin(tmp_path, CREATES, base_name, port) as program:
        bell.wait()
        program.kill()
    gate.let_through()
    created = asys.createActor("not.needed", globalName="slow")
    assert asys.ask(created, do("where"), PATIENCE_S)


@pytest.mark.slow
def test_a_shutdown_goes_on_though_the_program_that_asked_for_it_is_killed(
    tmp_path: Path, base_name: str, port: int, place: Path, gate: Gate, bell: Gate
) -> None:
    system = ActorSystem(base_name, {"Admin Port": port}, transientUnique=True)
    try:
        family = Family.of(system)
        with begin(tmp_path, SHUTS_DOWN, base_name, port, gate.path, bell.path) as program:
            bell.wait()
            program.send_signal(signal.SIGKILL)
        with family.watched() as watched:
            gate.let_through()
            watched.all_end()
        assert system.listen(PATIENCE_S) is None
    finally:
        system.shutdown()
    assert not listens(port)
    assert not in_session(family.admin)


@pytest.mark.slow
@pytest.mark.parametrize("quarter", range(4))  # on a loaded machine a hundred take too long for one test
def test_a_hundred_systems_leave_processes_and_open_files_as_they_were(
    base_name: str, place: Path, quarter: int
) -> None:
    def one() -> None:
        number = free_port()
        system = ActorSystem(base_name, {"Admin Port": number}, transientUnique=True)
        try:
            assert system.ask(system.createActor(Mortal), do("where"), PATIENCE_S)
        finally:
            system.shutdown()
        assert not listens(number)

    one()  # what is loaded on first use stays
    files, children = sorted(os.listdir("/dev/fd")), below(os.getpid()) & set(processes())
    for _ in range(25):
        one()
    assert sorted(os.listdir("/dev/fd")) == files
    assert below(os.getpid()) & set(processes()) <= children
    assert list(place.joinpath("temporary").iterdir()) == []
