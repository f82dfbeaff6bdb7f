"""What this package offers: the UDP transport."""

from __future__ import annotations

from collections.abc import Iterable

from thespian_core import TransportSpec, hookimpl


@hookimpl
def thespian_transports() -> Iterable[TransportSpec]:
    """Offer UDP."""
    yield TransportSpec(
        scheme="U",
        opens="thespian_udp.transport:UdpTransport",
        summary="UDP datagrams, on this machine and between machines",
    )
