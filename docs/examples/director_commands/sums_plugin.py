"""The plugin module: offers a director command."""

from __future__ import annotations

from collections.abc import Iterable

from thespian_core import DirectorCommandSpec, hookimpl


@hookimpl
def thespian_director_commands() -> Iterable[DirectorCommandSpec]:
    """Offer ``thespian director sums``."""
    yield DirectorCommandSpec(name="sums", opens="sums:sums")
