"""The TCP transport keeps the contract of transports."""

from __future__ import annotations

import pytest

from thespian_multiproc.testing import TransportContract
from thespian_multiproc.transport.watching import SelectorWatcher
from thespian_tcp import connections
from thespian_tcp.transport import TcpTransport


class TestTcpTransport(TransportContract):
    transport_class = TcpTransport


class TestTcpTransportWithALimit(TransportContract):
    def make_transport(self) -> TcpTransport:
        return TcpTransport(max_frame_bytes=1 << 20)


class TestTcpTransportWithoutEpoll(TransportContract):
    transport_class = TcpTransport

    @pytest.fixture(autouse=True)
    def _without_epoll(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(connections, "new_watcher", SelectorWatcher)
