"""The Transport interface: frames between mailboxes, and nothing else.

A transport carries frames; it knows no actors, no messages and no keys. Proof of who is there,
order, resending and windows are the engine's, so that nobody who writes a transport writes security.
Connections, their reuse and closing when idle are the transport's private matter.

An endpoint is used by one thread, but for :meth:`Endpoint.wake`.
"""

from __future__ import annotations

import abc
import os
import socket
import sys
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

import attrs

Buffer = bytes | bytearray | memoryview  # a view is one of single bytes: its length is its size
Frame = Sequence[Buffer]  # the parts of one frame, in order; a transport sends them without joining them
Peer = Hashable  # one conversation with one other endpoint; never a str; ends with ``Lost``

LOOPBACK = "127.0.0.1"  # the host of mailboxes that no other machine reaches
STRANGER_FRAME_BYTES = 1024  # a hello fits; more from somebody who has proved nothing is refused


class Received(NamedTuple):
    """A whole frame came in."""

    frame: Buffer
    peer: Peer


class Sent(NamedTuple):
    """A submitted frame has left this process, which ``submit`` did not tell; it may still get lost.

    Attributes:
        token: as it was submitted with.
        peer: the conversation it left in; whoever submitted it to a place learns the peer from this.
    """

    token: int
    peer: Peer


class Undeliverable(NamedTuple):
    """A submitted frame did not leave this process, or certainly did not arrive.

    Attributes:
        token: as it was submitted with.
        reason: one sentence.
        gone: whether nobody has the mailbox any more; else trying again may help.
    """

    token: int
    reason: str
    gone: bool


class Lost(NamedTuple):
    """A conversation has ended; frames submitted to it that had not left follow as undeliverable.

    Reported for a conversation that this endpoint began and that came about, and for one that it
    received a frame from; one that the owner has not heard of yet may be reported too, and is ignored.
    Frames that had left may have been lost with it. A transport that is not ``ordered`` has no
    conversations; it reports a peer that it is told nobody has the mailbox of any more.

    Attributes:
        peer: the conversation.
        place: what it was begun with, when this endpoint began it: it may never have heard the peer.
    """

    peer: Peer
    place: str | None = None


Event = Received | Sent | Undeliverable | Lost


class AddressInUse(Exception):
    """Somebody else has the place that a mailbox was to be reserved at; nothing was reserved."""


@attrs.frozen
class Invitation:
    """A reserved mailbox, bound before the process that will own it runs.

    Whoever does not become the owner must :meth:`release` its copy: as long as any copy is open, mail
    to a dead process looks delivered. A transport that reserves more than open files derives from this.

    Attributes:
        where: the mailbox's place, as in an address.
        descriptors: open files (sockets, on Windows) to be handed over to the owner, in order. A program
            that this process executes does not get them unless it is told to (``pass_fds``).
    """

    where: str
    descriptors: tuple[int, ...] = ()
    # Empty once they are given away: the numbers may mean other files by then.
    _held: list[int] = attrs.field(init=False, repr=False, eq=False, factory=list)

    def __attrs_post_init__(self) -> None:
        self._held.extend(self.descriptors)

    def take(self) -> tuple[int, ...]:
        """Become the owner of the descriptors, for a transport that opens the mailbox.

        Programs that this process executes do not inherit them any more.

        Raises:
            ValueError: this copy was opened or released before.
        """
        if self.descriptors and not self._held:
            raise ValueError(f"the mailbox reserved at {self.where} was opened or released before")
        taken = tuple(self._held)
        self._held.clear()
        if sys.platform != "win32":  # handles, there, which are not inherited unless they are listed
            for descriptor in taken:
                os.set_inheritable(descriptor, False)
        return taken

    def release(self) -> None:
        """Give up this process's copy, unless it was opened. May be called twice."""
        close = socket.close if sys.platform == "win32" else os.close
        while self._held:
            close(self._held.pop())


class Endpoint(abc.ABC):
    """One mailbox, and all conversations from and to it."""

    #: The place where others reach this mailbox.
    where: str

    @abc.abstractmethod
    def submit(self, frame: Frame, to: str | Peer, token: int) -> bool:
        """Take one frame to be sent; the outcome comes from :meth:`wait`, if it is not returned at once.

        Frames to one peer, or to one place, leave in the order of submission. Never blocks; never raises
        for the network. The parts must not be changed until the outcome is known.

        Args:
            frame: its parts (memoryviews of bytes); together at most ``max_frame_bytes``, else the
                outcome is undeliverable, and its reason names the limit.
            to: a peer, or a place that a conversation is begun with; later frames to that place join
                it as long as it lasts.
            token: comes back in the outcome: exactly one ``Sent`` or ``Undeliverable``.

        Returns:
            True when the frame has left already; then that was its outcome, and no ``Sent`` is reported.
            Only for a frame to a peer: whoever submits to a place learns the peer from ``Sent``. False
            when the outcome is to come; a transport may always return that.
        """

    @abc.abstractmethod
    def wait(self, timeout_s: float | None) -> Sequence[Event]:
        """Return what has happened; wait for something if nothing has.

        Args:
            timeout_s: how long to wait; None for ever, 0 to look only.

        Returns:
            Events in the order they happened, not always all that did. None after ``timeout_s`` or
            :meth:`wake`; and, now and then, when only the transport itself had something to do: whoever
            waits looks again.

        Raises:
            ConnectionError: what all mailboxes of the system are reached through is gone, if there is such
                a thing, and this one was reserved by somebody else: then its process has nothing left to do.
        """

    @abc.abstractmethod
    def admit(self, peer: Peer) -> None:
        """Let a peer send frames of full size: it has proved who it is.

        Until then, a frame of more than :data:`STRANGER_FRAME_BYTES` ends the conversation (``Lost`` on
        both sides), and no memory is kept for it; a transport without conversations drops the frame. Each
        :meth:`wait` returns one frame of such a peer at most, so the frame right behind the proof may
        be large already.
        """

    @abc.abstractmethod
    def drop(self, peer: Peer) -> None:
        """End a conversation, without ``Lost``; what it had not sent is undeliverable.

        What it had sent still arrives; then the other endpoint gets ``Lost``.
        """

    @abc.abstractmethod
    def wake(self) -> None:
        """Make a :meth:`wait`, now or the next one, return at once. May be called from any thread."""

    @abc.abstractmethod
    def invite(self, at: str | None = None) -> Invitation:
        """Reserve a mailbox for a process that does not run yet.

        Args:
            at: the place it must have; None for any. Also the race-free way to find out whether a
                system already runs at a known place.

        Raises:
            AddressInUse: somebody has that place.
        """

    @abc.abstractmethod
    def close(self) -> None:
        """Give the mailbox up; frames that have not left are lost. May be called twice.

        What has left still arrives; then the other endpoints get ``Lost``.
        """


class Transport(abc.ABC):
    """Makes endpoints of one kind: what a plugin's ``TransportSpec.opens`` names.

    Args:
        host: the IP address of this machine that mailboxes are to have; in the processes of a system, what
            stands before the last colon of its admin's place. A transport without hosts ignores it.

    Raises:
        ValueError: mailboxes cannot have that host; the text says why.
    """

    #: The letter in addresses.
    scheme: ClassVar[str]
    #: The largest frame, or None for no limit; a transport may have another one for each instance.
    max_frame_bytes: int | None = None
    #: The largest message of a system, unless its capability ``Max Message Bytes`` says otherwise; None for
    #: the engine's own limit. It has little to do with frames: a message may take as many as it needs.
    usual_message_bytes: ClassVar[int | None] = None
    #: Whether frames of one conversation arrive in order and once, until it is lost. Where not, the engine
    #: sends frames far smaller than a datagram may be, resends what was not seen, and seals each.
    ordered: ClassVar[bool] = True
    #: Whether other machines can be reached.
    crosses_hosts: ClassVar[bool] = False

    def __init__(self, host: str = LOOPBACK) -> None:
        self.host = host

    @abc.abstractmethod
    def resolve(self, capabilities: Mapping[str, Any]) -> str:
        """Return the place of the admin that a system's capabilities name.

        Raises:
            ValueError: they name none; the text says what is wrong with them.
        """

    @abc.abstractmethod
    def open(self, invitation: Invitation | None = None) -> Endpoint:
        """Take a reserved mailbox, with the frames that came for it meanwhile, or make a fresh one."""
