"""When no actor system may be started: while code is loaded that is only to define things."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from thespian_core.errors import ActorSystemStartupFailure

_reasons: list[str] = []


@contextmanager
def forbid_systems(reason: str) -> Iterator[None]:
    """Let ``ActorSystem(...)`` fail in this process, in every thread, until the block is left.

    Args:
        reason: the text of the failure: why not now, and what to do instead.
    """
    _reasons.append(reason)
    try:
        yield
    finally:
        _reasons.remove(reason)


def require_systems_allowed() -> None:
    """Return when systems may be started and joined.

    Raises:
        ActorSystemStartupFailure: not now; its text is the reason.
    """
    if _reasons:
        raise ActorSystemStartupFailure(_reasons[-1])
