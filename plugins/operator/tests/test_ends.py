"""A system that ended by itself is told of by ``thespian status``: once, when another runs in its place."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import signal
import subprocess
from pathlib import Path

import psutil
import pytest

from plugins.operator.tests.conftest import Command, Town
from thespian.actors import ActorSystem, ActorSystemException
from tools.ports import free_port

# Each runs several commands on a system of its own.
pytestmark = pytest.mark.slow


@pytest.fixture
def internal_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The internal log of this test's system."""
    file = tmp_path / "internal.log"
    monkeypatch.setenv("THESPLOG_FILE", str(file))
    return file


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


def test_an_admin_without_memory_leaves_that_as_the_reason(
    internal_log: Path, base_name: str, thespian: Command
) -> None:
    if not hasattr(resource, "prlimit"):
        pytest.skip("only Linux lets one process bound the memory of another")
    port = free_port()
    system = ActorSystem(base_name, {"Admin Port": port}, logDefs=False, transientUnique=True)
    options = ("--base", base_name, "--port", port)
    try:
        pid = thespian.json("status", *options)["processes"]["admin"]["pid"]
        now = psutil.Process(pid).memory_info().vms
        watch = os.pidfd_open(pid)
        resource.prlimit(pid, resource.RLIMIT_AS, (now, now))
        with contextlib.suppress(ActorSystemException):  # the request may be seen off, or not
            system.updateCapability("too much", "x" * 10_000_000)
        assert select.select([watch], [], [], 20)[0]
        os.close(watch)
    finally:
        system.shutdown()
    why = f"its admin, process {pid}, failed: MemoryError"
    assert why in thespian.fails("status", *options)
    assert f"the system on 127.0.0.1:{port} ends: {why}" in internal_log.read_text()


@pytest.mark.parametrize(
    ("role", "why"),
    [
        ("launcher", "its launcher, process {}, is gone: killed by SIGKILL"),
        ("admin", "its admin, process {}, was killed, or ended without a word"),
    ],
)
def test_why_it_ended_is_shown_while_none_runs_and_once_by_the_next(
    internal_log: Path, town: Town, role: str, why: str
) -> None:
    pid = kill(town, role)
    told = why.format(pid)
    assert f" CRIT the system on 127.0.0.1:{town.port} ends: {told}" in internal_log.read_text()
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
