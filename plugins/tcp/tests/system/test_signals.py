"""Signals to the processes of a system mean what the documentation says."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from plugins.tcp.tests.system.families import Family, Watched, asys, base_name, listens, place, port
from plugins.tcp.tests.system.mortals import LastMail, Mortal, Mourner, PipeWatcher
from thespian_core.api.system import ActorSystem
from thespian_core.testing.contract import PATIENCE_S, SOON_S
from thespian_core.testing.doer import do

__all__ = ["asys", "base_name", "place", "port"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGQUIT, signal.SIGABRT])
def test_an_actor_takes_some_signals_as_a_request_to_exit_and_its_parent_is_told(
    asys: ActorSystem, number: int
) -> None:
    parent = asys.createActor(Mourner)
    child = asys.ask(parent, do("mourn", LastMail), PATIENCE_S)
    asys.ask(child, do("tell_end"), PATIENCE_S)
    pid = Family.of(asys, child).actor
    with Watched([pid]) as watched:
        os.kill(pid, number)
        assert asys.listen(PATIENCE_S) == "asked to exit"
        assert asys.listen(PATIENCE_S) == ("exited", child)
        watched.all_end()


@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGHUP, signal.SIGUSR2, signal.SIGALRM, signal.SIGPIPE]
)
def test_other_signals_do_an_actor_no_harm(asys: ActorSystem, number: int) -> None:
    actor = asys.createActor(Mortal)
    pid = Family.of(asys, actor).actor
    for _ in range(3):
        os.kill(pid, number)
        assert asys.ask(actor, do("where"), PATIENCE_S)[0] == pid


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_signals_of_a_terminal_do_admin_launcher_and_log_process_no_harm(
    asys: ActorSystem, number: int
) -> None:
    family = Family.of(asys)
    for pid in (family.admin, family.launcher, family.log):
        os.kill(pid, number)
    assert asys.ask(asys.createActor(Mortal), do("where"), PATIENCE_S)[1] == family.launcher
    assert Family.of(asys).log == family.log


def test_the_status_signal_writes_an_actors_status_to_the_internal_log(
    asys: ActorSystem, place: Path
) -> None:
    actor = asys.createActor(Mortal)
    os.kill(Family.of(asys, actor).actor, signal.SIGUSR1)
    log, until = place / "internal.log", time.monotonic() + PATIENCE_S
    while f"Actor @ {actor}" not in (log.read_text() if log.exists() else ""):
        assert time.monotonic() < until
        assert asys.ask(actor, do("where"), PATIENCE_S)
    assert "Mortal" in log.read_text()


@pytest.mark.slow
def test_a_terminated_admin_asks_its_actors_to_exit_and_ends(asys: ActorSystem, port: int) -> None:
    actor = asys.createActor(LastMail)
    asys.ask(actor, do("tell_end"), PATIENCE_S)
    family = Family.of(asys, actor)
    with family.watched() as watched:
        os.kill(family.admin, signal.SIGTERM)
        assert asys.listen(PATIENCE_S) == "asked to exit"
        watched.all_end()
    assert not listens(port)
    assert asys.listen(PATIENCE_S) is None


@pytest.mark.slow
def test_a_signal_in_the_middle_of_a_handler_waits_until_the_handler_is_done(
    asys: ActorSystem, tmp_path: Path
) -> None:
    actor = asys.createActor(Mortal)
    pid = Family.of(asys, actor).actor
    answer = asys.ask(actor, do("be_signalled", signal.SIGTERM), PATIENCE_S)
    assert answer == "still here"
    with Watched([pid]) as watched:
        watched.all_end()


# Files


def test_a_watched_file_that_can_be_read_is_told_until_it_is_watched_no_more(asys: ActorSystem) -> None:
    actor = asys.createActor(PipeWatcher)
    assert isinstance(asys.ask(actor, do("watch"), PATIENCE_S), int)
    for turn in range(3):
        asys.tell(actor, do("write", b"%d" % turn, True))
        assert asys.listen(PATIENCE_S) == (True, True, b"%d" % turn)
    asys.tell(actor, do("write", b"unseen", False))
    assert asys.listen(SOON_S) is None


def test_an_actor_that_watches_bad_numbers_goes_on(asys: ActorSystem) -> None:
    actor = asys.createActor(PipeWatcher)
    asys.tell(actor, do("watch_nonsense"))
    assert asys.ask(actor, do("where"), PATIENCE_S)
    assert isinstance(asys.ask(actor, do("watch"), PATIENCE_S), int)
    asys.tell(actor, do("write", b"data", True))
    assert asys.listen(PATIENCE_S) == (True, True, b"data")


def test_a_number_that_no_file_can_have_is_passed_over(asys: ActorSystem) -> None:
    actor = asys.createActor(PipeWatcher)
    assert isinstance(asys.ask(actor, do("watch_with", 2**80), PATIENCE_S), int)
    assert asys.listen(PATIENCE_S) == (True, True, b"there")


def test_a_regular_file_can_always_be_read(asys: ActorSystem, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 5000)
    actor = asys.createActor(PipeWatcher)
    asys.tell(actor, do("watch_file", str(tmp_path / "file")))
    told = [asys.listen(PATIENCE_S) for _ in range(3)]
    assert told == [(True, True, b"x" * 4096), (True, True, b"x" * 904), (True, True, b"")]


def test_a_watched_file_does_not_keep_mail_waiting(asys: ActorSystem) -> None:
    actor = asys.createActor(PipeWatcher)
    asys.ask(actor, do("watch"), PATIENCE_S)
    for turn in range(20):
        # Each message ends the watch, as it is not returned again.
        assert asys.ask(actor, do("answer", turn), PATIENCE_S) == turn
