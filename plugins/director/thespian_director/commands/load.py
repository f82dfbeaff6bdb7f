"""The command ``thespian director load``: one package into the running system."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from thespian_director.control import DirectorControl, pass_control


def _groups_and_packages(
    context: click.Context, _argument: click.Parameter, begun: str
) -> list[CompletionItem]:
    import contextlib
    import os

    control = context.find_object(DirectorControl) or DirectorControl()
    names = []
    with contextlib.suppress(OSError):  # load itself says what is wrong with the folder
        for group in control.all_group_loadable_sources():
            names += [group.group_name, *map(os.path.basename, group.tls_filenames())]
    return [CompletionItem(name) for name in names if name.startswith(begun)]


@click.command("load")
@click.argument("group_or_file", shell_complete=_groups_and_packages)
@pass_control
def command(control: DirectorControl, group_or_file: str) -> None:
    """Load a package into the system, which is started unless it runs.

    The argument names a package (.tls), or a group or its TLI file (.tli), of which the newest package is
    loaded. The package becomes the active version of its group when all actors that the TLI file names
    have started. If one cannot, nothing is changed, and what ran before goes on.

    A file is one in the current folder, or else in the director's; its TLI file is beside it.

    A package that was loaded before and is no longer the active version becomes that again.
    """
    from thespian_director.loading import choose, load, shown

    for choice in shown(control, [choose(control, group_or_file)]):
        loaded = load(control, choice)
    click.echo(loaded)
