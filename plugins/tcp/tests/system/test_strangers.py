"""Strangers at the mailboxes of programs and actors: they keep nobody out, and fill nobody's memory."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from plugins.tcp.tests.tcp_helpers import framed, raw_client
from thespian_core.addresses import ActorAddress, Mailbox
from thespian_core.api.system import ActorSystem
from thespian_multiproc.runtime.exchange import MOST_COMPLAINTS, Exchange
from thespian_multiproc.runtime.opening import open_exchange
from thespian_multiproc.runtime.port import EnginePort
from thespian_tcp.transport import TcpTransport
from tools.ports import free_port

PATIENCE_S = 20.0
KEY = b"k" * 32


def nonsense_to(exchange: Exchange, has_come: Callable[[], Any]) -> socket.socket:
    """Say what is no handshake, and wait until the mailbox has heard it."""
    client = raw_client(exchange.where)
    client.sendall(framed(b"nonsense"))
    until = time.monotonic() + PATIENCE_S
    while not has_come() and time.monotonic() < until:
        exchange.attend(0.1)
    return client


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    """A mailbox."""
    found = open_exchange(TcpTransport(), None, "somebody", KEY, lambda *_: None)
    yield found
    found.close()


def test_what_a_stranger_says_to_a_program_does_not_keep_it_out() -> None:
    asys = ActorSystem("multiprocTCPBase", {"Admin Port": free_port()}, transientUnique=True)
    try:
        base: Any = asys._running.base
        port: EnginePort = base._open_port()
        with nonsense_to(port._exchange, lambda: port._exchange.complaints):
            assert port._exchange.complaints
            assert port.join(PATIENCE_S) is not None
        port.close()
    finally:
        asys.shutdown()


def test_a_complaint_about_the_admin_itself_is_a_reason(exchange: Exchange) -> None:
    admin = ActorAddress(Mailbox("T", exchange.where))
    port = EnginePort(lambda hear: open_exchange(TcpTransport(), None, "me", b"o" * 32, hear), admin)
    try:
        port.join(0.0)
        until = time.monotonic() + PATIENCE_S
        while not port.complaints and time.monotonic() < until:
            exchange.attend(0.01)
            port.join(0.01)
        assert "key" in port.complaints[0]
    finally:
        port.close()


def test_of_many_strangers_only_the_latest_are_remembered(exchange: Exchange) -> None:
    complaints = exchange.complaints
    for number in range(MOST_COMPLAINTS + 5):
        enough = min(number + 1, MOST_COMPLAINTS)
        nonsense_to(exchange, lambda enough=enough: len(complaints) >= enough).close()
    exchange.attend(0.1)
    assert len(complaints) == MOST_COMPLAINTS
