"""The command ``thespian ask``: creates an actor, asks it one thing, and prints what it answers."""

from __future__ import annotations

import click

from thespian.actors import ActorSystem


@click.command()
@click.argument("actor")
@click.argument("message")
@click.option("--base", help="The system base; simpleSystemBase by default.")
@click.option("--timeout", default=10.0, show_default=True, help="How many seconds to wait.")
def ask(actor: str, message: str, base: str | None, timeout: float) -> None:
    """Ask an actor of class ACTOR (as package.module.Class) for an answer to MESSAGE."""
    system = ActorSystem(base, logDefs=False, transientUnique=True)
    try:
        answer = system.ask(system.createActor(actor), message, timeout)
    finally:
        system.shutdown()
    if answer is None:
        raise click.ClickException(f"{actor} did not answer within {timeout:g} s")
    click.echo(answer)
