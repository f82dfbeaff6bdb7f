"""The plugin module: offers a log filter."""

from __future__ import annotations

from collections.abc import Iterable

from thespian_core import LogFilterSpec, hookimpl


@hookimpl
def thespian_log_filters() -> Iterable[LogFilterSpec]:
    """Offer the filter to those who ask for it."""
    yield LogFilterSpec(name="from-actors", opens="from_actors:FromActors", always=False)
