"""A program that ends while an actor is busy: it waits, says so, and says what may be lost."""

from __future__ import annotations

import multiprocessing
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


def run(asys: ActorSystem, what: str, base_name: str, *arguments: str) -> str:
    """Run a program beside this one, and return what it says on standard error."""
    command = [sys.executable, "-m", "plugins.multiproc.tests.system.starter", what, base_name]
    program = subprocess.run(
        [*command, str(asys.capabilities["Admin Port"]), *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        timeout=PATIENCE_S,
    )
    assert program.returncode == 0, program.stderr
    return program.stderr


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


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_what_a_child_of_multiprocessing_tells_arrives_though_it_ends_at_once(
    new_system: NewSystem, base_name: str, method: str
) -> None:
    asys = new_system()
    asys.createActor(Slow, globalName="slow")
    assert run(asys, "tell_from_child", base_name, method) == ""
    assert parts_of(asys) == 20


@pytest.mark.slow
def test_a_program_that_has_opened_many_mailboxes_ends_at_once(new_system: NewSystem, base_name: str) -> None:
    asys = new_system()
    asys.createActor(Slow, globalName="slow")
    assert run(asys, "ask_in_private", base_name, "300") == ""


@pytest.mark.slow
def test_ctrl_c_ends_the_wait_without_a_traceback(new_system: NewSystem, base_name: str) -> None:
    asys = new_system()
    with leaving(asys, base_name, busy_s=3) as program:
        assert program.stderr is not None
        assert program.stderr.readline().startswith(WAITING)
        program.send_signal(signal.SIGINT)
        assert program.stderr.read() == ""
        program.wait(PATIENCE_S)


@pytest.mark.slow
def test_a_program_that_sends_when_it_has_left_is_told_so_and_not_that_the_system_has_ended(
    asys: ActorSystem, base_name: str
) -> None:
    assert run(asys, "tell_too_late", base_name) == (
        "this program has left the actor system, since it is about to end; the message was not sent\n"
    )
