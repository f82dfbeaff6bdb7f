"""The program: reads the command line, runs the actors, and shows what they say."""

from __future__ import annotations

import io
import os
import sys
import sysconfig
from pathlib import Path

import attrs
import click

from examples.wordcount.messages import CountFiles
from examples.wordcount.progress import ProgressDisplay
from examples.wordcount.report import Result, print_json, print_report, printable
from examples.wordcount.running import NoResult, best_base, read_ahead, run
from thespian.actors import ActorSystemException
from thespian_core.hooks.errors import PluginError
from thespian_core.hooks.records import SystemBaseSpec
from thespian_core.hooks.registry import default_registry

MAX_WORKERS = 256  # each may be a process
CTRL_C_STATUS = 128 + 2  # what a shell reports for a program that SIGINT ended


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--path",
    type=click.Path(exists=True),
    default=lambda: sysconfig.get_path("stdlib"),
    show_default="the standard library of this Python",
    help="Folder to count, or one file of any name.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, MAX_WORKERS),
    default=lambda: min(MAX_WORKERS, os.cpu_count() or 1),
    show_default="one for each processor",
    help="How many actors read files.",
)
@click.option(
    "--base",
    show_default="the most capable one installed",
    default=None,
    help="System base to run on; 'thespian plugins' lists them.",
)
@click.option(
    "--top",
    type=click.IntRange(min=0),
    default=10,
    show_default=True,
    help="How many of the most frequent to show.",
)
@click.option(
    "--compare",
    "compares",
    is_flag=True,
    help="Count once more with one worker, and tell how much faster all of them are.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of tables.")
def main(path: str, workers: int, base: str | None, top: int, compares: bool, as_json: bool) -> None:
    """Count words and identifiers in all text and source files under a folder.

    A word is a run of letters, as written. An identifier is a run of letters, digits and underscores, in a
    source file, that could be a name in Python; keywords, comments and strings count as well. Folders named
    site-packages are left out; files that cannot be read or are not UTF-8 are named in the result.

    \b
    Source: .py .pyi .c .h .cpp .java .js .ts .go .rs .sh
    Text:   .txt .rst .md .html .json .toml .yaml .yml .ini .cfg

    \b
    Keys of the JSON object:
      path, base, workers              what was run
      seconds, files_per_s, mb_per_s   how fast (1 MB = 1,000,000 bytes)
      one_worker_seconds               how long one worker took; null without --compare
      files, bytes                     what was counted
      words, distinct_words            how many, and how many different ones
      identifiers, distinct_identifiers
      top_words, top_identifiers       [{"text": ..., "times": ...}, ...], most frequent first
      skipped                          [{"path": ..., "reason": ...}, ...]

    Exit status: 0 done, 1 nothing to count or no system, 2 wrong arguments, 130 interrupted.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # words come in alphabets that it may not have
    try:
        with ProgressDisplay() as display:
            # Actors may run in processes that were started in another folder.
            order = CountFiles(str(Path(path).absolute()), workers, top)
            result = _run(_base_named(base), order, display, compares)
        if not result.totals.files and not result.totals.skipped:
            raise NoResult(f"there is no text or source file under {printable(path)}")
        (print_json if as_json else print_report)(result)
    except KeyboardInterrupt:
        click.echo("interrupted", err=True)
        sys.exit(CTRL_C_STATUS)
    except (NoResult, ActorSystemException, ImportError) as why:
        raise click.ClickException(str(why)) from why


def _run(base: str, order: CountFiles, display: ProgressDisplay, compares: bool) -> Result:
    if not compares or order.workers == 1:
        return run(base, order, display.show)
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    read_ahead(order.path)
    result = run(base, order, display.show)
    display.begin_again("counting with 1 worker")
    alone = run(base, attrs.evolve(order, workers=1), display.show)
    return attrs.evolve(result, one_worker_seconds=alone.seconds, load_before=load)


def _base_named(name: str | None) -> str:
    if name is None:
        return best_base(default_registry())
    try:
        return default_registry().find(SystemBaseSpec, name).name
    except PluginError as why:
        raise click.BadParameter(str(why), param_hint="--base") from why
