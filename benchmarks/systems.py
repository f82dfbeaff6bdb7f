"""What can be measured: our bases, and other libraries in environments of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

import attrs

from thespian_core.hooks.records import SystemBaseSpec
from thespian_core.hooks.registry import default_registry

HERE = Path(__file__).resolve().parent
PROGRAMS = HERE / "programs"
ENVIRONMENTS = HERE.parent / ".venv-bench"
DEFAULT_BASES = ("simpleSystemBase", "multiprocTCPBase")
NEIGHBOURS = {
    "original": ("thespian==4.0.1", "thespian_figures.py"),
    "pykka": ("pykka==4.5.0", "pykka_figures.py"),
}


@attrs.frozen
class System:
    """One thing to measure: how it is called in the table, and how it is run."""

    name: str
    python: str
    script: str
    arguments: tuple[str, ...] = ()


def our_systems(bases: Sequence[str]) -> tuple[list[System], list[str]]:
    """Return those of the bases that are installed, and the names of those that are not."""
    installed = default_registry().names(SystemBaseSpec)
    found = [
        System(base, sys.executable, "thespian_figures.py", ("--base", base))
        for base in bases
        if base in installed
    ]
    return found, [base for base in bases if base not in installed]


def neighbour(name: str, bases: Sequence[str]) -> list[System]:
    """Install another library from the package index, unless it is there, and return what to measure of it.

    Raises:
        OSError: there can be no environment for it.
        subprocess.CalledProcessError: it cannot be installed.
    """
    requirement, script = NEIGHBOURS[name]
    folder = ENVIRONMENTS / name
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        venv.create(folder, with_pip=True)
    subprocess.run([python, "-m", "pip", "install", "-q", requirement], check=True)
    if script == "thespian_figures.py":
        return [System(f"{name} {base}", str(python), script, ("--base", base)) for base in bases]
    return [System(name, str(python), script)]
