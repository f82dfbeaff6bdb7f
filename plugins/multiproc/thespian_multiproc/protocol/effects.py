"""What a link wants to be done."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from thespian_multiproc.transport.interface import Buffer, Frame


@attrs.frozen
class Open:
    """Begin a conversation."""


@attrs.frozen
class Transmit:
    """Submit a frame, and report ``left`` when it has left."""

    frame: Frame


@attrs.frozen
class Deliver:
    """Hand messages over, in order; then report ``handled`` for each in turn."""

    first: int
    messages: Sequence[Buffer]


@attrs.frozen
class Dead:
    """Say what became of messages: nobody will handle them.

    Attributes:
        first: the number of the first of them.
        messages: as they were sent.
    """

    first: int
    messages: Sequence[Buffer]


@attrs.frozen
class Poisoned:
    """Say what became of one message: the other side died while it handled it."""

    number: int
    message: Buffer


Effect = Open | Transmit | Deliver | Dead | Poisoned
