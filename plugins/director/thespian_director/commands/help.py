"""The command ``thespian director help``: what there is, or how one command is used."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem


def _commands(_context: click.Context, _argument: click.Parameter, begun: str) -> list[CompletionItem]:
    from thespian_core.hooks.records import DirectorCommandSpec
    from thespian_core.hooks.registry import default_registry

    names = default_registry().names(DirectorCommandSpec)
    return [CompletionItem(name) for name in names if name.startswith(begun)]


@click.command("help")
@click.argument("name", metavar="[COMMAND]", required=False, shell_complete=_commands)
@click.pass_context
def command(ctx: click.Context, name: str | None) -> None:
    """Show what there is, or how a command is used."""
    from thespian_director.cli import director

    above = ctx.parent or click.Context(director, info_name="thespian director")
    if name is None:
        click.echo(director.get_help(above))
        return
    _, found, _ = director.resolve_command(above, [name])
    assert found is not None
    with click.Context(found, info_name=name, parent=above) as below:
        click.echo(found.get_help(below))
