"""The queue transport keeps the contract of transports."""

from __future__ import annotations

from thespian_multiproc.testing import TransportContract
from thespian_queue.transport import QueueTransport


class TestQueueTransport(TransportContract):
    transport_class = QueueTransport
