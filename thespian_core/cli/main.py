"""The command ``thespian``: every subcommand comes from a plugin, and no error is a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import click

from thespian_core.cli.entry import INTERRUPTED
from thespian_core.cli.group import PluginGroup


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
    """Carry out one command line of ``thespian``; see :func:`run`."""
    return run(thespian, args, "thespian")


def run(command: click.Command, args: Sequence[str] | None, prog_name: str, **context: Any) -> int:
    """Carry out one command line.

    Args:
        command: the outermost command.
        args: the arguments; None for those of this process.
        prog_name: what it is called in usage texts.
        context: what its :class:`click.Context` is made with.

    Returns:
        The exit status: 0; 1 after an error; 2 when the command line was wrong; 130 after Ctrl-C.

    Raises:
        SystemExit: a command ended the program itself, or the reader of its output has gone.
    """
    try:
        with _every_name_written():
            status: Any = command.main(args, prog_name=prog_name, standalone_mode=False, **context)
    except click.ClickException as error:
        with suppress(OSError):  # who reads the status has no need of the words
            error.show()
        _forget_output_without_room()
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


@contextmanager
def _every_name_written() -> Iterator[None]:
    """Have what standard output's encoding lacks escaped, so that no file's name ends a command half way."""
    stream: Any = sys.stdout
    if getattr(stream, "errors", None) != "strict" or not hasattr(stream, "reconfigure"):
        yield
        return
    stream.reconfigure(errors="backslashreplace")
    try:
        yield
    finally:
        with suppress(OSError, ValueError):  # its reader has gone, it finds no room, or it was closed
            stream.reconfigure(errors="strict")


def _forget_output_without_room() -> None:
    """Drop what could not be written: else the interpreter tries once more, with a status of its own."""
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


if __name__ == "__main__":
    raise SystemExit(main())
