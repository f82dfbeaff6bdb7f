"""How far long work is: a bar on a terminal, and nothing at all in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")


def track(what: str, items: list[Item]) -> Iterable[Item]:
    """Return the items again, and show on a terminal how many of them are done.

    Args:
        what: what is being done, as "packing".
        items: what it is done with.
    """
    # On stderr, so that the bar is seen also when the output goes into a file.
    if sys.stderr is None or not sys.stderr.isatty():
        return items
    return _with_bar(what, items)


def _with_bar(what: str, items: list[Item]) -> Iterator[Item]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        bar = bars.add_task(what, total=len(items))
        for item in items:
            yield item
            bars.advance(bar)
