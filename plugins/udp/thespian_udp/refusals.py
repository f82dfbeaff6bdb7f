"""What the network says of datagrams that have left: that nobody was there to take them.

Linux keeps such news (ICMP messages) in a queue beside the socket, each with the place it is about
(``IP_RECVERR`` in ip(7)). Other systems tell a socket that is not connected nothing, or not about whom;
there, only the engine's own questions find out who is gone.
"""

from __future__ import annotations

import errno
import os
import socket
import struct
import sys
from typing import Any, NamedTuple

if sys.platform == "linux":
    CAN_TELL = True
    QUEUE = socket.MSG_ERRQUEUE
else:
    CAN_TELL = False
    QUEUE = 0

_IP_RECVERR = 11  # <linux/in.h>
_IPV6_RECVERR = 25  # <linux/in6.h>
_EXTENDED_ERROR = struct.Struct("=IBBBBII")  # struct sock_extended_err in <linux/errqueue.h>
_ANCILLARY_BYTES = 256  # the above, and the address of who said it, and room for more
_QUOTED_BYTES = 1  # of the datagram in question; the place is enough


class Refusal(NamedTuple):
    """A datagram did not arrive.

    Attributes:
        address: where it was sent to.
        gone: whether nobody has that place.
        reason: the system's own words.
    """

    address: tuple[Any, ...]
    gone: bool
    reason: str


def ask_for_refusals(sock: socket.socket) -> None:
    """Have the system keep the news about what a socket sends, where it can."""
    if CAN_TELL and sock.family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, _IPV6_RECVERR, 1)
    elif CAN_TELL:
        sock.setsockopt(socket.IPPROTO_IP, _IP_RECVERR, 1)


def take_refusals(sock: socket.socket) -> list[Refusal]:
    """Return all news there is; without any, the socket's last error was about its last call."""
    refusals: list[Refusal] = []
    while CAN_TELL:
        try:
            _, ancillary, _, address = sock.recvmsg(_QUOTED_BYTES, _ANCILLARY_BYTES, QUEUE)
        except OSError:  # there is no more, or the socket is closed
            break
        error = _error_in(ancillary)
        if address:
            refusals.append(Refusal(address, error == errno.ECONNREFUSED, os.strerror(error)))
    return refusals


def _error_in(ancillary: list[tuple[int, int, bytes]]) -> int:
    for level, kind, data in ancillary:
        if (level, kind) in ((socket.IPPROTO_IP, _IP_RECVERR), (socket.IPPROTO_IPV6, _IPV6_RECVERR)):
            number: int = _EXTENDED_ERROR.unpack_from(data)[0]
            return number
    return 0
