"""Offers the liars, and their honest colleagues, as if they were installed."""

from __future__ import annotations

from collections.abc import Iterable

from tests.testing.liars import LIARS
from thespian_core import (
    CodecSpec,
    DirectorCommandSpec,
    LogFilterSpec,
    SourceAuthoritySpec,
    SystemBaseSpec,
    hookimpl,
)

SMALL = "tests.testing.small_liars"


@hookimpl
def thespian_system_bases() -> Iterable[SystemBaseSpec]:
    """Offer every liar under the name of its class."""
    for liar in LIARS:
        yield SystemBaseSpec(name=liar.__name__, opens=f"tests.testing.liars:{liar.__name__}")


@hookimpl
def thespian_codecs() -> Iterable[CodecSpec]:
    """Offer the codecs."""
    names = ("Json", "Shortened", "Remembering", "Lazy", "Gullible", "Careless", "Pickling")
    for tag, name in enumerate(names, start=100):
        yield CodecSpec(name=name, tag=tag, trust=False, opens=f"{SMALL}:{name}")


@hookimpl
def thespian_source_authorities() -> Iterable[SourceAuthoritySpec]:
    """Offer the authorities."""
    for name in ("only_zips", "everything", "raising", "repacking_wrongly", "particular"):
        yield SourceAuthoritySpec(name=name, opens=f"{SMALL}:{name}")


@hookimpl
def thespian_log_filters() -> Iterable[LogFilterSpec]:
    """Offer the filters."""
    for name in ("Passing", "Formatting", "Needing", "Alternating", "Rewriting"):
        yield LogFilterSpec(name=name, opens=f"{SMALL}:{name}")


@hookimpl
def thespian_director_commands() -> Iterable[DirectorCommandSpec]:
    """Offer the commands."""
    for name in ("Helpful", "Misnamed", "Speechless", "Rambling", "Lenient"):
        yield DirectorCommandSpec(name=name, opens=f"{SMALL}:{name.lower()}")
