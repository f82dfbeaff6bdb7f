"""Log filters of plugins, where logDefs are applied: by name, and those that apply to every record."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from thespian_core.arguments import misfit
from thespian_core.hooks.errors import PluginBroken
from thespian_core.hooks.records import LogFilterSpec
from thespian_core.hooks.registry import PluginRegistry
from thespian_core.texts import shown


def with_named_filters(definitions: Mapping[str, Any], registry: PluginRegistry) -> dict[str, Any]:
    """Return definitions with a plugin's class where a filter is asked for by its registered name.

    Args:
        definitions: a dictConfig dictionary; it stays as it was.
        registry: where names are looked up.

    Raises:
        PluginError: a filter cannot be opened or made, two plugins provide it, or none does.
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

    A filter that cannot be opened or made is left out and reported.

    Args:
        registry: where they are looked up.
        report: told what went wrong, and why.
    """
    filters = logging.Filterer()
    for name in registry.names(LogFilterSpec):
        try:
            if registry.find(LogFilterSpec, name).always:
                filters.addFilter(open_filter(name, {}, registry)())
        except KeyboardInterrupt:
            raise
        except BaseException as why:
            report(f"the log filter {name!r} is not applied", why)
    return filters


def _opened(entry: Any, known: tuple[str, ...], registry: PluginRegistry) -> Any:
    factory = entry.get("()") if isinstance(entry, Mapping) else None
    if isinstance(factory, str) and (factory in known or is_name_of_plugin(factory)):
        return {**entry, "()": open_filter(factory, arguments_of(entry), registry)}
    return entry


def arguments_of(entry: Mapping[Any, Any]) -> dict[str, Any]:
    """Return what ``logging.config`` makes a filter with that has this entry among the definitions."""
    return {key: entry[key] for key in entry if isinstance(key, str) and key.isidentifier()}


def open_filter(name: str, arguments: Mapping[str, Any], registry: PluginRegistry) -> Any:
    """Open a log filter, which can be made with these arguments, and filters.

    Raises:
        PluginError: it cannot be opened, two plugins provide it, none does, or it is no such thing.
    """
    spec, found = registry.find(LogFilterSpec, name), registry.open(LogFilterSpec, name)
    why = ""
    if isinstance(found, type) and not (hasattr(found, "filter") or _has_call(found)):
        why = f"is {shown(found)}, which has no method filter(record)"
    elif not callable(found):
        why = f"is {shown(found)}, not a logging.Filter class"
    elif unfit := misfit(found, **arguments):
        why = f"cannot be made as it is asked for: {unfit}"
    if why:
        raise PluginBroken(f"{spec.opens} {why}", registry.origin_of(spec))
    return found


def _has_call(found: type) -> bool:
    return any("__call__" in vars(one) for one in found.__mro__)


def is_name_of_plugin(factory: str) -> bool:
    """Say whether a filter's class is named as only plugins name them, and not by the path to it."""
    return "." not in factory and ":" not in factory
