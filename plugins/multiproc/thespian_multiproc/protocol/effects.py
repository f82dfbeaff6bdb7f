"""What a link wants to be done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from thespian_multiproc.transport.interface import Buffer, Frame


class Open(NamedTuple):
    """Begin a conversation."""


class Transmit(NamedTuple):
    """Submit a frame, and report ``left`` when it has left."""

    frame: Frame


class Deliver(NamedTuple):
    """Hand messages over, in order; then report ``handled`` for each in turn."""

    first: int
    messages: Sequence[Buffer]


class Dead(NamedTuple):
    """Say what became of messages: nobody will handle them.

    Attributes:
        first: the number of the first of them.
        messages: as they were sent.
    """

    first: int
    messages: Sequence[Buffer]


class Poisoned(NamedTuple):
    """Say what became of one message: the other side died while it handled it."""

    number: int
    message: Buffer


class Doubt(NamedTuple):
    """Find out whether the other side's mailbox still exists: its mail is owed, and it says nothing."""


Effect = Open | Transmit | Deliver | Dead | Poisoned | Doubt
