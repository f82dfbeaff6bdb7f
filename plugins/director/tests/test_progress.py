"""Long work shows a bar on a terminal, and nothing in a pipe."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

PROGRAM = """
from thespian_director.progress import track
print(sum(track("adding", [1, 2, 3])))
"""


def test_a_pipe_gets_the_output_alone() -> None:
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, timeout=60, check=True)
    assert (ran.stdout, ran.stderr) == (b"6\n", b"")


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_a_terminal_gets_a_bar_that_is_gone_afterwards() -> None:
    ours, theirs = pty.openpty()
    try:
        ran = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            stdout=subprocess.PIPE,
            stderr=theirs,
            env={**os.environ, "TERM": "xterm", "COLUMNS": "80"},
            timeout=60,
            check=True,
        )
        drawn = os.read(ours, 100_000).decode()
    finally:
        os.close(ours)
        os.close(theirs)
    assert ran.stdout == b"6\n"
    assert "adding" in drawn
    assert "3/3" in drawn
    assert drawn.rstrip().endswith("\x1b[2K"), "its line is cleared"
