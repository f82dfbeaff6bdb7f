"""Where lines are shown: a terminal, in colours and drawn anew, or a pipe, plain and once more each time."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator

import click

from thespian_operator.tables import Line


def is_terminal() -> bool:
    """Whether a person looks at standard output."""
    # It is None in a program that was started without one.
    return sys.stdout is not None and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def show(lines: Iterable[Line]) -> None:
    """Print lines, once."""
    coloured = is_terminal() and not os.environ.get("NO_COLOR")
    click.echo("\n".join(_styled(line) if coloured else _writable(line.text) for line in lines))


def show_each(pictures: Iterator[list[Line]]) -> None:
    """Show each picture in place of the one before; in a pipe, after it."""
    if not is_terminal():
        for number, lines in enumerate(pictures):
            show([*([Line("")] if number else []), *lines])
        return
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    console = Console(highlight=False)
    with Live(console=console, screen=True, auto_refresh=False, vertical_overflow="crop") as live:
        for lines in pictures:
            text = Text(no_wrap=True, overflow="ellipsis")
            for line in lines:
                text.append(line.text + "\n", style=line.style or None)
            live.update(text, refresh=True)


def _styled(line: Line) -> str:
    if line.style == "bold":
        return click.style(_writable(line.text), bold=True)
    return click.style(_writable(line.text), fg=line.style) if line.style else _writable(line.text)


def _writable(text: str) -> str:
    """Put plain characters in the place of those that the output's encoding lacks."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        for drawn, plain in (("├─", "|-"), ("└─", "`-"), ("│", "|")):
            text = text.replace(drawn, plain)
    return text.encode(encoding, "backslashreplace").decode(encoding)
