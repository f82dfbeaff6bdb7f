"""What travels in a queue: records, each a head of nine bytes and what belongs to it.

::

    1 byte   what kind of record
    4 bytes  the number of the conversation that it is about
    4 bytes  how many bytes follow

Numbers belong to one queue and its counterpart: a conversation has another number at its other end. The end
that is a mailbox gives odd numbers, the relay even ones.

>>> [(record.kind is Kind.LAST, record.number, record.data) for record in split(pack(Kind.LAST, 3, b"hi"))[0]]
[(True, 3, b'hi')]
"""

from __future__ import annotations

import enum
import struct
from typing import NamedTuple

HEAD = struct.Struct(">BII")

# All our choice. What is on its way in one conversation and one direction, and waits at the relay when its
# receiver does not read: a thousand senders to one such receiver are 128 MiB there.
WINDOW_BYTES = 128 << 10
# A frame of more goes in pieces, between which others have their turn. At most half a window, since half a
# window may wait to be given back.
PIECE_BYTES = 32 << 10


class Kind(enum.IntEnum):
    """What a record says."""

    BEGIN = 1  # to the relay: a conversation with whoever has this place
    BEGUN = 2  # to the mailbox: somebody has it
    NOBODY = 3  # to the mailbox: nobody has it
    CALLED = 4  # to the mailbox: somebody has begun a conversation with it
    PIECE = 5  # a frame begins, or goes on
    LAST = 6  # a frame ends with this; it may be all of it
    TAKEN_IN = 7  # so many bytes of pieces were taken in: there is room for as many more
    END = 8  # the conversation has ended
    WELCOME = 9  # to a new mailbox: this is its place
    IN_USE = 10  # to what asked to be one: somebody has that place
    OVER = 11  # to whoever asked: the last mailbox was given up, and the relay ends
    GOES_ON = 12  # to whoever asked: it does not


class Record(NamedTuple):
    """One record, without its head."""

    kind: int
    number: int
    data: bytes


COUNT = struct.Struct(">I")  # what is in TAKEN_IN


def pack(kind: Kind, number: int = 0, data: bytes = b"") -> bytes:
    """Return a record as it travels."""
    return HEAD.pack(kind, number, len(data)) + data


def cost_of(size: int) -> int:
    """Return what a piece of that size takes of the window; more than nothing for an empty one."""
    return size + HEAD.size


def split(buffer: bytes) -> tuple[list[Record], bytes]:
    """Return the whole records in a buffer, and the beginning of the next one."""
    found, at, size = [], 0, len(buffer)
    while size - at >= HEAD.size:
        kind, number, length = HEAD.unpack_from(buffer, at)
        after = at + HEAD.size + length
        if after > size:
            break
        found.append(Record(kind, number, buffer[at + HEAD.size : after]))
        at = after
    return found, buffer[at:] if at else buffer
