"""Logging of a one-process system: the program's own, unless the program says otherwise."""

from __future__ import annotations

import logging
import logging.config
from typing import Any

from thespian_core.errors import ActorSystemStartupFailure
from thespian_core.hooks.errors import PluginError
from thespian_core.hooks.logfilters import with_named_filters
from thespian_core.systembase import LogDefs


def apply_log_defs(log_defs: LogDefs) -> None:
    """Configure this process's logging.

    Args:
        log_defs: a dictConfig dictionary; None for INFO and above on stderr, unless the program has set
            up handlers of its own; False to leave logging alone.

    Raises:
        ActorSystemStartupFailure: the dictionary cannot be applied.
    """
    if log_defs is None:
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    elif log_defs is not False:
        try:
            definitions: Any = with_named_filters(log_defs)
            logging.config.dictConfig(definitions)
        except (PluginError, ValueError, TypeError, AttributeError, ImportError) as why:
            raise ActorSystemStartupFailure(
                f"logDefs cannot be applied: {why}{f' ({why.__cause__})' if why.__cause__ else ''}"
            ) from why
