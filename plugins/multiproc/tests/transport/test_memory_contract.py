"""The in-memory transports keep the contract of transports."""

from __future__ import annotations

from plugins.multiproc.tests.transport.memory_contract import MemoryContract
from thespian_multiproc.transport.memory import (
    Faults,
    MemoryDatagramTransport,
    MemoryNetwork,
    MemoryTransport,
)


class TestMemoryTransport(MemoryContract):
    transport_class = MemoryTransport


class TestMemoryDatagramTransport(MemoryContract):
    transport_class = MemoryDatagramTransport


class TestPromptMemoryTransport(MemoryContract):
    def make_transport(self) -> MemoryTransport:
        return MemoryTransport(prompt=True)


class TestPromptMemoryDatagramTransport(MemoryContract):
    def make_transport(self) -> MemoryDatagramTransport:
        return MemoryDatagramTransport(prompt=True)


class TestMemoryTransportWithDelays(MemoryContract):
    def make_transport(self) -> MemoryTransport:
        return MemoryTransport(MemoryNetwork(seed=1, faults=Faults(delay_s=(0.0, 0.01))))
