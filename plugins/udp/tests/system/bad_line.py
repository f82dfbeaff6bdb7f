"""A base on a bad line: each process of it loses, doubles and delays a fifth of the datagrams it sends."""

from __future__ import annotations

import os
import random
import socket
from collections.abc import Iterable
from typing import Any

from thespian_core import SystemBaseSpec, TransportSpec, hookimpl
from thespian_udp.endpoint import UdpEndpoint
from thespian_udp.transport import UdpTransport

CHANCE = 0.2
LOST = "plugins.udp.tests.system.bad_line: how many datagrams were lost"


class BadSocket(socket.socket):
    """Loses, doubles and delays what it sends: each befalls a fifth of it."""

    def __init__(self, good: socket.socket) -> None:
        super().__init__(fileno=good.detach())
        self.setblocking(False)
        self._dice = random.Random(os.getpid())
        self._late: list[tuple[Any, ...]] = []

    def sendto(self, *args: Any) -> int:
        """Send a datagram, or not, or twice, or after the next one."""
        happens = self._dice.random
        late, self._late = self._late, []
        if happens() < CHANCE:
            os.environ[LOST] = str(int(os.environ.get(LOST, "0")) + 1)
        elif happens() < CHANCE:
            self._late.append(args)
        else:
            super().sendto(*args)
            if happens() < CHANCE:
                super().sendto(*args)
        for one in late:
            super().sendto(*one)
        return len(args[0])


class BadUdpTransport(UdpTransport):
    """UDP, but worse."""

    scheme = "bad"

    def _endpoint(self, sock: socket.socket, where: str) -> UdpEndpoint:
        return super()._endpoint(BadSocket(sock), where)


@hookimpl
def thespian_transports() -> Iterable[TransportSpec]:
    """Offer the bad line."""
    yield TransportSpec(scheme="bad", opens=f"{__name__}:BadUdpTransport", summary="UDP on a bad line")


@hookimpl
def thespian_system_bases() -> Iterable[SystemBaseSpec]:
    """Offer a base on it."""
    yield SystemBaseSpec(
        name="badUDPBase",
        opens="thespian_multiproc.base:MultiprocBase",
        transport="bad",
        version=1,
        outlives_starter=True,
        summary="multiprocUDPBase on a bad line",
    )
