"""The UDP transport keeps the contract of transports."""

from __future__ import annotations

from thespian_multiproc.testing import TransportContract
from thespian_udp.transport import UdpTransport


class TestUdpTransport(TransportContract):
    transport_class = UdpTransport


class TestUdpTransportWithSmallFrames(TransportContract):
    def make_transport(self) -> UdpTransport:
        return UdpTransport(max_frame_bytes=16_000)
