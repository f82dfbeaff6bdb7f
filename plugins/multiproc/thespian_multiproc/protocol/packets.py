"""The frames of an open conversation where frames can be lost: pieces of messages, and what has come in.

========= ===================================================================================
frame     layout (integers are unsigned and big-endian)
========= ===================================================================================
``P``     serial (8 bytes), received (8), handled (8), newest (8), seen (8), first piece (8),
          count (4), then ``count`` sizes (4 each), then the pieces
``Q``     the same; its sender goes on only when it has heard the counters. It may have no pieces
``K``     received (8), handled (8), newest (8), seen (8)
========= ===================================================================================

A message is one piece, or several where it is too large for one frame: the top bit of a piece's size says
that the next piece goes on with the same message. The pieces of one direction are numbered from 1, and so
are its messages. *received* counts pieces and *handled* counts messages; both are cumulative.

A serial is never used twice, also when a frame's pieces are sent again: so a frame that comes a second time,
by the network's fault or by somebody's will, is known. *newest* is the greatest serial that has come in, and
the bits of *seen* say which of the 64 up to it have: bit 0 is *newest* itself. To hear counters a second
time does no harm: they only ever grow, and what was seen stays so.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import NamedTuple

from thespian_multiproc.protocol.frames import Malformed
from thespian_multiproc.transport.interface import Buffer, Frame

_PACKET = struct.Struct(">cQQQQQQI")
_NEWS = struct.Struct(">cQQQQ")
_ONE = struct.Struct(">cQQQQQQII")  # the head of a frame with one piece, as most have

_new_tuple = tuple.__new__  # a call less than the classes below

HEAD_BYTES = _PACKET.size
SIZE_BYTES = 4  # of a piece's size
GOES_ON = 1 << 31
SEEN_SERIALS = 64  # how many serials *seen* has bits for


class Counters(NamedTuple):
    """How far the other side has come, and which frames it has seen."""

    received: int
    handled: int
    newest: int
    seen: int


class Packet(NamedTuple):
    """Pieces, each with its size and whether it goes on, and the counters of who sent them."""

    serial: int
    first: int
    pieces: Sequence[tuple[int, Buffer]]
    counters: Counters
    wants_answer: bool


def packet_frame(
    serial: int, first: int, pieces: Sequence[tuple[int, Buffer]], counters: Counters, wants_answer: bool
) -> Frame:
    """Return the parts of a P or Q frame; the pieces are not copied."""
    count, kind = len(pieces), b"Q" if wants_answer else b"P"
    if count == 1:
        size, piece = pieces[0]
        return [_ONE.pack(kind, serial, *counters, first, 1, size), piece]
    head = _PACKET.pack(kind, serial, *counters, first, count)
    return [head + struct.pack(f">{count}I", *[size for size, _ in pieces]), *[piece for _, piece in pieces]]


def one_piece_frame(
    serial: int, first: int, piece: Buffer, received: int, handled: int, newest: int, seen: int
) -> Frame:
    """Return what ``packet_frame`` does of one whole message, where no answer is wanted."""
    return [_ONE.pack(b"P", serial, received, handled, newest, seen, first, 1, len(piece)), piece]


def news_frame(counters: Counters) -> Frame:
    """Return the parts of a K frame."""
    return [_NEWS.pack(b"K", *counters)]


def parse_packet(frame: Buffer) -> Packet | Counters:
    """Return what a frame says; pieces are views into it.

    Raises:
        Malformed: it is none of these frames, or its sizes do not add up. Nothing was allocated for it.
    """
    view = memoryview(frame)
    if len(view) >= _ONE.size:
        kind, serial, received, handled, newest, seen, first, count, size = _ONE.unpack_from(view)
        is_whole = _ONE.size + (size & ~GOES_ON) == len(view)
        if count == 1 and is_whole and serial and first and kind in (b"P", b"Q"):
            counters = _new_tuple(Counters, (received, handled, newest, seen))
            whole = ((size, view[_ONE.size :]),)
            return _new_tuple(Packet, (serial, first, whole, counters, kind == b"Q"))
    kind = bytes(view[:1])
    if kind == b"K" and len(view) == _NEWS.size:
        return Counters(*_NEWS.unpack(view)[1:])
    if kind not in (b"P", b"Q") or len(view) < _PACKET.size:
        raise Malformed(f"a frame of {len(view)} bytes begins with {kind!r}")
    _, serial, received, handled, newest, seen, first, count = _PACKET.unpack_from(view)
    at = _PACKET.size + SIZE_BYTES * count
    if serial == 0 or first == 0 or at > len(view):
        raise Malformed(f"a frame of {len(view)} bytes claims {count} pieces from number {first}")
    pieces = []
    for size in struct.unpack_from(f">{count}I", view, _PACKET.size):
        piece = view[at : at + (size & ~GOES_ON)]
        at += size & ~GOES_ON
        pieces.append((size, piece))
    if at != len(view):
        raise Malformed(f"the pieces of a frame add up to {at} bytes, not to {len(view)}")
    return Packet(serial, first, pieces, Counters(received, handled, newest, seen), kind == b"Q")
