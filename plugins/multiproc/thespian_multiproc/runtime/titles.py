"""What ``ps`` and ``top`` show of a process: who it is, and in which system.

This needs the package ``setproctitle``; without it, all processes of a system are shown alike.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module


def take_title(who: str, place: str) -> None:
    """Have this process shown as who it is.

    Args:
        who: as ``actor package.module.Class``.
        place: where the admin of its system is reached.
    """
    set_title = _setter()
    if set_title is not None:
        try:
            set_title(f"thespian: {who} (system {place})")
        except Exception:  # only lists of processes look plainer
            return


@cache  # an actor's process finds that the launcher has imported it, or could not
def _setter() -> Callable[[str], object] | None:
    try:
        found: Callable[[str], object] = import_module("setproctitle").setproctitle
    except Exception:  # it is not installed, or does not work here
        return None
    return found
