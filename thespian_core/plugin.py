"""The core's own plugin, ``core``: it offers its commands through the hooks that all plugins use."""

from __future__ import annotations

from collections.abc import Iterable

from thespian_core import CommandSpec, hookimpl


@hookimpl
def thespian_commands() -> Iterable[CommandSpec]:
    """Offer the commands that come with the core."""
    yield CommandSpec(name="plugins", opens="thespian_core.cli.plugins:plugins")
