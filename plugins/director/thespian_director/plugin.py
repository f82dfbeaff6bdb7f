"""What this package offers: ``thespian director`` and its commands, an authority, a log filter."""

from __future__ import annotations

from collections.abc import Iterable

from thespian_core import CommandSpec, DirectorCommandSpec, LogFilterSpec, SourceAuthoritySpec, hookimpl

COMMANDS = (
    *("help", "config", "avail", "gensrc", "tlsinfo", "keygen"),
    *("start", "shutdown", "bootstart", "load", "refresh", "unload", "list"),
)


@hookimpl
def thespian_commands() -> Iterable[CommandSpec]:
    """Offer ``thespian director``."""
    yield CommandSpec(name="director", opens="thespian_director.cli:director")


@hookimpl
def thespian_director_commands() -> Iterable[DirectorCommandSpec]:
    """Offer the director's own commands, through the hook that anybody's come through."""
    for name in COMMANDS:
        yield DirectorCommandSpec(name=name, opens=f"thespian_director.commands.{name}:command")


@hookimpl
def thespian_source_authorities() -> Iterable[SourceAuthoritySpec]:
    """Offer the authority that accepts what the keys in the director's folder have signed."""
    yield SourceAuthoritySpec(name="director", opens="thespian_director.authority:validate")


@hookimpl
def thespian_log_filters() -> Iterable[LogFilterSpec]:
    """Offer the filter that lets every record be written with an actor's address."""
    yield LogFilterSpec(name="actor-address", opens="thespian_director.logfilter:ActorAddressLogFilter")
