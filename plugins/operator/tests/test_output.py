"""Terminals get colours and pictures, pipes get plain text, and Ctrl-C ends what goes on."""

from __future__ import annotations

import os
import pty
import shlex
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from plugins.operator.tests.conftest import PATIENCE_S, Command, Gate, Town
from tools.terminals import read_all


@contextmanager
def on_a_terminal(
    thespian: Command, *words: object, **environ: str
) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Run a command on a terminal of its own, whose screen can be read."""
    screen, theirs = pty.openpty()
    try:
        with subprocess.Popen(
            thespian.words(*map(str, words)),
            cwd=thespian.folder,
            env={**thespian.environment, "TERM": "xterm-256color", "COLUMNS": "160", **environ},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        ) as ran:
            os.close(theirs)
            theirs = -1
            try:
                yield screen, ran
            finally:
                if ran.poll() is None:
                    ran.kill()
    finally:
        os.close(screen)
        if theirs >= 0:
            os.close(theirs)


def read_until(screen: int, wanted: str) -> str:
    """Return what is shown, up to a text that must come."""
    shown = ""
    while wanted not in shown:
        shown += os.read(screen, 65536).decode()
    return shown


@pytest.mark.slow
def test_a_pipe_gets_no_colours(town: Town, new_gate: Callable[[], Gate]) -> None:
    (worker,) = town.hire(1)
    town.pass_on(worker, 1, new_gate().message)
    assert "\x1b" not in town.thespian.prints("status")
    assert "\x1b" not in town.thespian.prints("top")


@pytest.mark.slow
def test_a_terminal_shows_the_busy_in_colour(town: Town, new_gate: Callable[[], Gate]) -> None:
    (worker,) = town.hire(1)
    town.pass_on(worker, 1, new_gate().message)
    with on_a_terminal(town.thespian, "status") as (screen, _):
        lines = read_all(screen).splitlines()
    assert next(line for line in lines if "Worker" in line).startswith("\x1b[33m")
    with on_a_terminal(town.thespian, "status", NO_COLOR="1") as (screen, _):
        assert "\x1b" not in read_all(screen)


def test_an_output_that_cannot_show_the_tree_gets_plain_lines(town: Town) -> None:
    town.hire(2)
    with_ascii = Command(town.thespian.folder, town.thespian.options, {"PYTHONIOENCODING": "ascii"})
    text = with_ascii.prints("status")
    assert "\n|- plugins" in text
    assert "\n`- plugins" in text


@pytest.mark.parametrize("words", ["status", "status --watch --interval 0.1", "top", "status --json"])
def test_a_reader_that_goes_away_is_no_error(town: Town, words: str) -> None:
    line = shlex.join(town.thespian.words(*words.split()))
    ran = subprocess.run(
        ["bash", "-c", f"{line} | head -n 1"],
        cwd=town.thespian.folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert (ran.stderr, len(ran.stdout.splitlines())) == ("", 1)


@pytest.mark.parametrize("words", ["status --watch", "top"])
def test_a_terminal_is_drawn_anew_until_ctrl_c(town: Town, words: str) -> None:
    with on_a_terminal(town.thespian, *words.split(), "--interval", "0.1") as (screen, ran):
        read_until(screen, "Mayor")
        town.hire(1)
        read_until(screen, "Worker")
        ran.send_signal(signal.SIGINT)
        rest = read_all(screen)
        assert ran.wait(PATIENCE_S) == 130
    assert "Traceback" not in rest
    assert "\x1b[?1049l" in rest  # the screen is as it was before


@pytest.mark.parametrize("words", ["status", "top --once"])
def test_a_standard_output_that_was_closed_is_no_error(town: Town, words: str) -> None:
    ran = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *town.thespian.words(*words.split())],
        cwd=town.thespian.folder,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        timeout=PATIENCE_S,
    )
    assert (ran.returncode, ran.stderr) == (0, "")


def test_ctrl_c_ends_watching_in_a_pipe(town: Town) -> None:
    with subprocess.Popen(
        town.thespian.words("status", "--watch", "--interval", "0.1"),
        cwd=town.thespian.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as ran:
        assert ran.stdout is not None
        first = [ran.stdout.readline() for _ in range(12)]
        ran.send_signal(signal.SIGINT)
        _, said = ran.communicate(timeout=PATIENCE_S)
    assert sum(line.startswith(town.base_name) for line in first) >= 1
    assert (ran.returncode, said.strip()) == (130, "")
