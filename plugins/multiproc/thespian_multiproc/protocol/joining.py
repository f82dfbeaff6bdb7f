"""Joins what comes in, in any order, some of it never, some of it twice: whole messages, in order, once.

>>> joiner = Joiner()
>>> none = Counters(0, 0, 0, 0)
>>> joiner.take(Packet(2, 2, [(3, b"two")], none, False))
[]
>>> joiner.take(Packet(1, 1, [(3, b"one")], none, False))
[b'one', b'two']
>>> joiner.take(Packet(1, 1, [(3, b"one")], none, False)) is None
True
>>> joiner.received, joiner.newest, bin(joiner.seen)
(2, 2, '0b11')
"""

from __future__ import annotations

from thespian_multiproc.protocol.packets import GOES_ON, SEEN_SERIALS, Counters, Packet
from thespian_multiproc.transport.interface import Buffer

__all__ = ["Counters", "Joiner", "Packet"]

_ALL_SEEN = (1 << SEEN_SERIALS) - 1
# Our choice: more than an honest sender has under way at once; what is further ahead is not kept.
MOST_AHEAD = 1 << 19


class Joiner:
    """What one side of a link has received.

    Attributes:
        received: how many pieces, without a gap.
        delivered: how many messages they made.
        newest: the greatest serial.
        seen: which serials up to it; bit 0 is the newest.
    """

    def __init__(self) -> None:
        self.received = 0
        self.delivered = 0
        self.newest = 0
        self.seen = 0
        self._early: dict[int, tuple[int, Buffer]] = {}
        self._begun: list[Buffer] = []  # the first pieces of a message that is not complete

    @property
    def has_gap(self) -> bool:
        """Whether pieces have come in that others should have come before."""
        return bool(self._early)

    def take_next(self, packet: Packet) -> Buffer | None:
        """Do what ``take`` does, in the usual case: the next message, whole and alone, came in its turn.

        Returns:
            The message; None when it is another case, and nothing has changed.
        """
        serial, first, pieces = packet.serial, packet.first, packet.pieces
        if (
            first != self.received + 1
            or serial != self.newest + 1
            or len(pieces) != 1
            or self._early
            or self._begun
        ):
            return None
        size, piece = pieces[0]
        if size & GOES_ON:
            return None
        self.seen = (self.seen << 1 | 1) & _ALL_SEEN
        self.newest = serial
        self.received = first
        self.delivered += 1
        return piece

    def take(self, packet: Packet) -> list[Buffer] | None:
        """Take the pieces of a frame.

        Returns:
            The messages that are complete now, in order. None when the frame was taken before, or is so old
            that nobody can tell, or too far ahead: it counts as not seen.
        """
        if packet.first - self.received > MOST_AHEAD or not self._is_new(packet.serial):
            return None
        messages: list[Buffer] = []
        if packet.first == self.received + 1 and not self._early and not self._begun:  # the usual case
            for size, piece in packet.pieces:
                if size & GOES_ON:
                    self._begun.append(piece)
                else:
                    messages.append(self._joined(piece) if self._begun else piece)
            self.received += len(packet.pieces)
        else:
            for number, (size, piece) in enumerate(packet.pieces, start=packet.first):
                if number == self.received + 1:
                    self._go_on(size, piece, messages)
                elif number > self.received:
                    self._early.setdefault(number, (size, bytes(piece)))  # a view would keep the frame
        self.delivered += len(messages)
        return messages

    def _is_new(self, serial: int) -> bool:
        """Whether a frame of that serial was not seen; note it."""
        ahead = serial - self.newest
        if ahead > 0:
            self.seen = (self.seen << ahead | 1) & _ALL_SEEN if ahead < SEEN_SERIALS else 1
            self.newest = serial
            return True
        if ahead <= -SEEN_SERIALS or self.seen >> -ahead & 1:
            return False
        self.seen |= 1 << -ahead
        return True

    def _go_on(self, size: int, piece: Buffer, messages: list[Buffer]) -> None:
        """Take the next piece, and those that came before their turn."""
        following: tuple[int, Buffer] | None = (size, piece)
        while following is not None:
            size, piece = following
            self.received += 1
            if size & GOES_ON:
                self._begun.append(piece)
            else:
                messages.append(self._joined(piece) if self._begun else piece)
            following = self._early.pop(self.received + 1, None)

    def _joined(self, last: Buffer) -> bytes:
        whole = b"".join((*self._begun, last))
        self._begun.clear()
        return whole
