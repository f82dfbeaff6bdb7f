"""Reads the capabilities that name an admin's place, for transports that name it by a port."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DEFAULT_ADMIN_PORT = 1900  # what Thespian's documentation has always named
MAX_PORT = 65_535  # ports are 16 bits


def admin_port(capabilities: Mapping[str, Any], default: int = DEFAULT_ADMIN_PORT) -> int:
    """Return the capability ``Admin Port``, or ``default`` when it is not given.

    Raises:
        ValueError: it is not a port number.
    """
    port = capabilities.get("Admin Port", default)
    if isinstance(port, bool) or not isinstance(port, int) or not 1 <= port <= MAX_PORT:
        raise ValueError(
            f"the capability 'Admin Port' must be a whole number from 1 to {MAX_PORT}, not {port!r}"
        )
    return port
