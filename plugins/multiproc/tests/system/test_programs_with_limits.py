"""What programs may rely on that exit at once, and systems whose processes may open few files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from plugins.multiproc.tests.system.conftest import NewSystem, shared_bases
from plugins.multiproc.tests.system.flood_actors import Sleeper
from thespian_core.testing.contract import PATIENCE_S

ROOT = Path(__file__).resolve().parents[4]
STARTER = "plugins.multiproc.tests.system.starter"


def run(what: str, *arguments: object, patience_s: float = 400.0) -> Any:
    """Run a program of the starter, and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", STARTER, what, *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=patience_s,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
@pytest.mark.parametrize("base_name", shared_bases())
def test_what_a_program_tells_a_sleeping_actor_arrives_though_it_exits_at_once(
    new_system: NewSystem, base_name: str
) -> None:
    asys = new_system()
    run("tell_and_exit", base_name, asys.capabilities["Admin Port"], 50_000)
    sleeper = asys.createActor(Sleeper, globalName="sleeper")
    assert asys.ask(sleeper, "numbers?", PATIENCE_S) == list(range(50_000))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("actors", "files", "rounds"),
    [(60, 200, 10), (60, 96, 1), pytest.param(500, 1024, 1, marks=pytest.mark.soak)],
)
def test_many_actors_all_talk_to_one_another_with_few_open_files(
    base_name: str, actors: int, files: int, rounds: int
) -> None:
    assert run("all_to_all", base_name, files, actors, rounds) == [actors * rounds] * actors


@pytest.mark.slow
@pytest.mark.parametrize(("senders", "files"), [(100, 200), pytest.param(1000, 1024, marks=pytest.mark.soak)])
def test_many_actors_send_to_one_that_can_open_few_files(base_name: str, senders: int, files: int) -> None:
    taken, in_order, most_kib = run("crowd", base_name, files, senders, 100)
    assert (taken, in_order) == (senders * 100, True)
    assert most_kib < 200 << 10
