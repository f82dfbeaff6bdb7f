"""The in-memory transport: what simulations and the contract's own tests run on, under a virtual clock.

>>> network = MemoryNetwork(seed=7, faults=Faults(delay_s=(0.1, 0.2)))
>>> ann, bob = MemoryTransport(network).open(), MemoryTransport(network).open()
>>> ann.submit([b"hello"], to=bob.where, token=1)
False
>>> [event.frame for event in bob.wait(timeout_s=None)]
[b'hello']
>>> 0.2 < network.now < 0.4
True
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import attrs

from thespian_multiproc.transport.capabilities import admin_port
from thespian_multiproc.transport.interface import (
    Endpoint,
    Event,
    Frame,
    Invitation,
    Peer,
    Sent,
    Transport,
    Undeliverable,
)
from thespian_multiproc.transport.memory_clock import NO_FAULTS, Faults
from thespian_multiproc.transport.memory_mailbox import Correspondent, Mailbox, Side, Somebody
from thespian_multiproc.transport.memory_network import MemoryNetwork

__all__ = [
    "NO_FAULTS",
    "Faults",
    "MemoryDatagramTransport",
    "MemoryEndpoint",
    "MemoryInvitation",
    "MemoryNetwork",
    "MemoryTransport",
]

MAX_DATAGRAM_BYTES = 65_507  # as UDP over IPv4: 65,535 - 20 (IP header) - 8 (UDP header)


@attrs.frozen
class MemoryInvitation(Invitation):
    """A reserved mailbox of a network in memory; of no use in another process."""

    network: MemoryNetwork = attrs.field(kw_only=True, repr=False, eq=False)
    _mailboxes: list[Mailbox] = attrs.field(kw_only=True, repr=False, eq=False)

    def take_mailbox(self) -> Mailbox:
        """Become the mailbox's owner.

        Raises:
            ValueError: it was opened or released before.
        """
        if not self._mailboxes:
            raise ValueError(f"the mailbox reserved at {self.where} was opened or released before")
        return self._mailboxes.pop()

    def release(self) -> None:
        """Free the place, unless the mailbox was opened. May be called twice."""
        while self._mailboxes:
            self.network.remove(self._mailboxes.pop())


class MemoryEndpoint(Endpoint):
    """A mailbox in this process; its owner's waits move the network's clock.

    Args:
        network: what it is part of.
        mailbox: what it owns.
        max_frame_bytes: the largest frame.
        prompt: whether submit tells at once that a frame to a peer has left, as over TCP.
    """

    def __init__(
        self, network: MemoryNetwork, mailbox: Mailbox, max_frame_bytes: int | None, prompt: bool = False
    ) -> None:
        self.network = network
        self.mailbox = mailbox
        self.where = mailbox.where
        self.max_frame_bytes = max_frame_bytes
        self._prompt = prompt
        self._begun: dict[str, Side] = {}

    def submit(self, frame: Frame, to: str | Peer, token: int) -> bool:
        """Take one frame to be sent; see the interface."""
        whole = b"".join(frame)
        if self.max_frame_bytes is not None and len(whole) > self.max_frame_bytes:
            self._undeliverable(
                token, f"{len(whole)} bytes are more than the limit of {self.max_frame_bytes}"
            )
        else:
            self.carry(whole, to, token)
            if self._prompt and not isinstance(to, str):
                return self._take_back(Sent(token, to))
        return False

    def _take_back(self, outcome: Sent) -> bool:
        arrivals = self.mailbox.arrivals
        has_left = bool(arrivals) and arrivals[-1] == outcome
        if has_left:
            arrivals.pop()
        return has_left

    def carry(self, frame: bytes, to: str | Peer, token: int) -> None:
        """Send a frame that is not too large."""
        if isinstance(to, str):
            side = self._begun.get(to)
            if side is None or side.ended:
                side = self._begun[to] = self.network.begin(self.mailbox, to)
            self.network.send(side, token, frame)
        elif isinstance(to, Side) and to.mailbox is self.mailbox and not to.ended:
            self.network.send(to, token, frame)
        else:
            self._undeliverable(token, f"{to!r} is no conversation of {self.where} any more")

    def wait(self, timeout_s: float | None) -> Sequence[Event]:
        """Return what has happened, moving the clock until something has; see the interface.

        Raises:
            RuntimeError: without a timeout, when nothing is under way and nobody wakes it.
        """
        until = None if timeout_s is None else self.network.now + timeout_s
        self.network.advance(self.network.now)
        while not (events := self.mailbox.look(self.network.refuse)) and not self.mailbox.woken.is_set():
            next_at = self.network.next_at
            if next_at is not None and (until is None or next_at <= until):
                self.network.step()
            elif until is not None:
                self.network.advance(until)
                break
            elif not self.mailbox.woken.wait(self.network.real_patience_s):
                raise RuntimeError(f"{self.where} waits for ever: nothing is under way, and nobody woke it")
        self.mailbox.woken.clear()
        return events

    def admit(self, peer: Peer) -> None:
        """Let a peer send frames of full size."""
        if isinstance(peer, Somebody):
            peer.admitted = True

    def drop(self, peer: Peer) -> None:
        """End a conversation, without ``Lost``."""
        if isinstance(peer, Side) and not peer.ended:
            self.network.end(peer)

    def wake(self) -> None:
        """Make a wait return at once."""
        self.mailbox.woken.set()

    def invite(self, at: str | None = None) -> Invitation:
        """Reserve a mailbox in the same network."""
        mailbox = self.network.reserve(at)
        return MemoryInvitation(mailbox.where, network=self.network, mailboxes=[mailbox])

    def close(self) -> None:
        """Give the mailbox up."""
        self.network.remove(self.mailbox)

    def _undeliverable(self, token: int, reason: str) -> None:
        self.mailbox.arrivals.append(Undeliverable(token, reason, gone=False))


class MemoryDatagramEndpoint(MemoryEndpoint):
    """A mailbox for frames without conversations: they can be lost, doubled, and overtake each other."""

    def carry(self, frame: bytes, to: str | Peer, token: int) -> None:
        """Send a frame that is not too large."""
        if isinstance(to, str):
            self.network.send_alone(self.mailbox, to, token, frame)
        elif isinstance(to, Correspondent):
            self.network.send_alone(self.mailbox, to.place, token, frame)
        else:
            self._undeliverable(token, f"{to!r} is nobody who wrote to {self.where}")

    def drop(self, peer: Peer) -> None:
        """Forget a peer: the same place is a stranger again."""
        if isinstance(peer, Correspondent):
            self.mailbox.correspondents.pop(peer.place, None)


class MemoryTransport(Transport):
    """Makes mailboxes of one network, with conversations as over TCP.

    Args:
        network: None for a new one, without faults.
        prompt: whether submit tells at once that a frame to a peer has left, as over TCP; else wait does.
    """

    scheme = "memory"
    ordered = True
    endpoint_class: ClassVar[type[MemoryEndpoint]] = MemoryEndpoint

    def __init__(self, network: MemoryNetwork | None = None, prompt: bool = False) -> None:
        self.network = network or MemoryNetwork()
        self.prompt = prompt

    def resolve(self, capabilities: Mapping[str, Any]) -> str:
        """Return the place of the admin that the capability ``Admin Port`` names.

        Raises:
            ValueError: it is not a port number.
        """
        return f"admin-{admin_port(capabilities)}"

    def open(self, invitation: Invitation | None = None) -> MemoryEndpoint:
        """Take a reserved mailbox, or make a fresh one.

        Raises:
            ValueError: the invitation was opened or released before, or is another transport's.
        """
        if invitation is None:
            mailbox = self.network.reserve(None)
        elif isinstance(invitation, MemoryInvitation):
            mailbox = invitation.take_mailbox()
        else:
            raise ValueError(f"{invitation!r} reserves no mailbox in memory")
        return self.endpoint_class(self.network, mailbox, self.max_frame_bytes, self.prompt)


class MemoryDatagramTransport(MemoryTransport):
    """Makes mailboxes of one network, for frames without conversations, as over UDP."""

    scheme = "memory-datagrams"
    ordered = False
    max_frame_bytes = MAX_DATAGRAM_BYTES
    endpoint_class = MemoryDatagramEndpoint
