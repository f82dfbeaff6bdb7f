"""Prints how fast every installed base is; beside other actor libraries when asked.

Machines are noisy: read the ratios, which come from programs that take turns, and not the figures.
``--beside original,pykka`` installs those from the package index into environments of their own.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import venv
from pathlib import Path

import attrs
from rich.console import Console
from rich.progress import track
from rich.table import Table

from thespian_core.hooks.records import SystemBaseSpec
from thespian_core.hooks.registry import default_registry

HERE = Path(__file__).resolve().parent
ENVIRONMENTS = HERE.parent / ".venv-bench"
NEIGHBOURS = {
    "original": ("thespian==4.0.1", "thespian_figures.py"),
    "pykka": ("pykka==4.5.0", "pykka_figures.py"),
}
FIGURES = ("ask, median", "tell", "create and first answer", "import thespian.actors")
LIMIT_S = 120  # for one figure of one system, which takes about a second


@attrs.frozen
class System:
    """One thing to measure: how it is called in the table, and how it is run."""

    name: str
    python: str
    script: str
    arguments: tuple[str, ...] = ()


def main() -> None:
    """Measure everything in turn, and print a table for each figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--beside", default="", help="original, pykka, or both with a comma between")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each figure in each round")
    arguments = parser.parse_args()
    beside = [name for name in arguments.beside.split(",") if name]
    if unknown := set(beside) - set(NEIGHBOURS):
        parser.error(f"--beside knows {', '.join(NEIGHBOURS)}, not {', '.join(sorted(unknown))}")
    bases = default_registry().names(SystemBaseSpec)
    systems = [System(base, sys.executable, "thespian_figures.py", ("--base", base)) for base in bases]
    for name in beside:
        systems += _neighbour(name, bases)
    console = Console()
    found: dict[tuple[str, str], list[float]] = {}
    kinds: dict[str, tuple[str, bool]] = {}
    turns = [(number, figure) for number in range(arguments.rounds) for figure in FIGURES]
    for number, figure in track(turns, "measuring", console=Console(stderr=True), transient=True):
        start = number % len(systems)  # nobody is always first
        for system in systems[start:] + systems[:start]:
            if (answer := _measure(system, figure, arguments.seconds)) is not None:
                found.setdefault((figure, system.name), []).append(float(str(answer["value"])))
                kinds[figure] = (str(answer["unit"]), bool(answer["higher_is_better"]))
    for figure in FIGURES:
        console.print(_table(figure, *kinds[figure], [system.name for system in systems], found))


def _neighbour(name: str, bases: tuple[str, ...]) -> list[System]:
    requirement, script = NEIGHBOURS[name]
    folder = ENVIRONMENTS / name
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        venv.create(folder, with_pip=True)
    subprocess.run([python, "-m", "pip", "install", "-q", requirement], check=True)
    if script == "thespian_figures.py":
        return [System(f"{name} {base}", str(python), script, ("--base", base)) for base in bases]
    return [System(name, str(python), script)]


def _measure(system: System, figure: str, seconds: float) -> dict[str, object] | None:
    run = subprocess.run(
        [system.python, str(HERE / system.script), figure, "--seconds", str(seconds), *system.arguments],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        cwd=HERE,
    )
    if run.returncode != 0:
        raise SystemExit(f"{system.name} failed at {figure!r}:\n{run.stderr}")
    answer: dict[str, object] | None = json.loads(run.stdout) if run.stdout.strip() else None
    return answer


def _table(
    figure: str,
    unit: str,
    higher_is_better: bool,
    names: list[str],
    found: dict[tuple[str, str], list[float]],
) -> Table:
    table = Table(title=f"{figure} ({unit}, {'higher' if higher_is_better else 'lower'} is better)")
    for heading in ("system", "median", "lowest", "highest", f"{names[0]} is better by"):
        table.add_column(heading, justify="left" if heading == "system" else "right")
    first = statistics.median(found[figure, names[0]])
    for name in names:
        if values := found.get((figure, name)):
            middle = statistics.median(values)
            ratio = first / middle if higher_is_better else middle / first
            table.add_row(
                name, *(f"{value:,.1f}" for value in (middle, min(values), max(values))), f"{ratio:.2f} x"
            )
    return table


if __name__ == "__main__":
    main()
