"""The tables of all figures, in Markdown that can be read as it is."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.results import Failure, Finding, Summary, summaries

NOTE = "Each figure is the median of its runs, and (lowest to highest). A rate with losses does not count."


def report(title: str, findings: Sequence[Finding], failures: Sequence[Failure]) -> str:
    """Return the whole report: single figures, curves, and what was not measured.

    Args:
        title: one line on when and where it was measured.
        findings: in any order; what is found first is shown first.
        failures: what could not be measured.
    """
    parts = ["# Figures", title, NOTE]
    alike: dict[tuple[str, ...], list[str]] = {}  # figures of the same systems share a table
    for name in dict.fromkeys(one.name for one in findings if one.x is None):
        systems = dict.fromkeys(one.system for one in findings if one.name == name)
        alike.setdefault(tuple(systems), []).append(name)
    found = summaries(findings)
    headings = {one.name: _heading(one) for one in findings}
    for columns, names in alike.items():
        rows = [[headings[name], *_cells(found[name, None], columns)] for name in names]
        parts.append(_table(["figure", *columns], rows))
    for name in dict.fromkeys(one.name for one in findings if one.x is not None):
        columns = tuple(dict.fromkeys(one.system for one in findings if one.name == name))
        places = sorted({one.x for one in findings if one.name == name and one.x is not None})
        rows = [[f"{x:,}", *_cells(found[name, x], columns)] for x in places]
        parts += [f"## {headings[name]}", _table(["number", *columns], rows)]
    if failures:
        lines = [f"- {one.system}, {one.figure}: {one.reason}" for one in failures]
        parts += ["## Not measured", "\n".join(lines)]
    return "\n\n".join(parts) + "\n"


def _heading(finding: Finding) -> str:
    return f"{finding.name} ({finding.unit}, {'higher' if finding.higher_is_better else 'lower'} is better)"


def _cells(by_system: dict[str, Summary], columns: Sequence[str]) -> list[str]:
    return [_cell(by_system.get(system)) for system in columns]


def _cell(summary: Summary | None) -> str:
    if summary is None:
        return "-"
    lost = "" if summary.lost is None else f"{summary.lost:,} undelivered"
    if summary.median is None:
        return lost
    text = shown(summary.median)
    if summary.lowest != summary.highest:
        text += f" ({shown(summary.lowest)} to {shown(summary.highest)})"
    return f"{text}, {lost}" + (" in other runs" if summary.lost else "") if lost else text


def shown(value: float) -> str:
    """Return a number with three digits that matter."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3g}"


def _table(heading: list[str], rows: list[list[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(heading, *rows, strict=True)]

    def line(cells: list[str]) -> str:
        first, *others = zip(cells, widths, strict=True)
        return (
            " | ".join([f"| {first[0]:<{first[1]}}", *(f"{cell:>{width}}" for cell, width in others)]) + " |"
        )

    rule = [f"|:{'-' * widths[0]}-", *("-" * (width + 1) + ":" for width in widths[1:])]
    return "\n".join([line(heading), "|".join(rule) + "|", *map(line, rows)])
