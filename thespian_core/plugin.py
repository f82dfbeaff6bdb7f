"""The core's own plugin, ``core``: it offers what comes with it through the hooks that all plugins use."""

from __future__ import annotations

from collections.abc import Iterable

from thespian_core import CommandSpec, SourceAuthoritySpec, hookimpl


@hookimpl
def thespian_commands() -> Iterable[CommandSpec]:
    """Offer the commands that come with the core."""
    yield CommandSpec(name="plugins", opens="thespian_core.cli.plugins:plugins")


@hookimpl
def thespian_source_authorities() -> Iterable[SourceAuthoritySpec]:
    """Offer the two that need no key: nothing may be loaded, or everything."""
    yield SourceAuthoritySpec(name="reject-all", opens="thespian_core.sources.authorities:reject_all")
    yield SourceAuthoritySpec(name="accept-all", opens="thespian_core.sources.authorities:accept_all")
