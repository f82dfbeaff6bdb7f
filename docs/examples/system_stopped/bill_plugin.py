"""The plugin module: says what the process has cost when a system is shut down."""

from __future__ import annotations

import logging
import resource
from typing import Any

from thespian_core import hookimpl


@hookimpl
def thespian_system_stopped(system: Any) -> None:
    """Log the processor time that this process has used since it began."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    name = system.capabilities["Thespian ActorSystem Name"]
    logging.getLogger(__name__).info("%s was shut down; CPU %.1f s", name, used.ru_utime + used.ru_stime)
