"""The options that all commands have: which system they are about."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar

import click
from click.shell_completion import CompletionItem

Function = TypeVar("Function", bound=Callable[..., object])
MAX_PORT = 65_535  # ports are 16 bits


def _shared_bases(_context: click.Context, _option: click.Parameter, begun: str) -> list[CompletionItem]:
    from thespian_operator.systems import base_names

    return [CompletionItem(name) for name in base_names() if name.startswith(begun)]


def _all_bases(_context: click.Context, _option: click.Parameter, begun: str) -> list[CompletionItem]:
    from thespian_core.hooks.records import SystemBaseSpec
    from thespian_core.hooks.registry import default_registry

    names = default_registry().names(SystemBaseSpec)
    return [CompletionItem(name) for name in names if name.startswith(begun)]


def a_number(_context: click.Context, _option: click.Parameter, given: float) -> float:
    """Refuse what is called a number and is none: it is in every range."""
    if math.isnan(given):
        raise click.BadParameter("nan is no number of seconds")
    return given


def of_one_base(help_base: str, of_all: bool = False) -> Callable[[Function], Function]:
    """Give a command the options ``--base`` and ``--port``.

    Args:
        help_base: what is said of the first.
        of_all: whether a shell offers every base, or only those whose systems other programs can join.
    """

    def decorate(function: Function) -> Function:
        function = click.option(
            "--port",
            type=click.IntRange(1, MAX_PORT),
            metavar="NUMBER",
            help="The system's Admin Port; by default that of its base.",
        )(function)
        complete = _all_bases if of_all else _shared_bases
        return click.option("--base", metavar="NAME", shell_complete=complete, help=help_base)(function)

    return decorate


of_one_system = of_one_base("The system's base; by default the first installed one that has a system there.")
