"""The plugin module: offers a system base."""

from __future__ import annotations

from collections.abc import Iterable

from thespian_core import SystemBaseSpec, hookimpl


@hookimpl
def thespian_system_bases() -> Iterable[SystemBaseSpec]:
    """Offer ``ActorSystem("countingBase")``."""
    yield SystemBaseSpec(
        name="countingBase",
        opens="counting_base:CountingBase",
        summary="the simple base, with a count of what programs send",
    )
