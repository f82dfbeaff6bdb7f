"""The plugin module: offers a command."""

from __future__ import annotations

from collections.abc import Iterable

from thespian_core import CommandSpec, hookimpl


@hookimpl
def thespian_commands() -> Iterable[CommandSpec]:
    """Offer ``thespian ask``."""
    yield CommandSpec(name="ask", opens="ask_command:ask")
