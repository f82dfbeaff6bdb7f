"""A system ends with its starter, and with its relay, whatever its processes are doing."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from plugins.queue.tests.system.inmates import Inmate
from plugins.queue.tests.system.starters import BASE, started
from thespian_core.api.system import ActorSystem
from thespian_core.hooks.records import SystemBaseSpec
from thespian_core.hooks.registry import default_registry

LEAVES_NOTES = """
for actor in actors:
    system.ask(actor, ("leave a note in", sys.argv[1]), 20)
print("noted", flush=True)
"""

KEEPS_BUSY = """
print(system.ask(actors[1], ("keep busy", 1000), 20), flush=True)
"""

LEAVES_A_FORK = """
sys.stdin.readline()
forked = os.fork()
if not forked:
    threading.Event().wait()
print(forked, flush=True)
"""


@pytest.mark.slow
def test_nothing_is_left_when_the_starter_is_killed(tmp_path: Path) -> None:
    with started(tmp_path) as starter:
        starter.process.kill()
        assert len(starter.watches) == 8  # relay, admin, launcher, log process, four actors
        assert starter.left_after() == []


@pytest.mark.slow
def test_nothing_is_left_when_the_starter_is_killed_while_an_actor_is_busy(tmp_path: Path) -> None:
    with started(tmp_path, KEEPS_BUSY) as starter:
        assert starter.line() == "busy"
        starter.process.kill()
        assert starter.left_after() == []


@pytest.mark.slow
@pytest.mark.parametrize("role", ["relay", "admin"])
def test_nothing_is_left_when_the_starter_is_killed_while_another_is_stopped(
    tmp_path: Path, role: str
) -> None:
    with started(tmp_path) as starter:
        os.kill(getattr(starter, role), signal.SIGSTOP)
        starter.process.kill()
        assert starter.left_after() == []


@pytest.mark.slow
def test_nothing_is_left_when_the_starter_is_killed_and_a_fork_of_it_lives_on(tmp_path: Path) -> None:
    with started(tmp_path, LEAVES_A_FORK) as starter:
        starter.go_on()
        forked = int(starter.line())
        try:
            starter.process.kill()
            assert starter.left_after() == []
        finally:
            os.kill(forked, signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.parametrize("end", ["pass", "os._exit(3)", "os.kill(os.getpid(), signal.SIGKILL)"])
def test_actors_are_asked_to_exit_when_the_starter_ends_without_a_shutdown(tmp_path: Path, end: str) -> None:
    with started(tmp_path, f"sys.stdin.readline()\n{LEAVES_NOTES}\n{end}\nsys.exit()") as starter:
        starter.go_on()
        assert starter.line() == "noted"
        starter.process.wait(20)
        assert starter.left_after() == []
        assert len(list(tmp_path.glob("*.note"))) == 3


@pytest.mark.slow
@pytest.mark.parametrize("role", ["relay", "admin"])
def test_when_relay_or_admin_is_killed_the_system_ends_and_the_program_may_start_another(
    tmp_path: Path, role: str
) -> None:
    goes_on = """
sys.stdin.readline()
print(system.ask(actors[0], "who are you?", 20), flush=True)  # it cannot know yet, but does not wait for long
try:
    print("answer", system.ask(actors[0], "who are you?", 20), flush=True)
except Exception as why:
    print(type(why).__name__, why, flush=True)
system.shutdown()
system = ActorSystem(BASE, logDefs=False)
print(system.ask(system.createActor(Inmate), "who are you?", 20) > 0, flush=True)
system.shutdown()
""".replace("BASE", repr(BASE))
    with started(tmp_path, goes_on) as starter:
        os.kill(getattr(starter, role), signal.SIGKILL)
        assert starter.left_after() == []
        starter.go_on()
        assert starter.line() == "None"
        assert "the actor system has ended; the message was not sent" in (said := starter.line()), said
        assert starter.line() == "True"


def test_what_ends_with_its_starter_says_so() -> None:
    assert not default_registry().find(SystemBaseSpec, BASE).outlives_starter


def test_two_systems_of_one_program_have_nothing_in_common() -> None:
    one, other = (ActorSystem(BASE, logDefs=False, transientUnique=True) for _ in range(2))
    try:
        named = [system.createActor(Inmate, globalName="inmate") for system in (one, other)]
        pids = {
            system.ask(actor, "who are you?", 20) for system, actor in zip((one, other), named, strict=True)
        }
        assert len(pids) == 2
    finally:
        one.shutdown()
        other.shutdown()
