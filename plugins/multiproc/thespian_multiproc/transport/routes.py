"""Whether a machine reaches its own addresses, for transports whose places are hosts and ports."""

from __future__ import annotations

import socket


def require_route(host: str, port: int) -> None:
    """Raise when what is sent from here to a place of this machine cannot get there.

    One can listen at an address whose interface is down, and then nobody ever comes. Nothing is sent.

    Raises:
        OSError: it cannot; the error says why.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.connect((host, port))
