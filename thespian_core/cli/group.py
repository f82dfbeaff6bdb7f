"""A click group whose subcommands come from plugins, and which tells every error in a sentence."""

from __future__ import annotations

import errno
import traceback
from pathlib import Path
from typing import ClassVar

import click

from thespian_core.errors import ActorSystemException
from thespian_core.hooks.errors import PluginBroken, PluginConflict, PluginError, PluginNotFound, describe
from thespian_core.hooks.records import CommandSpec, Spec
from thespian_core.hooks.registry import default_registry
from thespian_core.onlybegins import OnlyBegan, finished


class PluginGroup(click.Group):
    """A group whose subcommands are offered by plugins, and opened when they are used.

    An exception with the attribute ``exit_status`` ends the program with that; every other, with 1.

    Attributes:
        kind: the records that its subcommands are looked up by.
    """

    kind: ClassVar[type[Spec]] = CommandSpec

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all offered commands; none is opened."""
        return list(default_registry().names(self.kind))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Open a command; one that cannot be opened says why when it is used."""
        registry = default_registry()
        try:
            spec = registry.find(self.kind, cmd_name)
            command = registry.open(self.kind, cmd_name)
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
                default_registry().find(self.kind, name)
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

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the command line apart, and print the help if that is what it asks for."""
        try:
            return super().parse_args(ctx, args)
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise
            raise Told(_told(error), 1) from error

    def invoke(self, ctx: click.Context) -> None:
        """Carry out the chosen command; what it returns means nothing, what it raises is told."""
        try:
            finished(super().invoke(ctx))
        except (click.ClickException, click.exceptions.Exit, click.Abort, SystemExit, KeyboardInterrupt):
            raise
        except OnlyBegan as error:
            raise Told(str(error), 1) from error
        except BaseException as error:
            is_closed_pipe = isinstance(error, OSError) and error.errno == errno.EPIPE
            if is_closed_pipe or ctx.find_root().params.get("traceback"):
                raise
            raise Told(_told(error), getattr(error, "exit_status", None) or 1) from error


class Told(click.ClickException):
    """An error that is told to the operator in words.

    Args:
        message: the words.
        exit_status: what the program ends with.
    """

    def __init__(self, message: str, exit_status: int) -> None:
        super().__init__(message)
        vars(self)["exit_code"] = exit_status  # to click it is one number for a whole class


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

    def get_help(self, ctx: click.Context) -> str:
        raise self._error


def _told(error: BaseException) -> str:
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
    if isinstance(error, ModuleNotFoundError):
        lines.append("  it is not installed here; what an installation lacks is told by:  pip check")
    lines.append("  the whole story:  thespian --traceback ...")
    return "\n".join(lines)
