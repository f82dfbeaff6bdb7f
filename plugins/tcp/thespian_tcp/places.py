"""Places of TCP mailboxes: their text, the socket that holds one, and what the system knows of it."""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
import sys
from typing import Any

from thespian_multiproc.transport.interface import AddressInUse
from thespian_multiproc.transport.routes import require_route

if sys.platform != "win32":
    import fcntl
    import termios

LISTEN_BACKLOG = 4096  # the largest that Linux allows by default (net.core.somaxconn since 5.4)
OUT_OF_FILES = (errno.EMFILE, errno.ENFILE)
SIOCOUTQNSD = 0x894B  # <linux/sockios.h>: how many bytes were not sent yet
SocketAddress = tuple[Any, ...]  # (host, port), and two more numbers for IPv6: what the socket module takes


def as_place(host: str, port: int) -> str:
    """Return the text that names a host and port."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def as_socket_address(place: str) -> tuple[socket.AddressFamily, SocketAddress]:
    """Return what the system calls a place.

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
        raise ValueError(f"{place!r} is not an IP address and a port, as in 127.0.0.1:1900")
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    return family, (str(address), number)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that holds a place, and lets connections wait for whoever will own it.

    Args:
        host: an address of this machine.
        port: 0 for any.

    Raises:
        AddressInUse: somebody listens there.
        OSError: the system refuses for another reason, such as an address of another machine.
    """
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            # There, SO_REUSEADDR would let two sockets have one port.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            # A restart must not wait until the old connections have left TIME_WAIT.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
        # Not later: of two sockets that are bound to one port, this decides who has it.
        sock.listen(LISTEN_BACKLOG)
        if port:
            require_route(host, port)
        sock.setblocking(False)
    except OSError as problem:
        sock.close()
        if problem.errno == errno.EADDRINUSE or getattr(problem, "winerror", 0) == 10013:  # WSAEACCES
            raise AddressInUse(f"somebody listens at {as_place(host, port)} already") from problem
        raise
    return sock


def talks_to_itself(sock: socket.socket) -> bool:
    """Whether a connection goes round in a circle.

    Connecting to a free port succeeds when the system happens to choose that very port for our own end.
    """
    return bool(sock.getsockname() == sock.getpeername())


def nobody_is_there(error: int) -> bool:
    """Whether a failed connection proves that nobody has the place."""
    return error in {errno.ECONNREFUSED, 10061}  # WSAECONNREFUSED


def failure(error: int) -> str:
    """Return the system's own words for an error."""
    return os.strerror(error)


def has_left(sock: socket.socket) -> bool:
    """Whether the other machine has everything that was written, as far as this one can tell."""
    if sys.platform == "win32":
        return False
    try:
        # On one machine, what was sent was received; its acknowledgement may take 40 ms more.
        near = sys.platform == "linux" and ipaddress.ip_address(sock.getpeername()[0]).is_loopback
        waiting = fcntl.ioctl(sock, SIOCOUTQNSD if near else termios.TIOCOUTQ, bytes(4))
    except OSError:
        return False
    return int.from_bytes(waiting, sys.byteorder) == 0
