"""Programs start and join one system, and each gets its own answers."""

from __future__ import annotations

import contextlib
import os
import signal
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from plugins.tcp.tests.system.families import (
    Family,
    Watched,
    asys,
    base_name,
    free_port,
    in_session,
    listens,
    place,
    port,
)
from plugins.tcp.tests.system.mortals import Mortal
from plugins.tcp.tests.system.programs import begin, run
from thespian_core.api.system import ActorSystem
from thespian_core.errors import ActorSystemFailure
from thespian_core.testing.contract import PATIENCE_S, SOON_S
from thespian_core.testing.doer import do
from thespian_core.testing.steps import wait_until

__all__ = ["asys", "base_name", "place", "port"]

LEAVES = """
if __name__ == "__main__":
    system = ActorSystem(BASE, {"Admin Port": PORT})
    actor = system.createActor(Mortal, globalName="the one who stays")
    print(system.ask(actor, do("where"), 20)[0])
"""


def joined(base_name: str, port: int) -> ActorSystem:
    return ActorSystem(base_name, {"Admin Port": port}, transientUnique=True)


@pytest.mark.slow
def test_a_system_outlives_its_starter_whose_output_was_captured_and_another_program_ends_it(
    tmp_path: Path, base_name: str, port: int
) -> None:
    starter = run(tmp_path, LEAVES, base_name, port)
    assert starter.stderr == ""
    second = joined(base_name, port)
    try:
        found = second.createActor("no.such.Thing", globalName="the one who stays")
        assert str(second.ask(found, do("where"), PATIENCE_S)[0]) == starter.stdout.strip()
        family = Family.of(second, found)
    finally:
        second.shutdown()
    with family.watched() as watched:
        watched.all_end()
    assert not listens(port)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_system_outlives_a_starter_that_is_killed(
    tmp_path: Path, base_name: str, port: int, number: int
) -> None:
    program = begin(tmp_path, LEAVES + "    sys.stdout.flush(); sys.stdin.read()\n", base_name, port)
    with program:
        assert program.stdout is not None
        pid = int(program.stdout.readline())
        program.send_signal(number)
        program.wait(PATIENCE_S)
    second = joined(base_name, port)
    try:
        found = second.createActor("no.such.Thing", globalName="the one who stays")
        assert second.ask(found, do("where"), PATIENCE_S)[0] == pid
    finally:
        second.shutdown()


@pytest.mark.slow
def test_mail_for_a_program_that_was_killed_is_a_dead_letter_and_the_system_goes_on(
    asys: ActorSystem, tmp_path: Path, base_name: str, port: int
) -> None:
    keeper = asys.createActor(Mortal, globalName="keeper")
    asys.ask(keeper, do("report"), PATIENCE_S)
    program = begin(
        tmp_path,
        "system = ActorSystem(BASE, {'Admin Port': PORT})\n"
        "keeper = system.createActor(Mortal, globalName='keeper')\n"
        "print(system.ask(keeper, do('address'), 20), flush=True)\n"
        "sys.stdin.read()\n",
        base_name,
        port,
    )
    with program:
        assert program.stdout is not None
        program.stdout.readline()
        program.kill()
    asys.ask(keeper, do("handle_dead_letters"), PATIENCE_S)
    asys.tell(keeper, do("tell_the_program", "hello"))
    # What the program had taken in just before may come first: nobody can know that it did.
    told = [asys.listen(PATIENCE_S)]
    while told[-1][1][2] != "hello":
        told.append(asys.listen(PATIENCE_S))
    assert {kind for _, (kind, _, _) in told} == {"dead"}
    assert len(told) <= 2


@pytest.mark.slow
def test_what_a_program_has_got_is_no_dead_letter_when_it_ends_at_once(
    asys: ActorSystem, tmp_path: Path, base_name: str, port: int
) -> None:
    keeper = asys.createActor(Mortal, globalName="keeper")
    for what in ("report", "handle_dead_letters"):
        asys.ask(keeper, do(what), PATIENCE_S)
    text = (
        "def work():\n"  # so that the system is let go of before the end
        "    system = ActorSystem(BASE, {'Admin Port': PORT}, transientUnique=True)\n"
        "    keeper = system.createActor(Mortal, globalName='keeper')\n    for _ in range(5):\n"
        "        with system.private() as mine:\n            mine.ask(keeper, do('address'), 20)\n"
        "    print(system.ask(keeper, do('address'), 20))\nif __name__ == '__main__': work()\n"
    )
    for _ in range(3):
        assert run(tmp_path, text, base_name, port).stdout == "yours is known\n"
    # Whatever of the answers is thought to be unhandled becomes a dead letter before this one.
    asys.tell(keeper, do("tell_the_program", "late"))
    assert asys.listen(PATIENCE_S)[1][2] == "late"
    assert asys.listen(SOON_S) is None


def test_each_private_connection_gets_its_own_answers_and_no_others(asys: ActorSystem) -> None:
    actor = asys.createActor(Mortal)

    def ask(number: int) -> list[object]:
        with asys.private() as mine:
            return [mine.ask(actor, do("answer", (number, turn)), PATIENCE_S) for turn in range(20)]

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(ask, range(8)))
    assert answers == [[(number, turn) for turn in range(20)] for number in range(8)]
    assert asys.listen(SOON_S) is None


def test_a_private_connection_ends_also_when_its_body_raises(asys: ActorSystem) -> None:
    actor = asys.createActor(Mortal)
    asys.ask(actor, do("where"), PATIENCE_S)
    before, until = len(os.listdir("/dev/fd")), time.monotonic() + PATIENCE_S
    for _ in range(5):
        with contextlib.suppress(ZeroDivisionError), asys.private() as mine:
            mine.ask(actor, do("where"), PATIENCE_S)
            raise ZeroDivisionError
    # Its last word is seen off behind the program's back.
    while len(os.listdir("/dev/fd")) > before and time.monotonic() < until:
        asys.ask(actor, do("where"), PATIENCE_S)
    assert len(os.listdir("/dev/fd")) == before
    with pytest.raises(ActorSystemFailure, match="closed"):
        mine.tell(actor, "too late")


@pytest.mark.slow
def test_several_programs_use_one_system_at_once(
    asys: ActorSystem, tmp_path: Path, base_name: str, port: int
) -> None:
    actor = asys.createActor(Mortal, globalName="shared")
    text = (
        "system = ActorSystem(BASE, {'Admin Port': PORT})\n"
        "actor = system.createActor(Mortal, globalName='shared')\n"
        "print([system.ask(actor, do('answer', (sys.argv[3], n)), 20) for n in range(20)])\n"
    )
    with ThreadPoolExecutor(3) as threads:
        results = list(
            threads.map(lambda n: run(tmp_path, text, base_name, port, n, name=f"program{n}.py"), range(3))
        )
    for number, result in enumerate(results):
        assert result.stdout.strip() == str([(str(number), turn) for turn in range(20)])
    assert asys.ask(actor, do("where"), PATIENCE_S)


def test_an_actor_reaches_a_program_whose_address_another_actor_gave_it(asys: ActorSystem) -> None:
    first, second = asys.createActor(Mortal), asys.createActor(Mortal)
    with asys.private() as mine:
        mine.tell(first, do("introduce", second, "from a stranger"))
        assert mine.listen(PATIENCE_S) == "from a stranger"
    assert asys.listen(SOON_S) is None


@pytest.mark.slow
def test_two_systems_do_not_notice_each_other(asys: ActorSystem, base_name: str) -> None:
    other = joined(base_name, free_port())
    try:
        first = asys.createActor(Mortal, globalName="one")
        second = other.createActor(Mortal, globalName="one")
        assert first != second
        ends = Family.of(other, second)
        assert not Family.of(asys, first).all & ends.all
    finally:
        other.shutdown()
    with ends.watched() as watched:
        watched.all_end()
    assert asys.ask(first, do("where"), PATIENCE_S)


@pytest.mark.slow
def test_a_joined_system_has_the_capabilities_it_was_started_with(
    asys: ActorSystem, base_name: str, port: int
) -> None:
    asys.updateCapability("Contract Colour", "blue")
    wait_until(asys, lambda status: status.capabilities.get("Contract Colour") == "blue")
    own = {"Admin Port": port, "Contract Colour": "red"}
    second = ActorSystem(base_name, own, transientUnique=True)
    try:
        actor = asys.createActor(Mortal)
        assert second.ask(actor, do("where"), PATIENCE_S)
        assert wait_until(second, lambda status: True).capabilities["Contract Colour"] == "blue"
    finally:
        second.shutdown()


# A program that forks


def in_a_fork(function: Callable[[], object]) -> object:
    """Return what a function returns in a fork of this process."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        status = 1
        try:
            os.write(writing, repr(function()).encode())
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(writing)
    with open(reading, "rb") as pipe:
        found = pipe.read().decode()
    assert os.waitpid(pid, 0)[1] == 0, found
    return found


def test_a_fork_of_a_program_has_a_connection_of_its_own(asys: ActorSystem) -> None:
    actor = asys.createActor(Mortal)

    def ask() -> object:
        return [asys.ask(actor, do("answer", ("child", turn)), PATIENCE_S) for turn in range(5)]

    assert in_a_fork(ask) == repr([("child", turn) for turn in range(5)])
    assert asys.ask(actor, do("answer", "parent"), PATIENCE_S) == "parent"
    assert asys.listen(SOON_S) is None


def test_a_fork_inside_a_private_connection_has_one_of_its_own(asys: ActorSystem) -> None:
    actor = asys.createActor(Mortal)
    with asys.private() as mine:
        assert in_a_fork(lambda: mine.ask(actor, do("answer", "child"), PATIENCE_S)) == repr("child")
        assert mine.ask(actor, do("answer", "parent"), PATIENCE_S) == "parent"


def test_parent_and_fork_use_the_system_at_once(asys: ActorSystem) -> None:
    actor = asys.createActor(Mortal)
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        status = 1
        try:
            if all(asys.ask(actor, do("answer", n), PATIENCE_S) == n for n in range(200)):
                status = 0
        finally:
            os._exit(status)
    os.close(reading)
    os.close(writing)
    assert [asys.ask(actor, do("answer", -n), PATIENCE_S) for n in range(200)] == [-n for n in range(200)]
    assert os.waitpid(pid, 0)[1] == 0


@pytest.mark.slow
def test_a_fork_may_create_actors_and_end_the_system(base_name: str, port: int) -> None:
    system = joined(base_name, port)
    try:
        admin = Family.of(system).admin
        with Watched(in_session(admin)) as watched:

            def end() -> object:
                asked = system.ask(system.createActor(Mortal), do("answer", "made in a fork"), PATIENCE_S)
                system.shutdown()
                return asked

            assert in_a_fork(end) == repr("made in a fork")
            watched.all_end()
        assert system.listen(PATIENCE_S) is None
    finally:
        system.shutdown()
    assert not listens(port)
