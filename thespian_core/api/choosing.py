"""What is said of the arguments that a program chooses its system by."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from thespian_core.api.actor import checked_capability
from thespian_core.texts import shown

if TYPE_CHECKING:
    from thespian_core.api.running import RunningSystem


def warn_of_another_port(ours: RunningSystem, capabilities: dict[str, Any]) -> None:
    """Say so when a program asks for its system at another port than it has."""
    asked, running = capabilities.get("Admin Port"), ours.base.capabilities.get("Admin Port")
    if asked is not None and asked != running:
        logging.getLogger("thespian").warning(
            "this process already has a %s (Admin Port %s), which is returned, though Admin Port %s was "
            "asked for; use transientUnique=True to have both",
            ours.name,
            running,
            asked,
        )


def check_types(capabilities: object, log_defs: object) -> None:
    """Return when both are of a type that they may have, and so is the name of every capability.

    Raises:
        TypeError: one is not.
    """
    if capabilities is not None and not isinstance(capabilities, dict):
        raise TypeError(f"capabilities is a dict, not {type(capabilities).__name__} ({shown(capabilities)})")
    for name in capabilities or ():
        checked_capability(name)
    if not (log_defs is None or log_defs is False or isinstance(log_defs, dict)):
        raise TypeError(
            f"logDefs is a dictConfig dictionary, None or False, "
            f"not {type(log_defs).__name__} ({shown(log_defs)})"
        )
