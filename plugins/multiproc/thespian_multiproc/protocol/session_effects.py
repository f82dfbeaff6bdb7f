"""What the conversations of a mailbox want to be done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from thespian_multiproc.transport.interface import Buffer, Frame, Peer


class Submit(NamedTuple):
    """Hand a frame to the transport.

    Attributes:
        frame: its parts.
        to: a peer, or a place to begin a conversation with.
        token: for the outcome.
    """

    frame: Frame
    to: str | Peer
    token: int


class Admit(NamedTuple):
    """The peer has proved who it is."""

    peer: Peer


class Drop(NamedTuple):
    """End a conversation."""

    peer: Peer


class Incoming(NamedTuple):
    """Hand messages over, in order; then report ``handled`` for each in turn.

    Attributes:
        correspondent: who sent them.
        first: the number of the first of them.
        messages: encoded.
    """

    correspondent: str
    first: int
    messages: Sequence[Buffer]


class Doubtful(NamedTuple):
    """Ask whether a correspondent still exists; tell the answer by ``lives`` or ``died``."""

    correspondent: str


class Lifeless(NamedTuple):
    """Messages that nobody will handle.

    Attributes:
        correspondent: whom they were for.
        first: the number of the first of them; 0 when they were never given one.
        messages: in order.
        first_was_begun: whether the other side died in the middle of the first of them.
        reason: one sentence.
    """

    correspondent: str
    first: int
    messages: tuple[Buffer, ...]
    first_was_begun: bool
    reason: str


class Complaint(NamedTuple):
    """Tell the operator: a conversation failed for a reason that waiting does not mend."""

    where: str
    reason: str


Effect = Submit | Admit | Drop | Incoming | Doubtful | Lifeless | Complaint
