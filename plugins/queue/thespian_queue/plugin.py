"""What this package offers: the queue transport, and ``multiprocQueueBase``."""

from __future__ import annotations

from collections.abc import Iterable

from thespian_core import SystemBaseSpec, TransportSpec, hookimpl


@hookimpl
def thespian_transports() -> Iterable[TransportSpec]:
    """Offer queues."""
    yield TransportSpec(
        scheme="Q",
        opens="thespian_queue.transport:QueueTransport",
        summary="queues that processes inherit, through a relay, on this machine",
    )


@hookimpl
def thespian_system_bases() -> Iterable[SystemBaseSpec]:
    """Offer ``multiprocQueueBase``."""
    yield SystemBaseSpec(
        name="multiprocQueueBase",
        opens="thespian_multiproc.base:MultiprocBase",
        transport="Q",
        version=2,
        outlives_starter=False,
        summary="a process for every actor, over inherited queues; the system ends with its starter",
    )
