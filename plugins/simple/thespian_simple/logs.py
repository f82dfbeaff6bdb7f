"""Logging of a one-process system: the program's own, unless the program says otherwise."""

from __future__ import annotations

import logging
import logging.config
from collections.abc import Mapping
from typing import Any

from thespian_core.errors import ActorSystemStartupFailure
from thespian_core.hooks.errors import PluginError, describe, place_of
from thespian_core.hooks.logfilters import filters_for_all, with_named_filters
from thespian_core.hooks.loghandlers import all_handlers, guard
from thespian_core.hooks.registry import default_registry
from thespian_core.internallog import thesplog
from thespian_core.systembase import LogDefs


def apply_log_defs(log_defs: LogDefs) -> None:
    """Configure this process's logging.

    Filters may be named as plugins register them, and the handlers that are made here have those that apply
    to every record.

    Args:
        log_defs: a dictConfig dictionary; None for INFO and above on stderr, unless the program has set
            up handlers of its own; False to leave logging alone.

    Raises:
        ActorSystemStartupFailure: the dictionary cannot be applied.
    """
    if log_defs is False:
        return
    before = all_handlers()
    if log_defs is None:
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    else:
        try:
            definitions: Any = log_defs
            if isinstance(log_defs, Mapping):
                definitions = with_named_filters(log_defs, default_registry())
            logging.config.dictConfig(definitions)
        except (ValueError, TypeError, AttributeError, ImportError, PluginError) as why:
            raise ActorSystemStartupFailure(
                f"logDefs cannot be applied: {why}{f' ({why.__cause__})' if why.__cause__ else ''}"
            ) from why
    made = all_handlers() - before
    if made:
        always = filters_for_all(default_registry(), _report)
        for handler in made:
            handler.addFilter(always)
        guard(made, _report)


def _report(what: str, why: BaseException | None) -> None:
    thesplog("%s: %s", what, "?" if why is None else describe(why) + place_of(why), level=logging.ERROR)
