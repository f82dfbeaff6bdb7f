"""Prints what came out, for people or for programs."""

from __future__ import annotations

import json
import os
import sys
from itertools import zip_longest

import attrs
from rich.console import Console
from rich.table import Table

from examples.wordcount.messages import Skipped, Tally, Totals

SKIPPED_SHOWN = 20
LONGEST_SHOWN = 40  # some words are a page of base64


@attrs.frozen
class Result:
    """What a run brought, and what was run.

    Attributes:
        one_worker_seconds: how long one worker alone took, if that was tried.
        load_before: how many programs wanted a processor when it began, if the system tells.
    """

    base: str
    path: str
    workers: int
    seconds: float
    totals: Totals
    one_worker_seconds: float | None = None
    load_before: float | None = None

    @property
    def files_per_s(self) -> float:
        """How many files were counted in a second."""
        return self.totals.files / self.seconds

    @property
    def mb_per_s(self) -> float:
        """How many millions of bytes were counted in a second."""
        return self.totals.size_bytes / 1e6 / self.seconds


def print_json(result: Result) -> None:
    """Print one JSON object; its keys are those that the help lists."""
    totals = result.totals
    answer = {
        "path": result.path,
        "base": result.base,
        "workers": result.workers,
        "seconds": round(result.seconds, 3),
        "files": totals.files,
        "bytes": totals.size_bytes,
        "files_per_s": round(result.files_per_s, 1),
        "mb_per_s": round(result.mb_per_s, 3),
        "one_worker_seconds": result.one_worker_seconds and round(result.one_worker_seconds, 3),
        "words": totals.words.total,
        "distinct_words": totals.words.distinct,
        "top_words": _pairs(totals.words),
        "identifiers": totals.identifiers.total,
        "distinct_identifiers": totals.identifiers.distinct,
        "top_identifiers": _pairs(totals.identifiers),
        "skipped": [attrs.asdict(one) for one in totals.skipped],
    }
    print(json.dumps(answer, indent=2))


def print_report(result: Result) -> None:
    """Print the totals, the most frequent, what was skipped, and how fast it went."""
    console = _console()
    totals = result.totals
    console.print(f"{printable(result.path)}\n")
    console.print(_summary(totals))
    if totals.words.top:
        console.print()
        console.print(_most_frequent(totals))
    if totals.skipped:
        console.print()
        _print_skipped(console, totals.skipped)
    console.print()
    console.print(_speed(result))


def _summary(totals: Totals) -> Table:
    table = _table("", "total", "distinct")
    table.add_row("files", f"{totals.files:,}", "")
    table.add_row("bytes", f"{totals.size_bytes:,}", "")
    for name, tally in (("words", totals.words), ("identifiers", totals.identifiers)):
        table.add_row(name, f"{tally.total:,}", f"{tally.distinct:,}")
    return table


def _most_frequent(totals: Totals) -> Table:
    table = _table("word", "times", "identifier", "times")
    for word, identifier in zip_longest(totals.words.top, totals.identifiers.top, fillvalue=None):
        table.add_row(*_cells(word), *_cells(identifier))
    return table


def _cells(entry: tuple[str, int] | None) -> tuple[str, str]:
    return ("", "") if entry is None else (_shortened(entry[0]), f"{entry[1]:,}")


def _console() -> Console:
    # In a pipe nothing is cut to a width that nobody sees.
    width = None if sys.stdout.isatty() else 200
    return Console(
        force_terminal=width is None, width=width, markup=False, emoji=False, highlight=False, soft_wrap=True
    )


def _speed(result: Result) -> str:
    speed = (
        f"{result.seconds:.2f} s: {result.files_per_s:,.0f} files/s, {result.mb_per_s:,.1f} MB/s "
        f"({_in_words(result.workers)} on {result.base})"
    )
    if result.one_worker_seconds is None:
        return speed
    alone = attrs.evolve(result, seconds=result.one_worker_seconds, workers=1, one_worker_seconds=None)
    ratio = f"{alone.seconds / result.seconds:.2f} times as fast as one worker alone"
    return f"{speed}\n{_speed(alone)}\n{ratio}{_doubt(result.load_before)}"


def _doubt(load: float | None) -> str:
    processors = os.cpu_count() or 1
    if load is None or load < processors / 4:
        return ""
    return f"; but the machine was busy already (load {load:.1f} on {processors} processors)"


def _in_words(workers: int) -> str:
    return f"{workers} worker{'' if workers == 1 else 's'}"


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for heading in headings:
        is_text = heading in ("", "word", "identifier")
        table.add_column(heading, justify="left" if is_text else "right", no_wrap=True)
    return table


def _print_skipped(console: Console, skipped: tuple[Skipped, ...]) -> None:
    console.print(f"{len(skipped):,} skipped:")
    for one in skipped[:SKIPPED_SHOWN]:
        console.print(f"  {printable(one.path)}: {one.reason}")
    if len(skipped) > SKIPPED_SHOWN:
        console.print(f"  and {len(skipped) - SKIPPED_SHOWN:,} more; --json names them all")


def printable(path: str) -> str:
    """Return a path with escapes for what a terminal would obey, or cannot show."""
    return path if path.isprintable() else ascii(path)[1:-1]


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 3] + "..."


def _pairs(tally: Tally) -> list[dict[str, str | int]]:
    return [{"text": text, "times": times} for text, times in tally.top]
