"""Closes connections so that what was written arrives: unread mail would make the system destroy it."""

from __future__ import annotations

import contextlib
import selectors
import socket
import time
from collections.abc import Iterable

from thespian_tcp.places import has_left

GLANCE_S = 0.01  # the system does not tell when the last byte has left: how often it is asked
SCRAP_BYTES = 64 << 10  # read at a time, to be thrown away
SCRAPS_IN_A_ROW = 64


def say_the_last(sock: socket.socket) -> bool:
    """Tell the other end that no more comes; return whether there still is one."""
    try:
        sock.shutdown(socket.SHUT_WR)
    except OSError:
        return False
    return True


def drain_and_close(socks: Iterable[socket.socket], patience_s: float) -> None:
    """Say the last on each, read what comes, and close each when all that was written has left."""
    until = time.monotonic() + patience_s
    scrap = bytearray(SCRAP_BYTES)
    with contextlib.ExitStack() as all_of_them, selectors.DefaultSelector() as readable:
        left = []
        for sock in socks:
            all_of_them.enter_context(sock)
            if say_the_last(sock):
                left.append(sock)
                readable.register(sock, selectors.EVENT_READ)
        while left:
            for sock in [sock for sock in left if _is_drained(sock, scrap)]:
                readable.unregister(sock)
                sock.close()
                left.remove(sock)
            rest_s = until - time.monotonic()
            if rest_s <= 0:
                return
            if left:
                readable.select(min(GLANCE_S, rest_s))


def _is_drained(sock: socket.socket, scrap: bytearray) -> bool:
    try:
        for _ in range(SCRAPS_IN_A_ROW):
            if not sock.recv_into(scrap):
                return True
    except BlockingIOError:
        return has_left(sock)
    except OSError:
        return True
    return False
