"""``thespian stop`` ends a system: politely, and if that does not help, not."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import psutil
import pytest

from plugins.operator.tests.conftest import Gate, Town
from plugins.operator.tests.strangers import a_stranger
from thespian_operator.systems import base_names

# Each runs several commands on a system of its own.
pytestmark = pytest.mark.slow


def is_there(pid: int) -> bool:
    """Whether a process runs; the admin is this one's child, which has not asked yet how it ended."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def pids(town: Town) -> list[int]:
    """Return the numbers of all processes of a system."""
    found = town.thespian.json("status")
    return [one["pid"] for one in (*found["processes"].values(), *found["actors"])]


def test_it_ends_a_system_and_then_there_is_none(town: Town) -> None:
    town.hire(2)
    everybody = pids(town)
    assert town.thespian.prints("stop") == f"the system at 127.0.0.1:{town.port} has ended\n"
    assert [pid for pid in everybody if is_there(pid)] == []
    said = town.thespian.fails("stop")
    assert said.startswith(f"Error: no system runs at 127.0.0.1:{town.port} ({town.base_name})\n")
    assert "ended by itself" not in said


def test_a_system_that_does_not_end_in_time_is_killed(town: Town, new_gate: Callable[[], Gate]) -> None:
    (worker,) = town.hire(1)
    town.pass_on(worker, 1, new_gate().message)
    everybody = pids(town)
    said = town.thespian.prints("stop", "--timeout", "0.2")
    assert said == (
        f"the system at 127.0.0.1:{town.port} did not end in 0.2 s: "
        f"its admin, process {everybody[0]}, was killed\n"
    )
    town.thespian.fails("stop")


@pytest.mark.parametrize("timeout", ["inf", "1e300"])
def test_it_may_take_as_long_as_anybody_could_wish(town: Town, timeout: str) -> None:
    said = town.thespian.prints("stop", "--timeout", timeout)
    assert said == f"the system at 127.0.0.1:{town.port} has ended\n"


def test_a_stopped_admin_is_woken_and_ends_its_system(town: Town) -> None:
    admin = pids(town)[0]
    os.kill(admin, signal.SIGSTOP)
    assert town.thespian.prints("stop") == f"the system at 127.0.0.1:{town.port} has ended\n"
    assert not is_there(admin)


def test_a_silent_stranger_at_the_port_of_a_system_on_another_base_does_not_cost_it_its_life(
    town: Town,
) -> None:
    (other,) = {"multiprocTCPBase", "multiprocUDPBase"} - {town.base_name}
    if other not in base_names() or town.base_name == "multiprocTCPBase":
        pytest.skip("the stranger listens over TCP, so the system is to be over another transport")
    with a_stranger(town.port, b""):
        said = town.thespian.fails("stop", "--base", other)
    assert "does not answer" in said
    assert all(is_there(pid) for pid in pids(town))


def test_it_tells_whom_the_system_had_to_kill_and_what_they_were_doing(
    town: Town, new_gate: Callable[[], Gate]
) -> None:
    (worker,) = town.hire(1)
    pid = town.pid(worker)
    town.pass_on(worker, 2, new_gate().message)
    first, *killed = town.thespian.prints("stop").splitlines()
    assert first == f"the system at 127.0.0.1:{town.port} has ended"
    lines = [line for line in killed if str(worker) in line.partition(" did not exit")[0]]
    assert len(lines) == 1
    assert (
        f"{worker} plugins.operator.tests.town.Worker (process {pid}) did not exit within 7.5 s: " in lines[0]
    )
    assert f"handling message 1 from {town.mayor} (plugins.operator.tests.town.Mayor)" in lines[0]
