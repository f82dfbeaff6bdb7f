"""The command ``thespian director``: a group whose commands come from plugins."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from typing import Any

import click

from thespian_core.cli.group import PluginGroup
from thespian_core.cli.main import main as thespian_main
from thespian_core.hooks.records import DirectorCommandSpec
from thespian_director.control import DirectorControl
from thespian_director.errors import DirectorError
from thespian_director.folder import FOLDER_VARIABLE, SETTINGS


class DirectorGroup(PluginGroup):
    """The commands; the word ``verbose`` may stand before one."""

    kind = DirectorCommandSpec

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the word ``verbose`` for the option."""
        if args[:1] == ["verbose"]:
            args = ["--verbose", *args[1:]]
        return super().parse_args(ctx, args)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Tell of the folder, its settings, and what holds now."""
        control = ctx.obj if isinstance(ctx.obj, DirectorControl) else DirectorControl()
        rows = (
            ("Sources location", "sources_dir"),
            ("System Base", "system_base"),
            ("Admin Port", "admin_port"),
        )
        with formatter.section("Now"):
            for label, name in rows:  # not wrapped: a path is copied as a whole
                formatter.write(f"  {label}: {_told(control, name)}\n")
        with formatter.section(f"Settings, each a file in the folder that {FOLDER_VARIABLE} names"):
            formatter.write_dl([(f"{name}.cfg", text) for name, text in SETTINGS.items()])


def _told(control: DirectorControl, name: str) -> str:
    try:
        return str(getattr(control, name))
    except DirectorError as why:
        return f"({str(why).splitlines()[0]})"


@click.group(
    cls=DirectorGroup,
    name="director",
    invoke_without_command=True,
    no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option("-v", "--verbose", is_flag=True, help='Tell what is being done; also the word "verbose".')
@click.pass_context
def director(ctx: click.Context, verbose: bool) -> None:
    """Bring signed packages of actors into a running system, and look after it.

    Packages, public keys and settings are in one folder, which THESPIAN_DIRECTOR_DIR names.
    "thespian director help COMMAND" tells more of a command.
    """
    control = ctx.ensure_object(DirectorControl)
    if verbose and not control.verbose:
        control.verbose = True
        ctx.call_on_close(partial(setattr, control, "verbose", False))
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main(args: Sequence[str] | None = None) -> int:
    """Carry out ``thespian director`` with these arguments, or those of this process.

    Returns:
        The exit status, as that of ``thespian``.
    """
    given: list[Any] = list(sys.argv[1:] if args is None else args)
    return thespian_main(["director", *given])
