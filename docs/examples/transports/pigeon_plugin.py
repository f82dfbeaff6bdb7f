"""The plugin module: offers a transport."""

from __future__ import annotations

from collections.abc import Iterable

from thespian_core import TransportSpec, hookimpl


@hookimpl
def thespian_transports() -> Iterable[TransportSpec]:
    """Offer pigeons. The code that ``opens`` names is imported when somebody wants one."""
    yield TransportSpec(scheme="pigeon", opens="pigeon.transport:PigeonTransport", summary="slow, but scenic")
