"""The frames of an open conversation: messages in order, and how far the other side has come.

========= ===================================================================================
frame     layout (integers are unsigned and big-endian)
========= ===================================================================================
``DATA``  ``D``, first number (8 bytes), received (8), handled (8), count (4), then ``count`` sizes
          (4 each), then the messages
``ACK``   ``A``, received (8), handled (8)
========= ===================================================================================

Messages of one direction are numbered from 1. *received* and *handled* are cumulative: every message
up to that number has come in, or has been worked off.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import NamedTuple

from thespian_multiproc.transport.interface import Buffer, Frame

_DATA = struct.Struct(">cQQQI")
_ACK = struct.Struct(">cQQ")
_ONE = struct.Struct(">cQQQII")  # the head of a DATA frame with one message, as most have

_new_tuple = tuple.__new__

LARGEST_MESSAGE_BYTES = 2**32 - 1  # what a size of 4 bytes can say
LARGEST_COUNT = 65_536  # our choice: a header that claims more is not worth a look


class Malformed(Exception):
    """A frame is not what this protocol knows; the conversation is not worth going on with."""


class Data(NamedTuple):
    """Messages, and the counters of who sent them."""

    first: int
    messages: Sequence[Buffer]
    received: int
    handled: int


class Ack(NamedTuple):
    """The counters alone."""

    received: int
    handled: int


def data_frame(first: int, messages: Sequence[Buffer], received: int, handled: int) -> Frame:
    """Return the parts of a DATA frame; the messages, or views of bytes, are not copied."""
    count = len(messages)
    if count == 1:
        return [_ONE.pack(b"D", first, received, handled, 1, len(messages[0])), messages[0]]
    head = _DATA.pack(b"D", first, received, handled, count)
    sizes = struct.pack(f">{count}I", *map(len, messages))
    return [head + sizes, *messages]


def ack_frame(received: int, handled: int) -> Frame:
    """Return the parts of an ACK frame."""
    return [_ACK.pack(b"A", received, handled)]


def parse(frame: Buffer) -> Data | Ack:
    """Return what a frame says; messages are views into it.

    Raises:
        Malformed: it is neither frame, or its sizes do not add up. Nothing was allocated for it.
    """
    view = memoryview(frame)
    if len(view) >= _ONE.size:
        kind, first, received, handled, count, size = _ONE.unpack_from(view)
        if kind == b"D" and first and count == 1 and _ONE.size + size == len(view):
            # As Data(...), which is a call more.
            return _new_tuple(Data, (first, (view[_ONE.size :],), received, handled))
    kind = bytes(view[:1])
    if kind == b"A" and len(view) == _ACK.size:
        _, received, handled = _ACK.unpack(view)
        return Ack(received, handled)
    if kind != b"D" or len(view) < _DATA.size:
        raise Malformed(f"a frame of {len(view)} bytes begins with {kind!r}")
    _, first, received, handled, count = _DATA.unpack_from(view)
    at = _DATA.size + 4 * count
    if first == 0 or count > LARGEST_COUNT or at > len(view):
        raise Malformed(f"a frame of {len(view)} bytes claims {count} messages from number {first}")
    sizes = struct.unpack_from(f">{count}I", view, _DATA.size)
    if at + sum(sizes) != len(view):
        raise Malformed(f"the messages of a frame add up to {at + sum(sizes)} bytes, not to {len(view)}")
    messages = []
    for size in sizes:
        messages.append(view[at : at + size])
        at += size
    return Data(first, messages, received, handled)
