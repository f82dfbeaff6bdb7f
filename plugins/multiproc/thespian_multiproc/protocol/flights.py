"""One frame that has left, and that nobody is known to have seen."""

from __future__ import annotations

import attrs

from thespian_multiproc.transport.interface import Buffer


@attrs.define(eq=False)
class Flight:
    """The pieces of one frame that has left.

    Attributes:
        serial: of the frame.
        first: the number of the first piece.
        pieces: each with its size.
        size: of the frame, in bytes.
        left_at: when.
    """

    serial: int
    first: int
    pieces: list[tuple[int, Buffer]]
    size: int
    left_at: float

    @property
    def last(self) -> int:
        """The number of the last piece."""
        return self.first + len(self.pieces) - 1
