"""TcpTransport, which makes mailboxes that are reached over TCP."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping
from typing import Any

from thespian_multiproc.transport.capabilities import admin_port
from thespian_multiproc.transport.interface import Invitation, Transport
from thespian_tcp.endpoint import TcpEndpoint
from thespian_tcp.places import as_place, listen

LOOPBACK = "127.0.0.1"
MAX_FRAME_BYTES = 1 << 30  # our choice; the size before each frame, 4 bytes, would allow four times as much
DRAIN_S = 1.0  # our choice: what a process that ends may have to wait for somebody who does not read


class TcpTransport(Transport):
    """Makes mailboxes at one address of this machine.

    Args:
        host: the IP address that mailboxes have, and connections are accepted at.
        drain_s: how long closing a mailbox may take when what was sent cannot leave this machine.

    Raises:
        ValueError: ``host`` is not an IP address that others can connect to.
    """

    scheme = "T"
    max_frame_bytes = MAX_FRAME_BYTES
    ordered = True
    crosses_hosts = True

    def __init__(self, host: str = LOOPBACK, drain_s: float = DRAIN_S) -> None:
        try:
            usable = not ipaddress.ip_address(host).is_unspecified
        except ValueError:
            usable = False
        if not usable:
            raise ValueError(
                f"{host!r} cannot be the host of a mailbox: "
                f"give one IP address of this machine, as in {LOOPBACK}"
            )
        self.host = host
        self.drain_s = drain_s

    def resolve(self, capabilities: Mapping[str, Any]) -> str:
        """Return the place of the admin that the capability ``Admin Port`` names, 1900 if it is not given.

        Raises:
            ValueError: it is not a port number.
        """
        return as_place(self.host, admin_port(capabilities))

    def open(self, invitation: Invitation | None = None) -> TcpEndpoint:
        """Take a reserved mailbox, with the connections that wait for it, or make a fresh one.

        Raises:
            ValueError: the invitation was opened or released before, or is another transport's.
            OSError: the system has no port left, or no such address.
        """
        if invitation is None:
            listener = listen(self.host, 0)
            where = as_place(self.host, listener.getsockname()[1])
        else:
            listener, where = _take(invitation), invitation.where
        return TcpEndpoint(listener, where, self.host, self.max_frame_bytes, self.drain_s)


def _take(invitation: Invitation) -> socket.socket:
    if len(invitation.descriptors) != 1:
        raise ValueError(f"{invitation!r} reserves no TCP mailbox: that is one listening socket")
    (descriptor,) = invitation.take()
    listener = socket.socket(fileno=descriptor)
    listener.setblocking(False)
    listener.set_inheritable(False)
    return listener
