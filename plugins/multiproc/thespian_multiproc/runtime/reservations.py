"""The mailboxes that an admin reserves for actors that are to be."""

from __future__ import annotations

from typing import Any

from thespian_core.addresses import ActorAddress, Mailbox, Minter
from thespian_multiproc.runtime.exchange import Exchange
from thespian_multiproc.runtime.opening import new_prefix
from thespian_multiproc.transport.interface import Invitation


class Reservations:
    """Reserved mailboxes, by the key of who is to have each.

    Args:
        exchange: of the process that reserves.
        scheme: of the addresses.
    """

    def __init__(self, exchange: Exchange, scheme: str) -> None:
        self._exchange = exchange
        self._scheme = scheme
        self._minter = Minter(new_prefix())
        self._made: dict[Any, Invitation | OSError] = {}

    def mint(self) -> ActorAddress:
        """Make an address, and reserve its mailbox; that there is none shows when it is taken."""
        where, mailbox_id = "", self._minter.mint()
        try:
            invitation = self._exchange.invite()
            self._made[mailbox_id] = invitation
            where = invitation.where
        except OSError as why:
            self._made[mailbox_id] = why
        return ActorAddress(Mailbox(self._scheme, where, mailbox_id))

    def take(self, address: ActorAddress) -> Invitation | OSError:
        """Return a reserved mailbox, which is the caller's then, or why there is none."""
        return self._made.pop(address.key)

    def release(self, address: ActorAddress) -> None:
        """Give a mailbox up that nobody took; one that was taken is left alone."""
        unused = self._made.pop(address.key, None)
        if isinstance(unused, Invitation):
            unused.release()
