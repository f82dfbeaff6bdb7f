"""The transport keeps the contract of transports."""

from __future__ import annotations

from thespian_multiproc.testing import TransportContract
from thespian_unix.transport import UnixTransport


class TestUnixTransport(TransportContract):
    transport_class = UnixTransport
