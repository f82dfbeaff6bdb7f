"""The command ``thespian top``: which actors of a running system have most to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from thespian_operator.commands.options import a_number, of_one_system

if TYPE_CHECKING:
    from thespian_operator.snapshot import Snapshot
    from thespian_operator.tables import SortKey

FIRST_INTERVAL_S = 0.5  # what is looked at before the first picture: shorter shares say little


@click.command()
@of_one_system
@click.option(
    "--sort",
    type=click.Choice(["cpu", "memory", "mail"]),
    default="cpu",
    show_default=True,
    help="Which actors come first: those with most processor time, memory, or mail in and out.",
)
@click.option("-n", "--rows", type=click.IntRange(1), metavar="NUMBER", help="Show so many actors only.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs, once; actors are sorted.")
@click.option("--once", is_flag=True, help="Show one picture, as in a pipe.")
@click.option(
    "--interval",
    type=click.FloatRange(0.1, 3600),
    callback=a_number,
    default=2.0,
    show_default=True,
    metavar="SECONDS",
    help="How often a terminal is drawn anew.",
)
def top(
    base: str | None,
    port: int | None,
    sort: SortKey,
    rows: int | None,
    as_json: bool,
    once: bool,
    interval: float,
) -> None:
    """Show the actors of a running system that have most to do, until Ctrl-C.

    "%cpu" is the share of one processor between two looks; the other columns are as in "thespian
    status". In a pipe, one picture is shown, of half a second.
    """
    import json

    from thespian_operator import looking, showing
    from thespian_operator.asjson import as_json as for_programs
    from thespian_operator.systems import join
    from thespian_operator.tables import top_lines, top_order

    goes_on = not (once or as_json) and showing.is_terminal()
    visitor = join(base, port)
    try:
        pairs = _pairs(looking.looks(visitor, FIRST_INTERVAL_S if not goes_on else interval))
        if as_json:
            before, now = next(pairs)
            found = for_programs(now, before)
            order = [actor.id for actor in top_order(now, before, sort)[:rows]]
            by_id = {actor["id"]: actor for actor in found["actors"]}
            click.echo(json.dumps({**found, "actors": [by_id[id_] for id_ in order]}, indent=2))
        elif goes_on:
            showing.show_each(top_lines(now, before, sort, rows) for before, now in pairs)
        else:
            before, now = next(pairs)
            showing.show(top_lines(now, before, sort, rows))
    finally:
        visitor.close()


def _pairs(snapshots: Iterator[Snapshot]) -> Iterator[tuple[Snapshot, Snapshot]]:
    before = next(snapshots)
    for now in snapshots:
        yield before, now
        before = now
