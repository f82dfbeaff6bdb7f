"""The guards around the tests catch what they are there for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools.house_rules import ROOT

LEAKY = {
    "a thread": (
        "import threading\n"
        "def test_it():\n"
        "    threading.Thread(target=threading.Event().wait, name='left alone', daemon=True).start()\n",
        "the test test_it left behind: thread 'left alone' still runs",
    ),
    "a process": (
        "import subprocess, sys\n"
        "kept = []\n"
        "def test_it():\n"
        "    kept.append(subprocess.Popen([sys.executable, '-c', 'input()'], stdin=subprocess.PIPE))\n",
        "still runs (",
    ),
    "a process nobody waited for": (
        "import os\ndef test_it():\n    pid = os.posix_spawn('/bin/true', ['true'], {})\n",
        "has ended, but nobody waited for it",
    ),
    "an open file": (
        "import os\nkept = []\ndef test_it():\n    kept.append(os.pipe())\n",
        "is still open on pipe:",
    ),
    "a module's fixture": (
        "import os, pytest\n"
        "@pytest.fixture(scope='module')\n"
        "def pipe():\n"
        "    return os.pipe()\n"
        "def test_it(pipe):\n"
        "    pass\n",
        "a fixture shared by several tests left behind: file descriptor",
    ),
}


def run_pytest(folder: Path, text: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run one test file with the project's guards, but little patience."""
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = slow: slow\n")
    (folder / "test_it.py").write_text(text)
    # The guards' figures are shortened, so that their own tests are quick.
    (folder / "conftest.py").write_text(
        "from tools import leaks, pytest_guards\n"
        "leaks.left_since.__defaults__ = (0.2,)\n"
        "pytest_guards.SLOW_FROM_S = 0.05\n"
        "pytest_guards.FAILS_FROM_S = 0.25\n"
    )
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tools.pytest_guards", *options, str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files can only be seen in /proc")
@pytest.mark.parametrize("what", LEAKY)
def test_a_test_that_leaves_something_behind_fails_and_names_it(tmp_path: Path, what: str) -> None:
    text, said = LEAKY[what]
    outcome = run_pytest(tmp_path, text)
    assert said in outcome.stdout
    assert "1 passed, 1 error" in outcome.stdout
    assert outcome.returncode == 1


@pytest.mark.slow
def test_what_ends_on_its_own_in_a_moment_is_no_leak(tmp_path: Path) -> None:
    text = "import threading\ndef test_it():\n    threading.Timer(0.01, int).start()\n"
    assert "1 passed" in run_pytest(tmp_path, text).stdout


WAITS = "import threading\n{mark}def test_it():\n    threading.Event().wait({seconds})\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mark", "seconds", "said"),
    [
        ("", 0.1, "took more than 0.05 s and are not marked slow"),
        ("", 0.3, "make it faster, or mark it slow"),
    ],
)
def test_a_slow_test_that_is_not_marked_is_named(
    tmp_path: Path, mark: str, seconds: float, said: str
) -> None:
    assert said in run_pytest(tmp_path, WAITS.format(mark=mark, seconds=seconds)).stdout


@pytest.mark.slow
def test_a_slow_test_that_is_marked_is_left_alone(tmp_path: Path) -> None:
    text = "import pytest\n" + WAITS.format(mark="@pytest.mark.slow\n", seconds=0.3)
    outcome = run_pytest(tmp_path, text)
    assert "1 passed" in outcome.stdout
    assert "not marked slow" not in outcome.stdout
