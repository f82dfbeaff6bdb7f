"""What becomes of the records that the processes of a whole system log."""

from __future__ import annotations

import logging
import os
import re
import signal
from pathlib import Path

import psutil
import pytest

from plugins.multiproc.tests.system import logging_actors
from plugins.multiproc.tests.system.logging_actors import Chronicler, Flooding
from plugins.multiproc.tests.system.logging_systems import PATIENCE_S, system_on, to_file, waited_for
from thespian_core.api.system import ActorSystem
from thespian_core.hooks.registry import PluginRegistry, default_registry, use_registry
from thespian_core.hooks.selection import PluginOrigin, Selection
from tools.ports import free_port

HERE = logging_actors.__name__

pytestmark = pytest.mark.usefixtures("internal_log")


def test_what_an_actor_and_its_threads_log_from_beginning_to_end_is_written_with_the_address(
    base_name: str, log_file: Path
) -> None:
    with system_on(
        base_name, to_file(log_file, "%(process)d %(actorAddress)s %(name)s %(levelname)s %(message)s")
    ) as system:
        actor = system.createActor(Chronicler)
        pid = system.ask(actor, ("thread", "in a thread"), PATIENCE_S)
        address = system.ask(actor, ("own logger", "mine", "by its own logger"), PATIENCE_S)
    assert log_file.read_text().splitlines() == [
        f"{pid} {address} {line}"
        for line in (
            "chronicle WARNING is made",
            "a.thread INFO in a thread",
            "mine INFO by its own logger",
            "chronicle WARNING exits",
            "chronicle WARNING at exit",
        )
    ]


def test_the_definitions_are_applied_in_a_process_that_is_neither_the_programs_nor_the_actors(
    base_name: str, log_file: Path
) -> None:
    log_defs = to_file(log_file)
    log_defs["handlers"]["file"]["class"] = f"{HERE}.SayingWho"
    before = logging.getLogger().handlers[:]
    with system_on(base_name, log_defs) as system:
        pid = system.ask(system.createActor(Chronicler), ("log", logging.INFO, "hello"), PATIENCE_S)
        assert logging.getLogger().handlers == before
    (writer,) = {int(line.split()[0]) for line in log_file.read_text().splitlines()}
    assert writer not in (os.getpid(), pid)


def test_what_no_handler_takes_is_not_even_made_into_text_in_the_actor(
    base_name: str, log_file: Path
) -> None:
    log_defs = to_file(log_file, level="WARNING")
    log_defs["root"]["level"] = "DEBUG"
    with system_on(base_name, log_defs) as system:
        actor = system.createActor(Chronicler)
        for level, is_written in ((logging.DEBUG, False), (logging.INFO, False), (logging.WARNING, True)):
            answer = system.ask(actor, ("is written", level), PATIENCE_S)
            assert answer == (is_written, is_written)
    assert log_file.read_text().count("loud") == 1


@pytest.mark.parametrize("handler", ["Failing", "Leaving"])
def test_a_handler_that_fails_hurts_neither_an_actor_nor_the_other_handlers(
    base_name: str, log_file: Path, internal_log: Path, handler: str
) -> None:
    log_defs = to_file(log_file)
    log_defs["handlers"]["wrong"] = {"class": f"{HERE}.{handler}"}
    log_defs["root"]["handlers"] = ["file", "wrong"]
    with system_on(base_name, log_defs) as system:
        actor = system.createActor(Chronicler)
        for number in range(20):
            assert isinstance(system.ask(actor, ("log", logging.INFO, str(number)), PATIENCE_S), int)
    lines = log_file.read_text().splitlines()
    assert lines == ["is made", *map(str, range(20)), "exits", "at exit"]
    assert "this handler " in internal_log.read_text()


def test_with_false_logging_is_the_actors_own_and_nothing_is_sent(
    base_name: str, log_file: Path, internal_log: Path
) -> None:
    with system_on(base_name, False) as system:
        actor = system.createActor(Chronicler)
        assert system.ask(actor, ("own handler", str(log_file)), PATIENCE_S) == []
    assert log_file.read_text().splitlines() == ["for my own file", "exits", "at exit"]
    assert not internal_log.exists()


def test_records_that_wait_when_the_log_process_is_killed_are_written_by_the_next(
    base_name: str, log_file: Path
) -> None:
    log_defs = to_file(log_file, mode="w")
    log_defs["handlers"]["file"]["class"] = f"{HERE}.SayingWho"
    with system_on(base_name, log_defs) as system:
        actor = system.createActor(Chronicler)
        system.ask(actor, ("log", logging.INFO, "hello"), PATIENCE_S)
        pid = int(waited_for(log_file, "hello\n").split()[0])
        os.kill(pid, signal.SIGSTOP)  # so that nothing is under way when it is killed
        while psutil.Process(pid).status() != psutil.STATUS_STOPPED:
            continue
        for number in range(5):
            system.ask(actor, ("log", logging.INFO, str(number)), PATIENCE_S)
        os.kill(pid, signal.SIGKILL)
    texts = [line.partition(" ")[2] for line in log_file.read_text().splitlines()]
    assert texts == ["is made", "hello", "0", "1", "2", "3", "4", "exits", "at exit"]


@pytest.mark.slow
def test_a_handler_that_does_not_come_to_an_end_costs_records_at_shutdown_and_how_many_is_told(
    base_name: str, log_file: Path, internal_log: Path, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe")
    log_defs = to_file(log_file, **{"()": f"{HERE}.Slow", "pipe": str(tmp_path / "pipe")})
    del log_defs["handlers"]["file"]["class"]
    with system_on(base_name, log_defs) as system:
        system.ask(system.createActor(Chronicler), ("log", logging.INFO, "hello"), PATIENCE_S)
    # Of "is made", "hello", "exits" and "at exit" the first one was being written.
    assert "3 records that waited are lost, and the one that it was writing" in internal_log.read_text()


@pytest.mark.slow
def test_who_had_to_be_killed_at_shutdown_and_what_they_were_doing_is_told_and_logged(
    base_name: str, log_file: Path, internal_log: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    os.mkfifo(tmp_path / "pipe")
    with system_on(base_name, to_file(log_file)) as system:
        actor = system.createActor(Chronicler)
        pid = system.ask(actor, ("log", logging.INFO, "hello"), PATIENCE_S)
        system.tell(actor, ("wait", str(tmp_path / "pipe")))
    told = (
        f"killed at shutdown: {actor} {HERE}.Chronicler (process {pid}) did not exit within 7.5 s: "
        f"it was asleep, handling message 2 from a program (process {os.getpid()})"
    )
    assert caplog.messages == [told]
    assert log_file.read_text().splitlines() == ["is made", "hello", told]
    assert f" Warn {told}\n" in internal_log.read_text()


AUTHORITY_PLUGIN = """
from thespian_core import SourceAuthoritySpec, hookimpl

@hookimpl
def thespian_source_authorities():
    yield SourceAuthoritySpec(name="talkative", opens="talkative_authority:validate")
"""
AUTHORITY = """
import logging

logging.getLogger("authority").warning("is imported")

def validate(source_hash, data, info):
    return None
"""


def test_what_a_plugin_logs_while_the_system_starts_is_written(
    base_name: str, log_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "talkative_plugin.py").write_text(AUTHORITY_PLUGIN)
    (tmp_path / "talkative_authority.py").write_text(AUTHORITY)
    monkeypatch.syspath_prepend(tmp_path)
    known = default_registry().selection()
    before = use_registry(
        PluginRegistry.from_selection(Selection((*known.used, PluginOrigin("talkative", "talkative_plugin"))))
    )
    try:
        own = {"Admin Port": free_port(), "Source Authority": "talkative"}
        system = ActorSystem(base_name, own, to_file(log_file), transientUnique=True)
        system.shutdown()
    finally:
        use_registry(before)
    assert log_file.read_text() == "is imported\n"


def test_what_modules_log_that_are_preloaded_is_written(
    base_name: str, log_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "heavy.py").write_text("import logging\nlogging.getLogger('heavy').info('is preloaded')\n")
    monkeypatch.syspath_prepend(tmp_path)
    own = {"Admin Port": free_port(), "Preload Modules": ["heavy"]}
    system = ActorSystem(
        base_name, own, to_file(log_file, "%(message)s [%(actorAddress)s]"), transientUnique=True
    )
    try:
        address = system.createActor(Chronicler)
        assert system.ask(address, ("log", logging.INFO, "hello"), PATIENCE_S)
    finally:
        system.shutdown()
    first, *others = log_file.read_text().splitlines()
    assert first == "is preloaded []"
    assert others == [f"{text} [{address}]" for text in ("is made", "hello", "exits", "at exit")]


def dropped(lines: list[str]) -> int:
    """Return how many records are said to be lost."""
    found = [
        re.fullmatch(r"(\d+) log records? (was|were) dropped on the way to the log process", line)
        for line in lines
    ]
    return sum(int(one[1]) for one in found if one)


@pytest.mark.slow
def test_of_100_000_records_none_is_lost_uncounted_and_1_000_questions_meanwhile_are_answered(
    base_name: str, log_file: Path
) -> None:
    with system_on(base_name, to_file(log_file)) as system:
        actors = [system.createActor(Flooding) for _ in range(10)]
        for who, actor in enumerate(actors):
            system.tell(actor, ("flood", who, 0, 10_000, 100))
        for number in range(1000):
            answer = system.ask(actors[number % 10], ("are you there", number), PATIENCE_S)
            assert answer == ("here", number)
    lines = log_file.read_text().splitlines()
    records = [
        tuple(map(int, line.split())) for line in lines if line[0].isdigit() and " log record" not in line
    ]
    assert len(records) + dropped(lines) == 100_000
    for who in range(10):
        mine = [number for sender, number in records if sender == who]
        assert mine == sorted(set(mine))


@pytest.mark.slow
def test_a_log_process_that_stands_still_costs_records_which_are_counted_and_no_answer(
    base_name: str, log_file: Path, tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    log_defs = to_file(log_file, **{"()": f"{HERE}.Slow", "pipe": str(pipe)})
    del log_defs["handlers"]["file"]["class"]
    with system_on(base_name, log_defs) as system:
        actor = system.createActor(Flooding)
        system.tell(actor, ("flood", 0, 0, 10_000, 10_000))
        assert system.ask(actor, ("are you there", 1), PATIENCE_S) == ("here", 1)
        pipe.write_text("go on")
        # The actor has nothing to do, and tells of it all the same.
        waited_for(log_file, "were dropped on the way to the log process\n")
    lines = log_file.read_text().splitlines()
    assert dropped(lines) > 0
    assert sum(line.startswith("0 ") for line in lines) + dropped(lines) == 10_000
