"""A program that ends while an actor is busy: it waits, says so, and says what may be lost."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from plugins.multiproc.tests.system.conftest import NewSystem, shared_bases
from plugins.multiproc.tests.system.odd_actors import Slow
from thespian_core.api.system import ActorSystem
from thespian_core.testing.contract import PATIENCE_S

ROOT = Path(__file__).resolve().parents[4]
WAITING = "thespian: waiting, 7 s at most, until what this program has sent has come in"
pytestmark = pytest.mark.parametrize("base_name", shared_bases())


@contextmanager
def leaving(asys: ActorSystem, base_name: str, busy_s: int) -> Iterator[subprocess.Popen[str]]:
    """Run a program that ends while an actor is busy for so long."""
    port = asys.capabilities["Admin Port"]
    command = [sys.executable, "-m", "plugins.multiproc.tests.system.starter", "leave_a_busy_actor"]
    with subprocess.Popen(
        [*command, base_name, str(port), str(busy_s)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        try:
            yield program
        finally:
            program.kill()


def parts_of(asys: ActorSystem) -> int:
    """Return how many parts the actor has got."""
    parts = asys.ask(asys.createActor(Slow, globalName="slow"), "parts?", PATIENCE_S)
    assert isinstance(parts, int)
    return parts


@pytest.mark.slow
def test_a_program_says_that_it_waits_and_nothing_is_lost(new_system: NewSystem, base_name: str) -> None:
    asys = new_system()
    with leaving(asys, base_name, busy_s=3) as program:
        _, said = program.communicate(timeout=PATIENCE_S)
    assert said.startswith(WAITING)
    assert "lost" not in said
    assert parts_of(asys) == 10


@pytest.mark.slow
def test_a_program_says_how_much_may_be_lost_when_an_actor_stays_busy(
    new_system: NewSystem, base_name: str
) -> None:
    asys = new_system()
    with leaving(asys, base_name, busy_s=9) as program:
        _, said = program.communicate(timeout=PATIENCE_S)
    assert program.returncode == 0
    waiting, lost = said.splitlines()
    assert waiting.startswith(WAITING)
    count = int(lost.removeprefix("thespian: ").split()[0])
    assert "had not come in after 7 s, and may be lost" in lost
    assert 1 <= 10 - parts_of(asys) <= count or parts_of(asys) == 10


@pytest.mark.slow
def test_ctrl_c_ends_the_wait_without_a_traceback(new_system: NewSystem, base_name: str) -> None:
    asys = new_system()
    with leaving(asys, base_name, busy_s=3) as program:
        assert program.stderr is not None
        assert program.stderr.readline().startswith(WAITING)
        program.send_signal(signal.SIGINT)
        assert program.stderr.read() == ""
        program.wait(PATIENCE_S)
