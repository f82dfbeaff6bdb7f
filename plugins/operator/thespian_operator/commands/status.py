"""The command ``thespian status``: who lives in a running system, and how everybody is."""

from __future__ import annotations

import click

from thespian_operator.commands.options import a_number, of_one_system


@click.command()
@of_one_system
@click.option(
    "--json", "as_json", is_flag=True, help="Print JSON for programs; with --watch, an object a line."
)
@click.option("--watch", is_flag=True, help="Look again and again, until Ctrl-C.")
@click.option(
    "--interval",
    type=click.FloatRange(0.1, 3600),
    callback=a_number,
    default=2.0,
    show_default=True,
    metavar="SECONDS",
    help="How often --watch looks.",
)
def status(base: str | None, port: int | None, as_json: bool, watch: bool, interval: float) -> None:
    """Show a running system: its processes, and the tree of its actors.

    "in" is mail that waits to be handled, "oldest" for how long its oldest message waits, "out" what
    was sent and not handled yet by its receivers, "wake-ups" how many are pending, "links" with how
    many others the actor is connected. "memory" is with what it shares with other processes.

    An actor is "idle" when it waits for mail, "busy" when it is in a handler and so cannot answer,
    "held back" when too much of what it has sent waits, "silent" when it does not answer and handles
    nothing from others, "stopped" when its process was stopped; or "starting", "exiting", "ended".

    If the system before this one ended by itself, it is told once why. Nothing is started, and none of
    the actors' code is needed.
    """
    import json

    from thespian_operator import looking, showing
    from thespian_operator.asjson import as_json as for_programs
    from thespian_operator.systems import join
    from thespian_operator.tables import status_lines

    visitor = join(base, port)
    try:
        snapshots = looking.looks(visitor, interval)
        if as_json:
            for snapshot in snapshots:
                click.echo(json.dumps(for_programs(snapshot), indent=None if watch else 2))
                if not watch:
                    return
        elif watch:
            showing.show_each(status_lines(snapshot) for snapshot in snapshots)
        else:
            showing.show(status_lines(next(snapshots)))
    finally:
        visitor.close()
