"""The word count's manners: plain in a pipe, a bar on a terminal, and a sentence for each mistake."""

from __future__ import annotations

import contextlib
import os
import pty
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest

from examples.wordcount import counting
from tests.examples.programs import LIMIT_S, ROOT, wordcount
from tests.examples.test_wordcount_results import KEYS


def test_a_pipe_gets_no_escape_codes_whatever_files_are_called(tree: Path) -> None:
    os.symlink(b"gone", os.fsencode(tree) + b"/\x1b[31m\xff.txt")
    (tree / "[bold]:smile:.txt").symlink_to("gone")
    done = wordcount("--path", tree, FORCE_COLOR="1")
    assert done.returncode == 0, done.stderr
    assert not [c for c in done.stdout + done.stderr if c in "\x1b\r"]
    assert r"\x1b[31m\udcff.txt: No such file" in done.stdout
    assert "[bold]:smile:.txt: No such file" in done.stdout


@pytest.mark.parametrize("how", ["--json", "--top=10"])
def test_an_output_that_knows_only_ascii_is_no_trouble(tree: Path, how: str) -> None:
    done = wordcount("--path", tree, how, PYTHONIOENCODING="ascii")
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)


def test_a_terminal_gets_a_bar(tree: Path) -> None:
    ours, theirs = pty.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "examples.wordcount", "--path", tree],
            cwd=ROOT,
            env={**os.environ, "TERM": "xterm"},
            stdout=theirs,
            stderr=theirs,
            timeout=LIMIT_S,
            check=False,
        )
        screen = os.read(ours, 65_536).decode()
    finally:
        os.close(theirs)
        os.close(ours)
    assert done.returncode == 0
    assert "looking for files" in screen
    assert "\x1b[" in screen


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--path", "no/such/folder"], "Path 'no/such/folder' does not exist."),
        (["--workers", "0"], "Invalid value for '--workers': 0 is not in the range 1<=x<=256."),
        (["--workers", "two"], "Invalid value for '--workers': 'two' is not a valid integer range."),
        (["--top", "-1"], "Invalid value for '--top': -1 is not in the range x>=0."),
        (["--base", "noSuchBase"], "no system base named 'noSuchBase' is installed"),
        (["extra"], "Got unexpected extra argument (extra)"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_wrong_argument_is_status_2_and_a_sentence(arguments: list[str], sentence: str) -> None:
    done = wordcount(*arguments, "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_without_text_is_status_1_and_a_sentence(tmp_path: Path) -> None:
    done = wordcount("--path", tmp_path, "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"Error: there is no text or source file under {tmp_path}\n"


def test_without_any_base_it_says_what_to_install(tree: Path) -> None:
    done = wordcount("--path", tree, THESPIAN_BLOCK_PLUGINS="*")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: no system base is installed")


def test_the_help_names_every_suffix_and_every_key() -> None:
    words = wordcount("--help").stdout.replace(",", " ").split()
    assert not {*counting.SOURCE_SUFFIXES, *counting.TEXT_SUFFIXES, *KEYS} - set(words)


@pytest.mark.slow
def test_ctrl_c_is_status_130_without_a_traceback_and_leaves_nothing_running(base: str) -> None:
    mark = f"WORD_COUNT_TEST={uuid.uuid4()}"  # processes inherit it, whatever session they are in
    program = subprocess.Popen(
        [sys.executable, "-m", "examples.wordcount", "--base", base],
        cwd=ROOT,
        env={**os.environ, **dict([mark.split("=")])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )
    assert program.stderr
    first_line = program.stderr.readline()
    os.killpg(program.pid, signal.SIGINT)  # a terminal, too, signals the whole group
    stdout, stderr = program.communicate(timeout=LIMIT_S)
    assert "files" in first_line
    assert (program.returncode, stdout) == (130, "")
    assert stderr.splitlines()[-1] == "interrupted"
    assert "Traceback" not in stderr
    until = time.monotonic() + LIMIT_S
    while processes_with(mark) and time.monotonic() < until:
        continue
    assert processes_with(mark) == []


def processes_with(variable: str) -> list[str]:
    """Return the command lines of the processes with this in their environment, where that can be seen."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended, or is another user's
            if variable.encode() in (folder / "environ").read_bytes().split(b"\0"):
                found.append((folder / "cmdline").read_text().replace("\0", " "))
    return found
