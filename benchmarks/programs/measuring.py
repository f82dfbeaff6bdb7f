"""How the programs in this folder measure, and say what they found.

A program prints one line of JSON for each figure. Standard library only: they run in other
libraries' environments too.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Sequence

PAYLOAD = ("some text", 12345, 6.75)
WARM_UP = 200
now = time.perf_counter


def show(
    name: str,
    value: float,
    unit: str,
    higher_is_better: bool = False,
    x: int | None = None,
    lost: int | None = None,
) -> None:
    """Print one figure.

    Args:
        name: what was measured.
        value: in units.
        unit: of the value.
        higher_is_better: else lower is.
        x: where on a curve it was measured.
        lost: messages that were sent and never arrived; None where that was not counted.
    """
    found = {"name": name, "x": x, "value": value, "unit": unit}
    print(json.dumps({**found, "higher_is_better": higher_is_better, "lost": lost}), flush=True)


def show_latency(taken_s: Sequence[float]) -> None:
    """Print what an ask takes: the median, and what 99 of 100 stay below."""
    taken_s = sorted(taken_s)
    show("ask, median", statistics.median(taken_s) * 1e6, "us")
    show("ask, 99th percentile", taken_s[int(len(taken_s) * 0.99)] * 1e6, "us")


def timed(act: Callable[[], object], seconds: float) -> list[float]:
    """Do something again and again, and return how long it took each time."""
    taken_s: list[float] = []
    until = now() + seconds
    while (began := now()) < until:
        act()
        taken_s.append(now() - began)
    return taken_s


def paced(act: Callable[[int], None], number: int, seconds: float) -> tuple[int, float]:
    """Do something more and more often, until that takes about so long; return how often and how long."""
    while True:
        began = now()
        act(number)
        took_s = now() - began
        if took_s >= 0.6 * seconds:
            return number, took_s
        number = int(number * min(10.0, max(1.5, seconds / took_s)))
