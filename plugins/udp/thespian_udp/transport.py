"""UdpTransport, which makes mailboxes that are reached over UDP."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping
from typing import Any

from thespian_multiproc.transport.capabilities import admin_port
from thespian_multiproc.transport.interface import STRANGER_FRAME_BYTES, Invitation, Transport
from thespian_udp.endpoint import UdpEndpoint
from thespian_udp.places import as_place, hold

LOOPBACK = "127.0.0.1"
DEFAULT_ADMIN_PORT = 1029  # what Thespian's documentation has always named
MAX_FRAME_BYTES = 65_507  # IPv4: 65,535 - 20 (IP header) - 8 (UDP header)
# IPv6's least MTU: 1,280 - 40 (IP header) - 8 (UDP header). Larger ones travel in pieces; each may be lost.
ONE_PACKET_BYTES = 1_232
USUAL_MESSAGE_BYTES = 16 << 20  # our choice: about a thousand datagrams


class UdpTransport(Transport):
    """Makes mailboxes at one address of this machine.

    Args:
        host: the IP address that mailboxes have.
        max_frame_bytes: the largest frame that mailboxes send; None for the largest datagram on a loopback
            address, and for what fits in one packet on any path elsewhere. Of those who have proved who they
            are, larger ones are taken too.

    Raises:
        ValueError: ``host`` is not an IP address that others can send to, or ``max_frame_bytes`` is too
            small for a stranger's frame or too large for a datagram.
    """

    scheme = "U"
    max_frame_bytes: int = MAX_FRAME_BYTES
    usual_message_bytes = USUAL_MESSAGE_BYTES
    ordered = False
    crosses_hosts = True

    def __init__(self, host: str = LOOPBACK, max_frame_bytes: int | None = None) -> None:
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            address = None
        if address is None or address.is_unspecified or address.is_multicast:
            raise ValueError(
                f"{host!r} cannot be the host of a mailbox: "
                f"give one IP address of this machine, as in {LOOPBACK}"
            )
        if max_frame_bytes is None:
            max_frame_bytes = MAX_FRAME_BYTES if address.is_loopback else ONE_PACKET_BYTES
        if not STRANGER_FRAME_BYTES <= max_frame_bytes <= MAX_FRAME_BYTES:
            raise ValueError(
                f"max_frame_bytes must be from {STRANGER_FRAME_BYTES} to {MAX_FRAME_BYTES}, "
                f"not {max_frame_bytes!r}"
            )
        self.host = host
        self.max_frame_bytes = max_frame_bytes

    def resolve(self, capabilities: Mapping[str, Any]) -> str:
        """Return the place of the admin that the capability ``Admin Port`` names, 1029 if it is not given.

        Raises:
            ValueError: it is not a port number.
        """
        return as_place(self.host, admin_port(capabilities, DEFAULT_ADMIN_PORT))

    def open(self, invitation: Invitation | None = None) -> UdpEndpoint:
        """Take a reserved mailbox, with the datagrams that wait for it, or make a fresh one.

        Raises:
            ValueError: the invitation was opened or released before, or is another transport's.
            OSError: the system has no port left, or no such address.
        """
        if invitation is None:
            sock = hold(self.host, 0)
            where = as_place(self.host, sock.getsockname()[1])
        else:
            sock, where = _take(invitation), invitation.where
        return self._endpoint(sock, where)

    def _endpoint(self, sock: socket.socket, where: str) -> UdpEndpoint:
        return UdpEndpoint(sock, where, self.host, self.max_frame_bytes)


def _take(invitation: Invitation) -> socket.socket:
    if len(invitation.descriptors) != 1:
        raise ValueError(f"{invitation!r} reserves no UDP mailbox: that is one bound socket")
    (descriptor,) = invitation.take()
    sock = socket.socket(fileno=descriptor)
    sock.setblocking(False)
    sock.set_inheritable(False)
    return sock
