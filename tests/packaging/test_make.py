"""The Makefile tells what it offers, and says in one sentence why it cannot go on."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tools.house_rules import ROOT

TARGETS = {"demo", "test", "quick", "check", "docs", "wheels", "pictures", "bench", "soak", "clean", "help"}

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


def make(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run make, as from a shell of its own: not as part of the make that may run these tests."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    command = ["make", *words]
    return subprocess.run(
        command, cwd=folder, env=clean, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A checkout's outermost files, without an environment."""
    for name in ["Makefile", "pyproject.toml", "requirements-dev.txt"]:
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def test_make_alone_lists_every_target_and_sets_nothing_up(fresh: Path) -> None:
    shown = make(fresh).stdout
    assert set(re.findall(r"^  make (\w+)", shown, re.MULTILINE)) == TARGETS
    assert not (fresh / ".venv").exists()


@pytest.mark.parametrize("target", ["demo", "test"])
def test_a_python_that_is_too_old_is_answered_with_one_sentence(fresh: Path, target: str) -> None:
    old = fresh / "python-of-old"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    tried = make(fresh, target, f"PYTHON={old}")
    first, *rest = tried.stderr.splitlines()
    assert first.startswith("Thespian needs Python 3.10 or newer, and '")
    assert all(line.startswith("make") for line in rest)
    assert tried.returncode != 0
    assert not (fresh / ".venv").exists()


def test_clean_never_empties_a_folder_that_is_no_environment(fresh: Path) -> None:
    kept = fresh / "important"
    kept.mkdir()
    (kept / "file").write_text("")
    assert make(fresh, "clean", "VENV=important").returncode == 0
    assert (kept / "file").exists()
