"""The capabilities of a system: which it always has, and what an update changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SOURCE_AUTHORITY = "Source Authority"  # the capability that names the one a system starts with

ThespianGeneration = (3, 10)  # the API that programs are written for: (generation, enhancement)


def all_capabilities(
    base_name: str,
    base_version: int,
    started_ms: int,
    python_version: tuple[Any, ...],
    own: Mapping[str, Any],
) -> dict[str, Any]:
    """Return a system's capabilities: what it always has, and the user's own.

    The first five are facts, so the user's own do not replace them.

    Args:
        base_name: the name of the system base.
        base_version: a number that grows with that base's changes.
        started_ms: when this system was started, in milliseconds since 1970; later systems have higher ones.
        python_version: as ``sys.version_info``.
        own: the user's.
    """
    return {
        "AllowRemoteActorSources": "yes",
        **{name: value for name, value in own.items() if value is not None},
        "Python Version": tuple(python_version),
        "Thespian Generation": ThespianGeneration,
        "Thespian Version": str(started_ms),
        "Thespian ActorSystem Name": base_name,
        "Thespian ActorSystem Version": base_version,
    }


def update(capabilities: dict[str, Any], name: str, value: Any) -> bool:
    """Set a capability, or remove it when ``value`` is None.

    Returns:
        Whether that changed anything.
    """
    if value is None:
        return capabilities.pop(name, None) is not None
    try:
        if (
            name in capabilities
            and type(capabilities[name]) is type(value)
            and bool(capabilities[name] == value)
        ):
            return False
    except Exception:  # values that cannot be compared count as different
        pass
    capabilities[name] = value
    return True
