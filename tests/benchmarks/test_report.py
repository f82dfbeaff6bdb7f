"""The tables of the benchmarks say what was measured, and what was lost."""

from __future__ import annotations

import pytest

from benchmarks.report import report
from benchmarks.results import Failure, Finding, read_findings, summary


def rate(value: float, lost: int | None = 0, x: int | None = None) -> Finding:
    """Return a run of a figure."""
    return Finding("some base", "tell", x, value, "messages/s", True, lost)


def test_the_runs_of_a_figure_become_a_median_and_its_spread() -> None:
    assert "1,200 (1,000 to 5,000), 0 undelivered" in report("", [rate(v) for v in (1000, 5000, 1200)], [])


def test_a_run_with_losses_does_not_count() -> None:
    found = summary([rate(1000), rate(9999, lost=3)])
    assert (found.median, found.highest, found.lost) == (1000, 1000, 3)


def test_when_every_run_has_lost_something_the_losses_stand_in_the_rates_place() -> None:
    shown = report("", [rate(9999, lost=3)], [])
    assert "3 undelivered" in shown
    assert "9,999" not in shown


def test_a_curve_is_a_table_of_its_own_by_number() -> None:
    rows = report("", [rate(5, None, 10_000), rate(7, None, 1_000)], []).splitlines()
    assert [row.split("|")[1].strip() for row in rows[-2:]] == ["1,000", "10,000"]


def test_what_was_not_measured_is_told_with_its_reason() -> None:
    assert "- some base, ring: no answer" in report("", [], [Failure("some base", "ring", "no answer")])


def test_what_is_no_finding_is_shown() -> None:
    with pytest.raises(ValueError, match="hello"):
        read_findings("some base", "hello")
