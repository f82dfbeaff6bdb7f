"""The core's own source authorities: one that accepts nothing, and one that accepts everything."""

from __future__ import annotations

import logging
from typing import Any

from thespian_core.arguments import misfit
from thespian_core.errors import ActorSystemStartupFailure
from thespian_core.hooks.errors import PluginBroken
from thespian_core.hooks.records import SourceAuthoritySpec
from thespian_core.hooks.registry import default_registry
from thespian_core.sources.archive import problem_with
from thespian_core.texts import shown, told

_log = logging.getLogger("thespian")


def reject_all(source_hash: str, data: bytes, info: Any) -> bytes | None:
    """Reject every source, at once."""
    _log.info("the source authority reject-all rejected the source %s (%s)", source_hash, told(info))
    return None


def accept_all(source_hash: str, data: bytes, info: Any) -> bytes | None:
    """Accept every usable zip file, and say each time that this is for development only."""
    problem = problem_with(data)
    if problem is not None:
        _log.warning("the source %s (%s) is not usable: %s", source_hash, told(info), problem)
        return None
    _log.warning(
        "the source authority accept-all accepted the source %s (%s) UNCHECKED: whoever can load sources "
        "runs any code here; it is FOR DEVELOPMENT ONLY",
        source_hash,
        told(info),
    )
    return data


def named(name: object) -> str:
    """Return the name of a source authority that can be opened.

    Raises:
        ActorSystemStartupFailure: it is no text.
        PluginError: there is no such authority, or it cannot be loaded or asked.
    """
    if not isinstance(name, str):
        raise ActorSystemStartupFailure(
            f"the capability 'Source Authority' is the name of a source authority, not {shown(name)}"
        )
    registry = default_registry()
    spec, found = registry.find(SourceAuthoritySpec, name), registry.open(SourceAuthoritySpec, name)
    why = _why_unable(found)
    if why:
        raise PluginBroken(f"{spec.opens} {why}", registry.origin_of(spec))
    return name


def _why_unable(authority: object) -> str:
    """Say why it can decide nothing; nothing when it may be able to."""
    if not callable(authority):
        return f"is {shown(authority)}, not a function (source_hash, data, info)"
    why = misfit(authority, "source_hash", b"data", "info")
    return f"cannot be asked: {why}; it is given (source_hash, data, info)" if why else ""
