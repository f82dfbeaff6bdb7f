"""Log filters of plugins, where logDefs are applied: by name, and those that apply to every record."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from thespian_core.hooks.records import LogFilterSpec
from thespian_core.hooks.registry import PluginRegistry


def with_named_filters(definitions: Mapping[str, Any], registry: PluginRegistry) -> dict[str, Any]:
    """Return definitions with a plugin's class where a filter is asked for by its registered name.

    Args:
        definitions: a dictConfig dictionary; it stays as it was.
        registry: where names are looked up.

    Raises:
        PluginError: a filter cannot be opened, two plugins provide it, or none does.
    """
    found = dict(definitions)
    filters = found.get("filters")
    if isinstance(filters, Mapping):
        known = registry.names(LogFilterSpec)
        found["filters"] = {name: _opened(entry, known, registry) for name, entry in filters.items()}
    return found


def filters_for_all(
    registry: PluginRegistry, report: Callable[[str, BaseException | None], None]
) -> logging.Filterer:
    """Open the plugins' log filters that are applied without being asked for.

    A filter that cannot be opened is left out and reported.

    Args:
        registry: where they are looked up.
        report: told what went wrong, and why.
    """
    filters = logging.Filterer()
    for name in registry.names(LogFilterSpec):
        try:
            if registry.find(LogFilterSpec, name).always:
                filters.addFilter(registry.open(LogFilterSpec, name)())
        except KeyboardInterrupt:
            raise
        except BaseException as why:
            report(f"the log filter {name!r} is not applied", why)
    return filters


def _opened(entry: Any, known: tuple[str, ...], registry: PluginRegistry) -> Any:
    factory = entry.get("()") if isinstance(entry, Mapping) else None
    if isinstance(factory, str) and (factory in known or is_name_of_plugin(factory)):
        return {**entry, "()": registry.open(LogFilterSpec, factory)}
    return entry


def is_name_of_plugin(factory: str) -> bool:
    """Say whether a filter's class is named as only plugins name them, and not by the path to it."""
    return "." not in factory and ":" not in factory
