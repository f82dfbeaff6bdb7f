"""What the conversations of a mailbox want to be done."""

from __future__ import annotations

import attrs

from thespian_multiproc.transport.interface import Buffer, Frame, Peer


@attrs.frozen
class Submit:
    """Hand a frame to the transport.

    Attributes:
        frame: its parts.
        to: a peer, or a place to begin a conversation with.
        token: for the outcome.
    """

    frame: Frame
    to: str | Peer
    token: int


@attrs.frozen
class Admit:
    """The peer has proved who it is."""

    peer: Peer


@attrs.frozen
class Drop:
    """End a conversation."""

    peer: Peer


@attrs.frozen
class Incoming:
    """Hand messages over, in order; then report ``handled`` for each in turn."""

    correspondent: str
    messages: tuple[Buffer, ...]


@attrs.frozen
class Lifeless:
    """Messages that nobody will handle.

    Attributes:
        correspondent: whom they were for.
        messages: in order.
        first_was_begun: whether the other side died in the middle of the first of them.
        reason: one sentence.
    """

    correspondent: str
    messages: tuple[Buffer, ...]
    first_was_begun: bool
    reason: str


@attrs.frozen
class Complaint:
    """Tell the operator: a conversation failed for a reason that waiting does not mend."""

    where: str
    reason: str


Effect = Submit | Admit | Drop | Incoming | Lifeless | Complaint
