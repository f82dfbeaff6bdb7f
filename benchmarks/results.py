"""What was measured: one record a figure, read from the lines that the programs print."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Sequence

import attrs


@attrs.frozen
class Finding:
    """One figure, measured once.

    Attributes:
        system: what was measured.
        name: the figure.
        x: where on a curve it lies; None for a figure that is no curve.
        value: in units.
        unit: of the value.
        higher_is_better: else lower is.
        lost: messages that were sent and never arrived; None where that was not counted.
    """

    system: str
    name: str
    x: int | None
    value: float
    unit: str
    higher_is_better: bool
    lost: int | None = None


@attrs.frozen
class Failure:
    """A figure that was not measured, and why."""

    system: str
    figure: str
    reason: str


def read_findings(system: str, printed: str) -> list[Finding]:
    """Return what a program has printed.

    Raises:
        ValueError: it has printed something else.
    """
    try:
        return [Finding(system, **json.loads(line)) for line in printed.splitlines() if line.strip()]
    except (TypeError, ValueError) as why:
        raise ValueError(f"what was printed is no finding: {why}\n{printed:.500}") from None


@attrs.frozen
class Summary:
    """All runs of one figure of one system.

    Attributes:
        median: of the runs that lost nothing; None when all have lost something.
        lowest: of them.
        highest: of them.
        lost: in all runs together; None where that was not counted.
    """

    median: float | None
    lowest: float
    highest: float
    lost: int | None


def summary(runs: Sequence[Finding]) -> Summary:
    """Put the runs of one figure together: a run with losses does not count."""
    counted = [run.value for run in runs if not run.lost]
    losses = [run.lost for run in runs if run.lost is not None]
    lost = sum(losses) if losses else None
    if not counted:
        return Summary(None, 0.0, 0.0, lost)
    return Summary(statistics.median(counted), min(counted), max(counted), lost)


Summaries = dict[tuple[str, int | None], dict[str, Summary]]


def summaries(findings: Iterable[Finding]) -> Summaries:
    """Return the summaries by figure and place on its curve, and by system, in the order of the findings."""
    runs: dict[tuple[str, int | None], dict[str, list[Finding]]] = {}
    for finding in findings:
        runs.setdefault((finding.name, finding.x), {}).setdefault(finding.system, []).append(finding)
    return {
        key: {system: summary(found) for system, found in by_system.items()}
        for key, by_system in runs.items()
    }
