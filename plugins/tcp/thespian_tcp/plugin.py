"""What this package offers: the TCP transport, and ``multiprocTCPBase``."""

from __future__ import annotations

from collections.abc import Iterable

from thespian_core import SystemBaseSpec, TransportSpec, hookimpl


@hookimpl
def thespian_transports() -> Iterable[TransportSpec]:
    """Offer TCP."""
    yield TransportSpec(
        scheme="T",
        opens="thespian_tcp.transport:TcpTransport",
        summary="TCP sockets, on this machine and between machines",
    )


@hookimpl
def thespian_system_bases() -> Iterable[SystemBaseSpec]:
    """Offer ``multiprocTCPBase``."""
    yield SystemBaseSpec(
        name="multiprocTCPBase",
        opens="thespian_multiproc.base:MultiprocBase",
        transport="T",
        version=2,
        outlives_starter=True,
        summary="a process for every actor, over TCP; programs start and join it by its Admin Port",
    )
