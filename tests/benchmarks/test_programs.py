"""The programs that measure come to an end, and print what they found."""

from __future__ import annotations

import subprocess
import sys

import pytest

from benchmarks.results import read_findings
from benchmarks.systems import PROGRAMS


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["ask"], ["ask, median", "ask, 99th percentile"]),
        (["tell"], ["tell"]),
        (["pipelined", "--x", "100"], ["pipelined"]),
        (["ring"], ["ring of 20"]),
        (["fanout"], ["fanout to 8 workers and back"]),
        (["children", "--x", "3"], ["created by an actor"]),
        (["meeting"], ["first message to an actor, and back", "next messages to it, and back"]),
    ],
)
def test_a_program_prints_the_figures_it_is_asked_for(words: list[str], names: list[str]) -> None:
    command = [sys.executable, str(PROGRAMS / "thespian_figures.py"), *words, "--seconds", "0.05"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    found = read_findings("simpleSystemBase", printed)
    assert [one.name for one in found] == names
    assert all(one.value > 0 and not one.lost for one in found)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "names"),
    [
        (
            ["logging", "--rounds", "1"],
            [
                f"{what}, {kind}{times}"
                for what in ("ask", "one of many tells")
                for kind in (
                    *("without logging", "logging off", "logging below the level"),
                    "logging to a file",
                )
                for times in ("", ", times that without logging")
            ],
        ),
        (["status", "--actors", "3"], ["thespian status", "thespian --version, which looks at nothing"]),
    ],
)
def test_what_an_operator_pays_for_is_measured(words: list[str], names: list[str]) -> None:
    command = [sys.executable, str(PROGRAMS / "operating_figures.py"), *words]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    found = read_findings("multiprocTCPBase", printed)
    assert [one.name for one in found] == names
    assert all(one.value > 0 for one in found)
