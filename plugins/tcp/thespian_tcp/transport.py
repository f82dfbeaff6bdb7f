"""TcpTransport, which makes mailboxes that are reached over TCP."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping
from typing import Any

from thespian_multiproc.transport.capabilities import admin_port
from thespian_multiproc.transport.interface import STRANGER_FRAME_BYTES, Invitation, Transport
from thespian_tcp.endpoint import TcpEndpoint
from thespian_tcp.limits import (
    IDLE_CLOSE_AFTER_S,
    LARGEST_FRAME_BYTES,
    MAX_FRAME_BYTES,
    Limits,
    usual_most_conversations,
)
from thespian_tcp.places import as_place, listen

LOOPBACK = "127.0.0.1"
DRAIN_S = 1.0  # our choice: what a process that ends may have to wait for somebody who does not read


class TcpTransport(Transport):
    """Makes mailboxes at one address of this machine.

    Args:
        host: the IP address that mailboxes have, and connections are accepted at.
        drain_s: how long closing a mailbox may take when what was sent cannot leave this machine.
        max_frame_bytes: the largest frame that mailboxes send and take.

    Attributes:
        most_conversations: of one mailbox; beyond, those that were idle for longest are ended. None for
            three quarters of the files that the process may open when it opens the mailbox.
        idle_close_after_s: after so long without a word, a mailbox ends a conversation.

    Raises:
        ValueError: ``host`` is not an IP address that others can connect to, or ``max_frame_bytes`` is
            too small for a stranger's frame or too large for 4 bytes.
    """

    scheme = "T"
    max_frame_bytes: int = MAX_FRAME_BYTES
    ordered = True
    crosses_hosts = True
    most_conversations: int | None = None
    idle_close_after_s: float = IDLE_CLOSE_AFTER_S

    def __init__(
        self, host: str = LOOPBACK, drain_s: float = DRAIN_S, max_frame_bytes: int = MAX_FRAME_BYTES
    ) -> None:
        try:
            usable = not ipaddress.ip_address(host).is_unspecified
        except ValueError:
            usable = False
        if not usable:
            raise ValueError(
                f"{host!r} cannot be the host of a mailbox: "
                f"give one IP address of this machine, as in {LOOPBACK}"
            )
        if not STRANGER_FRAME_BYTES <= max_frame_bytes <= LARGEST_FRAME_BYTES:
            raise ValueError(
                f"max_frame_bytes must be from {STRANGER_FRAME_BYTES} to {LARGEST_FRAME_BYTES}, "
                f"not {max_frame_bytes!r}"
            )
        self.host = host
        self.drain_s = drain_s
        self.max_frame_bytes = max_frame_bytes

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
        limits = Limits(
            max_frame_bytes=self.max_frame_bytes,
            most_conversations=self.most_conversations or usual_most_conversations(),
            idle_close_after_s=self.idle_close_after_s,
        )
        return TcpEndpoint(listener, where, self.host, limits, self.drain_s)


def _take(invitation: Invitation) -> socket.socket:
    if len(invitation.descriptors) != 1:
        raise ValueError(f"{invitation!r} reserves no TCP mailbox: that is one listening socket")
    (descriptor,) = invitation.take()
    listener = socket.socket(fileno=descriptor)
    listener.setblocking(False)
    listener.set_inheritable(False)
    return listener
