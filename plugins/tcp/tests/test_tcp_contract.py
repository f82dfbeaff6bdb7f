"""The TCP transport keeps the contract of transports."""

from __future__ import annotations

from thespian_multiproc.testing import TransportContract
from thespian_tcp.transport import TcpTransport


class TestTcpTransport(TransportContract):
    transport_class = TcpTransport
