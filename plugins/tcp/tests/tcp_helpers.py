"""Mailboxes, and raw clients that keep no rules."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator

import pytest

from thespian_multiproc.testing.post import Post
from thespian_tcp.places import as_socket_address
from thespian_tcp.transport import TcpTransport


@pytest.fixture
def post() -> Iterator[Post]:
    """Opens mailboxes, and closes them after the test."""
    post = Post(TcpTransport(), time.monotonic)
    try:
        yield post
    finally:
        post.close_all()


def raw_client(place: str) -> socket.socket:
    """Return a connection to a mailbox that nothing of ours looks after."""
    return socket.create_connection(as_socket_address(place)[1])


def framed(data: bytes) -> bytes:
    """Return a frame as it is written to a connection."""
    return struct.pack(">I", len(data)) + data
