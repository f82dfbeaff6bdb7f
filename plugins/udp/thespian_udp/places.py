"""Places of UDP mailboxes: their text, and the socket that holds one."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import socket
import sys
from typing import Any

from thespian_multiproc.transport.interface import AddressInUse
from thespian_multiproc.transport.routes import require_route
from thespian_udp.refusals import ask_for_refusals

# Our choice: a burst of many senders fits. Where the system has a limit, it gives less (Linux: rmem_max).
ROOM_IN_BYTES = 4 << 20
ROOM_OUT_BYTES = 256 << 10  # more than one datagram; macOS sends none that is larger than this

SocketAddress = tuple[Any, ...]  # (host, port), and two more numbers for IPv6: what the socket module takes


def as_place(host: str, port: int) -> str:
    """Return the text that names a host and port."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def as_socket_address(place: str) -> SocketAddress:
    """Return what the system calls a place, exactly as it names who sent a datagram.

    Raises:
        ValueError: it is not an IP address and a port. Names are not looked up: that may block.
    """
    host, _, port = place.rpartition(":")
    try:
        address = ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
        number = int(port) if port.isascii() and port.isdigit() else 0
    except ValueError:
        number = 0
    if not 1 <= number <= 65_535:
        raise ValueError(f"{place!r} is not an IP address and a port, as in 127.0.0.1:1029")
    return (str(address), number) if address.version == 4 else (str(address), number, 0, 0)


def hold(host: str, port: int) -> socket.socket:
    """Return a socket that holds a place, and keeps some datagrams for whoever will own it.

    Args:
        host: an address of this machine.
        port: 0 for any.

    Raises:
        AddressInUse: somebody has that place.
        OSError: the system refuses for another reason, such as an address of another machine.
    """
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        # Never SO_REUSEADDR: with it, a second owner could bind the place, and take mail of the first.
        if sys.platform == "win32":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        for option, size in ((socket.SO_RCVBUF, ROOM_IN_BYTES), (socket.SO_SNDBUF, ROOM_OUT_BYTES)):
            with contextlib.suppress(OSError):  # some systems refuse what is over their limit
                sock.setsockopt(socket.SOL_SOCKET, option, size)
        ask_for_refusals(sock)
        sock.bind((host, port))
        if port:
            require_route(host, port)
        sock.setblocking(False)
    except OSError as problem:
        sock.close()
        if problem.errno == errno.EADDRINUSE or getattr(problem, "winerror", 0) == 10013:  # WSAEACCES
            raise AddressInUse(f"somebody has {as_place(host, port)} already") from problem
        raise
    return sock
