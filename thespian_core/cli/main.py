"""The command ``thespian``: every subcommand comes from a plugin, and no error is a traceback."""

from __future__ import annotations

import errno
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from thespian_core.errors import ActorSystemException
from thespian_core.hooks.errors import PluginBroken, PluginConflict, PluginError, PluginNotFound, describe
from thespian_core.hooks.records import CommandSpec
from thespian_core.hooks.registry import default_registry

INTERRUPTED = 130  # what a shell reports for a program that Ctrl-C ended: 128 + SIGINT


class PluginGroup(click.Group):
    """A group whose subcommands are offered by plugins, and opened when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all offered commands; none is opened."""
        return list(default_registry().names(CommandSpec))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Open a command; one that cannot be opened says why when it is used."""
        registry = default_registry()
        try:
            spec = registry.find(CommandSpec, cmd_name)
            command = registry.open(CommandSpec, cmd_name)
            if not isinstance(command, click.Command):
                why = f"{spec.opens} is {command!r}, not a click command"
                raise PluginBroken(why, registry.origin_of(spec))
        except PluginNotFound:
            return None
        except PluginError as error:
            return _Unusable(cmd_name, error)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Choose the command to use; one that nobody offers is told with what would offer it."""
        name = args[0]
        unknown = name not in self.list_commands(ctx)
        if unknown and not name.startswith("-") and not ctx.resilient_parsing:
            try:
                default_registry().find(CommandSpec, name)
            except PluginNotFound as error:
                raise click.UsageError(str(error), ctx) from None
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands, and the plugins whose commands are unknown because they are broken."""
        super().format_commands(ctx, formatter)
        broken = [report for report in default_registry().plugins() if report.state == "broken"]
        if broken:
            with formatter.section("Broken plugins"):
                formatter.write_dl([(report.name, f"(broken: {report.why})") for report in broken])

    def invoke(self, ctx: click.Context) -> None:
        """Carry out the chosen command; what it returns means nothing, what it raises is told."""
        try:
            super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            is_closed_pipe = isinstance(error, OSError) and error.errno == errno.EPIPE
            if is_closed_pipe or ctx.params.get("traceback"):
                raise
            raise click.ClickException(_told(error)) from error


class _Unusable(click.Command):
    """Stands in the help for a command that cannot be opened."""

    def __init__(self, name: str, error: PluginError) -> None:
        if isinstance(error, PluginConflict):
            why = f"(conflict: provided by {' and '.join(map(str, error.providers))})"
        else:
            why = f"(broken: {error.why if isinstance(error, PluginBroken) else error})"
        super().__init__(
            name,
            short_help=why,
            add_help_option=False,
            context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
        )
        self._error = error

    def invoke(self, ctx: click.Context) -> None:
        raise self._error


def _told(error: Exception) -> str:
    """Tell an error to an operator, who can do nothing with a traceback."""
    if isinstance(error, ActorSystemException):
        return str(error) or type(error).__name__
    if isinstance(error, OSError) and error.strerror:
        names = [repr(name) for name in (error.filename, error.filename2) if name is not None]
        return ": ".join([error.strerror, *names])
    lines = [f"unexpected {describe(error)}"]
    frames = traceback.extract_tb(error.__traceback__)
    if frames:
        lines.append(f"  at {Path(frames[-1].filename).name}:{frames[-1].lineno} in {frames[-1].name}")
    lines.append("  the whole story:  thespian --traceback ...")
    return "\n".join(lines)


def _print_version(ctx: click.Context, option: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    from importlib import metadata

    try:
        click.echo(f"thespian-core {metadata.version('thespian-core')}")
    except metadata.PackageNotFoundError:
        click.echo("thespian-core, not installed")
    ctx.exit()


@click.group(cls=PluginGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version of thespian-core.",
)
@click.option("--traceback", is_flag=True, help="Show errors with their whole traceback.")
def thespian(traceback: bool) -> None:
    """Run and look after actor systems.

    Every command comes from a plugin: see "thespian plugins".
    """


def main(args: Sequence[str] | None = None) -> int:
    """Carry out one command line.

    Args:
        args: the arguments; None for those of this process.

    Returns:
        The exit status: 0; 1 after an error; 2 when the command line was wrong; 130 after Ctrl-C.

    Raises:
        SystemExit: a command ended the program itself, or the reader of its output has gone.
    """
    try:
        status: Any = thespian.main(args, prog_name="thespian", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort as abort:
        # A prompt hides what ended it, hence the context.
        if isinstance(abort.__cause__ or abort.__context__, KeyboardInterrupt):
            return INTERRUPTED
        click.echo("Aborted!", err=True)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    # click hands on the status of --help, --version and ctx.exit(); the group returns None.
    return status if isinstance(status, int) else 0


if __name__ == "__main__":
    raise SystemExit(main())
