"""A system that ended by itself is told of by ``thespian status``: once, when another runs in its place."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess

import pytest

from plugins.operator.tests.conftest import Town
from thespian.actors import ActorSystem

# Each runs several commands on a system of its own.
pytestmark = pytest.mark.slow


def kill(town: Town, role: str) -> int:
    """Kill a process of the system's own, and wait until its admin is gone."""
    processes = town.thespian.json("status")["processes"]
    pid: int = processes[role]["pid"]
    watch = os.pidfd_open(processes["admin"]["pid"])
    last = os.pidfd_open(processes["launcher"]["pid"])
    try:
        os.kill(pid, signal.SIGKILL)
        for descriptor in (watch, last):
            assert select.select([descriptor], [], [], 20)[0]
    finally:
        os.close(watch)
        os.close(last)
    return pid


@pytest.mark.parametrize(
    ("role", "why"),
    [
        ("launcher", "its launcher, process {}, is gone: killed by SIGKILL"),
        ("admin", "its admin, process {}, was killed, or ended without a word"),
    ],
)
def test_why_it_ended_is_shown_while_none_runs_and_once_by_the_next(town: Town, role: str, why: str) -> None:
    pid = kill(town, role)
    told = why.format(pid)
    for _ in range(2):
        said = town.thespian.fails("status")
        assert f"\n  the last one on {town.base_name} ended by itself at 2" in said
        assert told in said
    system = ActorSystem(town.base_name, {"Admin Port": town.port}, logDefs=False, transientUnique=True)
    try:
        found = town.thespian.json("status")
        assert told in found["last_end"]["why"]
        assert abs(found["last_end"]["at"] - os.stat(town.thespian.folder).st_mtime) < 120
        assert town.thespian.json("status")["last_end"] is None
    finally:
        system.shutdown()
    assert "ended by itself" not in town.thespian.fails("status")


def test_a_watching_operator_is_told_why_it_ended(town: Town) -> None:
    with subprocess.Popen(
        town.thespian.words("status", "--json", "--watch", "--interval", "0.1"),
        cwd=town.thespian.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as watching:
        assert watching.stdout is not None
        assert watching.stderr is not None
        pid = json.loads(watching.stdout.readline())["processes"]["launcher"]["pid"]
        kill(town, "launcher")
        for _ in watching.stdout:
            continue
        said = watching.stderr.read()
    assert watching.returncode == 1
    assert f"its launcher, process {pid}, is gone" in said
