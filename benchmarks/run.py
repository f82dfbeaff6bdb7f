"""Measures what actors cost on the bases that are asked for, beside other actor libraries when asked.

Machines are noisy: read the ratios, which come from programs that take turns, and not the figures.
``--beside original,pykka`` installs those from the package index into environments of their own.
"""

from __future__ import annotations

import argparse
import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import attrs
from rich.console import Console
from rich.progress import track

from benchmarks.plots import draw
from benchmarks.report import report
from benchmarks.results import Failure, Finding, read_findings
from benchmarks.running import NotMeasured, run_program
from benchmarks.systems import DEFAULT_BASES, HERE, NEIGHBOURS, System, neighbour, our_systems

LIMIT_S = 150  # for one figure of one system, which takes a few seconds
FIGURES = ("ask", "tell", "ring", "fanout", "big", "start", "meeting", "import", "idle")
SLOW = ("idle",)  # measured in the first round only
CURVES = {
    "big": (1, 32),
    "pipelined": (1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000),
    "create": (10, 100, 500),
    "children": (10, 100, 500),
}
QUICK_MOST = 100_000
# Measured once, each by a program that compares by itself.
ONCE = {
    "pieces": System("our engine", sys.executable, "engine_pieces.py"),
    "logging": System("multiprocTCPBase", sys.executable, "operating_figures.py", ("logging",)),
    "status": System("multiprocTCPBase", sys.executable, "operating_figures.py", ("status",)),
}


@attrs.frozen
class Step:
    """One figure to be measured.

    Attributes:
        figure: as the programs call it.
        x: where on its curve.
        round_number: from 0.
    """

    figure: str
    x: int
    round_number: int

    @property
    def arguments(self) -> tuple[str, ...]:
        """What the programs are told."""
        return (self.figure, "--x", str(self.x))

    def __str__(self) -> str:
        return self.figure + (f" {self.x:,}" if self.x else "")


def steps(figures: Sequence[str], rounds: int, most: int) -> Iterator[Step]:
    """Yield all that is to be measured, in order; ``most`` is where the curves end."""
    for number in range(rounds):
        for figure in figures:
            if number == 0 or figure not in SLOW:
                yield from (Step(figure, x, number) for x in CURVES.get(figure, (0,)) if x <= most)


class Measuring:
    """Measures figures, and keeps what was found.

    Args:
        systems: that take turns.
        seconds: that each figure is measured for.
    """

    def __init__(self, systems: Sequence[System], seconds: float) -> None:
        self._systems = list(systems)
        self._seconds = seconds
        self._given_up: dict[tuple[str, str], int] = {}
        self.findings: list[Finding] = []
        self.failures: list[Failure] = []

    def measure(self, step: Step) -> None:
        """Measure one figure of each system in turn; nobody is always first."""
        start = step.round_number % max(1, len(self._systems))
        for system in self._systems[start:] + self._systems[:start]:
            # What failed is not tried again, nor what is still harder.
            if step.x >= self._given_up.get((system.name, step.figure), step.x + 1):
                continue
            more = ("--seconds", str(self._seconds), *system.arguments)
            self._measure(system, step, (*step.arguments, *more))

    def measure_once(self, figure: str) -> None:
        """Measure what is no curve and needs no rounds, where the engine is installed."""
        if find_spec("thespian_multiproc") is not None:
            self._measure(ONCE[figure], Step(figure, 0, 0), ONCE[figure].arguments)

    def _measure(self, system: System, step: Step, arguments: Sequence[str]) -> None:
        try:
            printed = run_program([system.python, system.script, *arguments], LIMIT_S)
            found = read_findings(system.name, printed)
        except (NotMeasured, OSError, ValueError) as why:
            self._given_up[system.name, step.figure] = step.x
            self.failures.append(Failure(system.name, str(step), str(why)))
            return
        self.findings += found
        if any(one.lost for one in found):
            self._given_up[system.name, step.figure] = step.x + 1


def main() -> None:
    """Measure everything in turn, print the tables, and write them and the plots."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    every = (*FIGURES, *(name for name in CURVES if name not in FIGURES), *ONCE)
    parser.add_argument("--bases", default=",".join(DEFAULT_BASES), help="of ours, with commas between")
    parser.add_argument("--beside", default="", help="original, pykka, or both with a comma between")
    parser.add_argument("--figures", default=",".join(every), help="some of the default, with commas between")
    parser.add_argument("--quick", action="store_true", help="one short round, and shorter curves")
    parser.add_argument("--rounds", type=int, help="3; 1 when it shall be quick")
    parser.add_argument("--seconds", type=float, help="of each figure in each round: 1.0; 0.3 when quick")
    parser.add_argument("--out", type=Path, default=HERE / "results", help="folder for tables and plots")
    arguments = parser.parse_args()
    figures, bases, beside = (_names(text) for text in (arguments.figures, arguments.bases, arguments.beside))
    if unknown := [name for name in figures if name not in every]:
        parser.error(f"--figures knows {', '.join(every)}, not {', '.join(unknown)}")
    if unknown := [name for name in beside if name not in NEIGHBOURS]:
        parser.error(f"--beside knows {', '.join(NEIGHBOURS)}, not {', '.join(unknown)}")
    rounds = arguments.rounds or (1 if arguments.quick else 3)
    seconds = arguments.seconds or (0.3 if arguments.quick else 1.0)
    systems, missing = our_systems(bases)
    failures = [Failure(name, "all figures", "no plugin that is installed has this base") for name in missing]
    for name in beside:
        try:
            systems += neighbour(name, bases)
        except (OSError, subprocess.CalledProcessError) as why:
            failures.append(Failure(name, "all figures", f"it cannot be installed: {why}"))
    measuring = Measuring(systems, seconds)
    plan = [
        *steps(
            [name for name in figures if name not in ONCE], rounds, QUICK_MOST if arguments.quick else 10**9
        )
    ]
    title = _title(rounds)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ended from outside, nothing is left running
    try:
        for step in track(plan, "measuring", console=Console(stderr=True), transient=True):
            measuring.measure(step)
        for figure in figures:
            if figure in ONCE:
                measuring.measure_once(figure)
    except KeyboardInterrupt:
        print("interrupted: this is what was measured until then", file=sys.stderr)
    text = report(title, measuring.findings, failures + measuring.failures)
    print(text)
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "figures.md").write_text(text, encoding="utf-8")
    for file in (arguments.out / "figures.md", *draw(measuring.findings, arguments.out)):
        print(f"written: {os.path.relpath(file)}")


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _title(rounds: int) -> str:
    load = f", load {os.getloadavg()[0]:.1f} before" if hasattr(os, "getloadavg") else ""
    return (
        f"{time.strftime('%Y-%m-%d')}, Python {platform.python_version()}, {platform.system()}, "
        f"{os.cpu_count()} processors{load}, {rounds} round{'s' if rounds > 1 else ''}"
    )


if __name__ == "__main__":
    main()
