"""Runs programs as people write them, each in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PATIENCE_S = 40  # a deadline that only a failing test waits for
ROOT = Path(__file__).parents[4]

HEAD = """
import os, sys
from thespian.actors import *
from thespian_core.testing.doer import do
from plugins.tcp.tests.system.mortals import Clinging, LastMail, Mortal, Mourner
BASE, PORT = (sys.argv[1], int(sys.argv[2])) if len(sys.argv) > 2 else ("", 0)
"""


def command(folder: Path, text: str, *arguments: object, name: str = "program.py") -> list[str]:
    """Write a program to a file; return what runs it."""
    file = folder / name
    file.write_text(HEAD + text)
    return [sys.executable, str(file), *map(str, arguments)]


def environment() -> dict[str, str]:
    """Return the environment in which this project's own tests can be imported."""

    return {**os.environ, "PYTHONPATH": str(ROOT)}


def run(
    folder: Path, text: str, *arguments: object, name: str = "program.py"
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end."""
    return subprocess.run(
        command(folder, text, *arguments, name=name),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        env=environment(),
    )


def begin(folder: Path, text: str, *arguments: object, name: str = "program.py") -> subprocess.Popen[str]:
    """Start a program; what it prints can be read."""
    return subprocess.Popen(
        command(folder, text, *arguments, name=name),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(),
    )
