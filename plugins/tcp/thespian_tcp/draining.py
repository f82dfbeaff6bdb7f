"""Closes connections so that what was written arrives: unread mail would make the system destroy it."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Iterable

from thespian_tcp.places import has_left

GLANCE_S = 0.01  # the system does not tell when the last byte has left: how often it is asked
SCRAP_BYTES = 4 << 10  # read at a time, to be thrown away: mostly there is nothing
SCRAPS_IN_A_ROW = 1024


def say_the_last(sock: socket.socket) -> bool:
    """Tell the other end that no more comes; return whether there still is one."""
    try:
        sock.shutdown(socket.SHUT_WR)
    except OSError:
        return False
    return True


def drain_and_close(socks: Iterable[socket.socket], patience_s: float) -> None:
    """Say the last on each, read what comes, and close each when all that was written has left.

    What has not left in time stays open.
    """
    scrap = bytearray(SCRAP_BYTES)
    talking = [sock for sock in socks if say_the_last(sock)]
    left = [sock for sock in talking if not _is_closed(sock, scrap)]
    if not left:  # as nearly always, and every actor's process passes here
        return
    until = time.monotonic() + patience_s
    with selectors.DefaultSelector() as readable:
        for sock in left:
            readable.register(sock, selectors.EVENT_READ)
        while left and (rest_s := until - time.monotonic()) > 0:
            readable.select(min(GLANCE_S, rest_s))
            for sock in [sock for sock in left if _is_drained(sock, scrap)]:
                readable.unregister(sock)
                sock.close()
                left.remove(sock)


def _is_closed(sock: socket.socket, scrap: bytearray) -> bool:
    if _is_drained(sock, scrap):
        sock.close()
        return True
    return False


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
