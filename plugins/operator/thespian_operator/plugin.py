"""What this package offers: the commands ``status``, ``top``, ``stop`` and ``doctor``."""

from __future__ import annotations

from collections.abc import Iterable

from thespian_core import CommandSpec, hookimpl


@hookimpl
def thespian_commands() -> Iterable[CommandSpec]:
    """Offer the commands."""
    for name in ("status", "top", "stop", "doctor"):
        yield CommandSpec(name=name, opens=f"thespian_operator.commands.{name}:{name}")
