"""The contract of transports, on the virtual clock of an in-memory transport."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from thespian_multiproc.testing import TransportContract
from thespian_multiproc.transport.memory import MemoryTransport


class MemoryContract(TransportContract):
    @pytest.fixture
    def now(self, transport: MemoryTransport) -> Callable[[], float]:
        return lambda: transport.network.now
