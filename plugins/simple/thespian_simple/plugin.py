"""What this package offers: the system base ``simpleSystemBase``."""

from __future__ import annotations

from collections.abc import Iterable

from thespian_core import SystemBaseSpec, hookimpl


@hookimpl
def thespian_system_bases() -> Iterable[SystemBaseSpec]:
    """Offer ``simpleSystemBase``."""
    yield SystemBaseSpec(
        name="simpleSystemBase",
        opens="thespian_simple.base:SimpleSystemBase",
        version=2,
        summary="every actor in this process, one message at a time; for tests and small programs",
    )
