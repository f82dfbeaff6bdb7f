"""Tells findings: to a person, wrapped and in colours on a terminal and plain in a pipe, and to programs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any

from thespian_core.hooks.errors import printable
from thespian_operator import showing
from thespian_operator.doctoring.checks import Finding, python_version, would_start
from thespian_operator.doctoring.facts import Facts
from thespian_operator.tables import Line, Style

_STYLES: dict[str, Style] = {"ok": "", "warning": "yellow", "error": "red"}
_TOPIC_WIDTH = len("installation")
_LEVEL_WIDTH = len("warning")
_INDENT = 2 + _LEVEL_WIDTH + 2 + _TOPIC_WIDTH + 2


def as_json(facts: Facts, findings: Sequence[Finding]) -> dict[str, Any]:
    """Return one object, whose keys the documentation lists."""
    return {
        "would_start": would_start(findings),
        "python": python_version(facts.python),
        "release": facts.release,
        "bases": [
            {
                "base": base.name,
                "place": base.place or None,
                "would_start": would_start(one for one in findings if one.base in (None, base.name)),
                "joins": base.running is not None,
                "trial_s": None if base.trial is None else round(base.trial.took_s, 3),
            }
            for base in facts.bases
        ],
        "findings": [
            {
                "level": finding.level,
                "topic": finding.topic,
                "base": finding.base,
                "text": finding.text,
                "mend": list(finding.mend),
            }
            for finding in findings
        ],
    }


def show(facts: Facts, findings: Sequence[Finding]) -> None:
    """Print all findings, and whether a start would work."""
    lines = [Line(f"thespian-core {facts.release}, Python {python_version(facts.python)}", "bold")]
    lines += _lines(one for one in findings if one.base is None)
    for base in facts.bases:
        own = [one for one in findings if one.base == base.name]
        if own:
            lines += [Line(printable(base.name), "bold"), *_lines(own)]
    lines.append(_verdict(facts, findings))
    if showing.is_terminal():
        _show_wrapped(lines)
    else:
        showing.show(lines)


def _lines(findings: Iterable[Finding]) -> list[Line]:
    lines = []
    for one in findings:
        head = f"  {one.level:{_LEVEL_WIDTH}}  {one.topic:{_TOPIC_WIDTH}}  "
        lines.append(Line(head + printable(one.text), _STYLES[one.level]))
        lines += [Line(" " * _INDENT + printable(mend)) for mend in one.mend]
    return lines


def _verdict(facts: Facts, findings: Sequence[Finding]) -> Line:
    if would_start(findings):
        joins = [base.name for base in facts.bases if base.running is not None]
        also = f"; on {', '.join(joins)} it would join the system that runs" if joins else ""
        return Line(f"a start would work{also}", "bold")
    failing = [one.base for one in findings if one.level == "error"]
    on = "" if None in failing else f" on {', '.join(dict.fromkeys(filter(None, failing)))}"
    return Line(f"a start would fail{on}", "red")


def _show_wrapped(lines: Iterable[Line]) -> None:
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False, no_color=bool(os.environ.get("NO_COLOR")), soft_wrap=False)
    for line in lines:
        head, rest = line.text[:_INDENT], line.text[_INDENT:]
        if not line.text.startswith("  "):
            console.print(Text(line.text, style=line.style))
            continue
        row = Table.grid()
        row.add_column(width=_INDENT, no_wrap=True)
        row.add_column(overflow="fold")
        row.add_row(Text(head, style=line.style), Text(rest, style=line.style))
        console.print(Padding(row, 0))
