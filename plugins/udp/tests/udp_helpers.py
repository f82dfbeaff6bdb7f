"""Mailboxes, and raw sockets that keep no rules."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from thespian_multiproc.testing.post import Post
from thespian_udp.transport import UdpTransport


@pytest.fixture
def post() -> Iterator[Post]:
    """Opens mailboxes, and closes them after the test."""
    post = Post(UdpTransport(), time.monotonic)
    try:
        yield post
    finally:
        post.close_all()


@pytest.fixture
def stranger() -> Iterator[socket.socket]:
    """A socket that nothing of ours looks after."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(10.0)
        yield sock
