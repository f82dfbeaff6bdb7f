"""How a process opens its mailbox: the transport, the conversations, and the exchange over both."""

from __future__ import annotations

import contextlib
import ipaddress
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from thespian_core.addresses import ActorAddress, Mailbox
from thespian_core.errors import ActorSystemStartupFailure
from thespian_core.sources.limits import MAX_SOURCE_BYTES
from thespian_multiproc.protocol.fields import NONCE_BYTES
from thespian_multiproc.transport.interface import AddressInUse, Buffer, Endpoint, Invitation, Transport

if TYPE_CHECKING:
    from thespian_multiproc.protocol.limits import Limits
    from thespian_multiproc.runtime.exchange import Exchange

LOOPBACK = "127.0.0.1"
LARGEST_MESSAGE_BYTES = (4 << 30) - (2 << 20)  # what the sizes on the wire can say
HEADROOM_BYTES = 1 << 20  # what a frame has beside one message of the largest size: others, and numbers


def own_host() -> str:
    """Return the IP address that this machine's mailboxes have: loopback, unless the operator says else."""
    return os.environ.get("THESPIAN_BASE_IPADDR") or LOOPBACK


def open_transport(
    transport_class: Callable[[str], Transport], host: str, max_message_bytes: int
) -> Transport:
    """Return the transport of a system.

    Raises:
        ValueError: it has no such host.
    """
    transport = transport_class(host)
    # Where frames can be lost, a message takes as many frames as it needs.
    if transport.ordered and transport.max_frame_bytes is not None:
        # Sources have a limit of their own, and pass between admin and actors whole.
        transport.max_frame_bytes = max(max_message_bytes, MAX_SOURCE_BYTES) + HEADROOM_BYTES
    return transport


def own_transport(scheme: str) -> Transport:
    """Return the transport by which this program starts and joins systems.

    Raises:
        PluginError: it is not installed, cannot be loaded, or has another scheme than its record.
        ValueError: it has no such host as ``THESPIAN_BASE_IPADDR`` names.
    """
    from thespian_core.hooks.errors import PluginBroken
    from thespian_core.hooks.records import TransportSpec  # actors have theirs from the launcher
    from thespian_core.hooks.registry import default_registry

    registry = default_registry()
    transport_class = registry.open_class(TransportSpec, scheme, Transport)
    transport = open_transport(transport_class, own_host(), LARGEST_MESSAGE_BYTES)
    real = getattr(transport, "scheme", None)
    if real != scheme:  # addresses would have the one or the other, by who makes them
        spec = registry.find(TransportSpec, scheme)
        why = f"{spec.opens} has the scheme {real!r}, and its record {scheme!r}: give both the same"
        raise PluginBroken(why, registry.origin_of(spec))
    return transport


def open_exchange(
    transport: Transport,
    invitation: Invitation | None,
    mailbox_id: str,
    key: bytes,
    for_runtime: Callable[[ActorAddress, Any], None],
    loads: Callable[[Buffer], Any] | None = None,
    is_admin: bool = False,
) -> Exchange:
    """Open a mailbox, a reserved one or a fresh one."""
    # A starter that only looks whether a place is free needs neither.
    from thespian_multiproc.protocol.sessions import Sessions
    from thespian_multiproc.runtime.exchange import Exchange

    endpoint: Endpoint = transport.open(invitation)
    where = endpoint.where
    sealed = not transport.ordered or not is_loopback(where)
    limits = None if transport.ordered else limits_of(transport)
    sessions = Sessions(key, mailbox_id, transport.ordered, sealed, new_nonce, limits)
    address = ActorAddress(Mailbox(transport.scheme, where, None if is_admin else mailbox_id))
    exchange = Exchange(endpoint, sessions, address, for_runtime, loads)
    largest_frame = transport.max_frame_bytes
    if transport.ordered and largest_frame is not None and largest_frame > HEADROOM_BYTES:
        exchange.largest_bytes = largest_frame - HEADROOM_BYTES // 2
    return exchange


def limits_of(transport: Transport) -> Limits:
    """Return what the links of a transport that can lose frames are tuned by."""
    from thespian_multiproc.protocol.limits import Limits
    from thespian_multiproc.protocol.sealing import CODE_BYTES

    usual_bytes = Limits().frame_bytes
    return Limits(frame_bytes=min(usual_bytes, (transport.max_frame_bytes or usual_bytes) - CODE_BYTES))


def new_nonce() -> bytes:
    """Return random bytes that were never returned before."""
    return os.urandom(NONCE_BYTES)


def host_of(place: str) -> str:
    """Return the host of a place, as in ``127.0.0.1:1900``; the whole of it when it has no port."""
    host = place.rpartition(":")[0] or place
    return host.removeprefix("[").removesuffix("]")


def is_loopback(place: str) -> bool:
    """Whether nobody on another machine can put a word in."""
    host = host_of(place)
    if host == LOOPBACK:  # as nearly always, and every actor's process asks
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return True  # no IP at all: a place inside this machine


def new_prefix() -> str:
    """Return letters and digits that no other minter has: 96 random bits."""
    return os.urandom(12).hex()


def reserve(transport: Transport, place: str) -> Invitation:
    """Reserve a mailbox at a place for a process that is to be.

    Raises:
        AddressInUse: somebody has it.
        ActorSystemStartupFailure: nobody can have it; it says why.
    """
    try:
        with contextlib.closing(transport.open()) as endpoint:
            return endpoint.invite(at=place)
    except OSError as why:
        from thespian_multiproc.runtime.whynot import nobody_can_listen

        raise ActorSystemStartupFailure(nobody_can_listen(place, why)) from None


def is_taken(transport: Transport, place: str) -> bool:
    """Whether somebody has a place, a system or another program.

    Raises:
        ActorSystemStartupFailure: nobody can have it; it says why.
    """
    try:
        reserve(transport, place).release()
    except AddressInUse:
        return True
    return False
