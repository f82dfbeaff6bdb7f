"""The plugin module: says how many processors this process may use."""

from __future__ import annotations

import os
from collections.abc import Mapping

from thespian_core import hookimpl


@hookimpl
def thespian_capabilities(base_name: str) -> Mapping[str, object]:
    """Count the processors that are ours: a container may be given fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return {"CPUs": len(os.sched_getaffinity(0))}
    return {"CPUs": os.cpu_count() or 1}
