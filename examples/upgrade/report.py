"""What came of the requests, as a table and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from examples.upgrade.clients import Clients, Request


def figures(clients: Clients, phases: Sequence[str]) -> dict[str, Any]:
    """Return the figures of a run.

    Args:
        clients: they have ended.
        phases: in order; the second is the upgrade.
    """
    upgrade, after = phases[1:3]
    rows = [_row(phase, [each for each in clients.requests if each.phase == phase]) for phase in phases]
    return {
        "requests": len(clients.requests),
        "lost": sum(row["lost"] for row in rows),
        "answered_twice": len(clients.surplus),
        "wrong": len(clients.wrong),
        "ended_on_1_after_the_upgrade": sum(
            each.version == 1 and each.phase == upgrade and each.ended_phase == after
            for each in clients.requests
        ),
        "phases": rows,
    }


def print_table(found: dict[str, Any]) -> None:
    """Print figures for people."""
    table = Table("phase", "requests", "by 1", "by 2", "lost", "p50 ms", "p99 ms", "longest ms")
    for row in found["phases"]:
        cells = [row[name] for name in ("phase", "requests", "by_1", "by_2", "lost")]
        times = [row[name] for name in ("p50_ms", "p99_ms", "longest_ms")]
        table.add_row(*map(str, cells), *("-" if each is None else f"{each:.2f}" for each in times))
    Console().print(table)
    print(
        f"{found['requests']} requests: {found['lost']} lost, {found['answered_twice']} answered twice, "
        f"{found['wrong']} wrong; {found['ended_on_1_after_the_upgrade']} that were under way during the "
        f"upgrade ended on version 1 after it"
    )


def _row(phase: str, requests: list[Request]) -> dict[str, Any]:
    # Times are those of requests that are answered at once; the others wait for somebody to look at them.
    times_ms = sorted(
        each.waited_s * 1000 for each in requests if each.waited_s is not None and not each.look_s
    )
    return {
        "phase": phase,
        "requests": len(requests),
        "by_1": sum(each.version == 1 for each in requests),
        "by_2": sum(each.version == 2 for each in requests),
        "lost": sum(each.version is None for each in requests),
        "p50_ms": _quantile(times_ms, 0.5),
        "p99_ms": _quantile(times_ms, 0.99),
        "longest_ms": times_ms[-1] if times_ms else None,
    }


def _quantile(ordered: list[float], part: float) -> float | None:
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else None
