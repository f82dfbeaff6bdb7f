"""What this package offers: the UDP transport, and ``multiprocUDPBase``."""

from __future__ import annotations

from collections.abc import Iterable

from thespian_core import SystemBaseSpec, TransportSpec, hookimpl


@hookimpl
def thespian_transports() -> Iterable[TransportSpec]:
    """Offer UDP."""
    yield TransportSpec(
        scheme="U",
        opens="thespian_udp.transport:UdpTransport",
        summary="UDP datagrams, on this machine and between machines",
    )


@hookimpl
def thespian_system_bases() -> Iterable[SystemBaseSpec]:
    """Offer ``multiprocUDPBase``."""
    yield SystemBaseSpec(
        name="multiprocUDPBase",
        opens="thespian_multiproc.base:MultiprocBase",
        transport="U",
        version=1,
        outlives_starter=True,
        summary="a process for every actor, over UDP; programs start and join it by its Admin Port",
    )
