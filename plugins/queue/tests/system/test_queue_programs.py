"""Many threads, private connections and forks of one program, on one system."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from plugins.queue.tests.system.inmates import Inmate
from plugins.queue.tests.system.starters import BASE
from thespian_core.api.system import ActorSystem

THREADS = 8
ROUNDS = 10


@pytest.fixture
def asys() -> Iterator[ActorSystem]:
    """A system of its own for each test."""
    system = ActorSystem(BASE, logDefs=False, transientUnique=True)
    yield system
    system.shutdown()


@pytest.mark.slow
def test_private_connections_of_many_threads_each_get_their_own_answers(asys: ActorSystem) -> None:
    actors = [asys.createActor(Inmate) for _ in range(3)]
    pids = [asys.ask(actor, "who are you?", 20) for actor in actors]

    def ask_all(_: int) -> list[list[int]]:
        answers = []
        for _ in range(ROUNDS):
            with asys.private() as mine:
                answers.append([mine.ask(actor, "who are you?", 20) for actor in actors])
        return answers

    with ThreadPoolExecutor(THREADS) as threads:
        for answers in threads.map(ask_all, range(THREADS)):
            assert answers == [pids] * ROUNDS


@pytest.mark.slow
def test_private_connections_of_many_threads_can_all_create(asys: ActorSystem) -> None:
    def create(_: int) -> list[int]:
        with asys.private() as mine:
            return [mine.ask(mine.createActor(Inmate), "who are you?", 20) for _ in range(3)]

    with ThreadPoolExecutor(THREADS) as threads:
        pids = [pid for found in threads.map(create, range(THREADS)) for pid in found]
    assert len(set(pids)) == 3 * THREADS


@pytest.mark.slow
def test_a_fork_of_the_program_has_a_connection_of_its_own(asys: ActorSystem) -> None:
    actor = asys.createActor(Inmate)
    pid = asys.ask(actor, "who are you?", 20)
    forked = os.fork()
    if not forked:  # nothing of the test may be cleaned up here
        try:
            os._exit(0 if asys.ask(actor, "who are you?", 20) == pid else 3)
        finally:
            os._exit(4)
    assert asys.ask(actor, "who are you?", 20) == pid
    assert os.waitstatus_to_exitcode(os.waitpid(forked, 0)[1]) == 0
    assert asys.ask(actor, "who are you?", 20) == pid


@pytest.mark.slow
@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
def test_actors_inherit_their_queues_however_their_processes_start(method: str) -> None:
    system = ActorSystem(BASE, {"Process Startup Method": method}, logDefs=False, transientUnique=True)
    try:
        actor = system.createActor(Inmate)
        assert system.ask(actor, "have a child", 20) != system.ask(actor, "who are you?", 20)
    finally:
        system.shutdown()


@pytest.mark.slow
def test_thirty_systems_leave_no_process_and_no_file() -> None:
    for _ in range(30):
        ActorSystem(BASE, logDefs=False, transientUnique=True).shutdown()
