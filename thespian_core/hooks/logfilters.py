"""Log filters that plugins provide, asked for by name in a logging configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thespian_core.hooks.records import LogFilterSpec
from thespian_core.hooks.registry import PluginRegistry, default_registry


def with_named_filters(definitions: Any, registry: PluginRegistry | None = None) -> Any:
    """Return a ``dictConfig`` dictionary in which classes stand for the names of plugins' filters.

    Args:
        definitions: the dictionary, which is left as it is; what is wrong with it, ``dictConfig`` will say.
        registry: where names are looked up; None for that of this process.

    Raises:
        PluginError: a filter that is named cannot be opened.
    """
    filters = definitions.get("filters") if isinstance(definitions, Mapping) else None
    if not isinstance(filters, Mapping):
        return definitions
    registry = registry or default_registry()
    named = {
        key: {**entry, "()": registry.open(LogFilterSpec, entry["()"])}
        for key, entry in filters.items()
        if isinstance(entry, Mapping)
        and isinstance(entry.get("()"), str)
        and entry["()"] in registry.names(LogFilterSpec)
    }
    return {**definitions, "filters": {**filters, **named}} if named else definitions
