"""The options that all commands have: which system they are about."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click
from click.shell_completion import CompletionItem

Function = TypeVar("Function", bound=Callable[..., object])
MAX_PORT = 65_535  # ports are 16 bits


def _bases(_context: click.Context, _option: click.Parameter, begun: str) -> list[CompletionItem]:
    from thespian_operator.systems import base_names

    return [CompletionItem(name) for name in base_names() if name.startswith(begun)]


def of_one_base(help_base: str) -> Callable[[Function], Function]:
    """Give a command the options ``--base`` and ``--port``.

    Args:
        help_base: what is said of the first.
    """

    def decorate(function: Function) -> Function:
        function = click.option(
            "--port",
            type=click.IntRange(1, MAX_PORT),
            metavar="NUMBER",
            help="The system's Admin Port; by default that of its base.",
        )(function)
        return click.option("--base", metavar="NAME", shell_complete=_bases, help=help_base)(function)

    return decorate


of_one_system = of_one_base("The system's base; by default the first installed one that has a system there.")
