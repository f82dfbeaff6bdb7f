"""Codes on frames: where others could put frames of their own on the way, each carries proof of who sent it.

The code is keyed BLAKE2b (RFC 7693) of 16 bytes over the side and the frame. A frame that is played
again does no harm: on a stream its messages have numbers that have come in, among datagrams it has a
serial that was seen, and its counters are old. In another conversation it has another key.
"""

from __future__ import annotations

from hashlib import blake2b
from hmac import compare_digest

from thespian_multiproc.transport.interface import Buffer, Frame

CODE_BYTES = 16


class Seal:
    """Seals what one side sends, and opens what the other has sealed.

    Args:
        session_key: known to both sides only.
        began: whether this side began the conversation; the two sides' codes differ.
    """

    def __init__(self, session_key: bytes, began: bool) -> None:
        own, other = (b"initiator", b"responder") if began else (b"responder", b"initiator")
        # To copy one that has taken the key in costs half of what a new one does.
        self._own = blake2b(own, key=session_key, digest_size=CODE_BYTES)
        self._other = blake2b(other, key=session_key, digest_size=CODE_BYTES)

    def close(self, frame: Frame) -> Frame:
        """Return the parts of a frame with its code before them."""
        code = self._own.copy()
        for part in frame:
            code.update(part)
        return [code.digest(), *frame]

    def open(self, frame: Buffer) -> Buffer | None:
        """Return the frame without its code; None when the code is wrong."""
        view = memoryview(frame)
        rest = view[CODE_BYTES:]
        code = self._other.copy()
        code.update(rest)
        return rest if compare_digest(view[:CODE_BYTES], code.digest()) else None
