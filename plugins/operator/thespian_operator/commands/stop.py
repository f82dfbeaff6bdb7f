"""The command ``thespian stop``: ends a running system."""

from __future__ import annotations

import click

from thespian_operator.commands.options import a_number, of_one_system

LONGEST_S = 1e6  # our choice, of eleven days: what the system counts time with knows no infinity


@click.command()
@of_one_system
@click.option(
    "--timeout",
    type=click.FloatRange(0),
    callback=a_number,
    default=12.0,
    show_default=True,
    metavar="SECONDS",
    help="How long it may take before its admin is killed. Actors are given 7.5 s to exit.",
)
def stop(base: str | None, port: int | None, timeout: float) -> None:
    """End a running system: politely, and if that does not help, not.

    Its actors are asked to exit; those that do not are killed, and it is told what they were doing.
    If the system has not ended in time, or does not even answer, its admin's process is killed, and
    all others end with it. The exit status is 0 when the system has ended, whichever way.
    """
    from thespian_core.hooks.errors import printable
    from thespian_operator.ending import end

    ended = end(base, port, min(timeout, LONGEST_S))
    if ended.killed_admin is not None:
        click.echo(
            f"the system at {ended.where} did not end in {timeout:g} s: "
            f"its admin, process {ended.killed_admin}, was killed"
        )
    else:
        click.echo(f"the system at {ended.where} has ended")
    for line in ended.killed_actors:
        click.echo(f"  killed: {printable(line)}")
