"""Ports of loopback for tests."""

from __future__ import annotations

import contextlib
import socket


def free_port() -> int:
    """Return a port that nobody has, for connections or for datagrams."""
    while True:
        with socket.socket() as stream, socket.socket(type=socket.SOCK_DGRAM) as datagrams:
            stream.bind(("127.0.0.1", 0))
            with contextlib.suppress(OSError):
                datagrams.bind(stream.getsockname())
                port: int = stream.getsockname()[1]
                return port
