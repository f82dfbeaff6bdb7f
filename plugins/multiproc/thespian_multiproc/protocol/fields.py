"""The fields of a handshake's frames."""

from __future__ import annotations

import struct

PROTOCOL_VERSION = 1
FRAME_BYTES = 256  # all fields of the longest frame and room for more; under what a stranger may send
NONCE_BYTES = 32
CODE_BYTES = 32
LONGEST_ID = 64

_MAGIC = b"THSP"
_HEAD = struct.Struct(">4scHB")  # magic, kind, protocol version, codec tag


def kind_of(frame: bytes | bytearray | memoryview) -> bytes | None:
    """Return the kind of a frame of a handshake; None when it is none."""
    return bytes(frame[4:5]) if bytes(frame[:4]) == _MAGIC and len(frame) == FRAME_BYTES else None


class NotOurs(Exception):
    """A frame is none of this protocol."""


def build(kind: bytes, codec_tag: int, body: bytes) -> bytes:
    """Return a frame of full length."""
    frame = _HEAD.pack(_MAGIC, kind, PROTOCOL_VERSION, codec_tag) + body
    return frame.ljust(FRAME_BYTES, b"\0")


def take_apart(frame: bytes) -> tuple[bytes, int, int, bytes]:
    """Return kind, protocol version, codec tag and body.

    Raises:
        NotOurs: it is no frame of a handshake.
    """
    if len(frame) != FRAME_BYTES or frame[:4] != _MAGIC:
        raise NotOurs("what came is no Thespian handshake")
    _, kind, version, codec_tag = _HEAD.unpack_from(frame)
    return kind, version, codec_tag, frame[_HEAD.size :]


def text(value: str) -> bytes:
    """Return an id as a field."""
    raw = value.encode("ascii")
    if len(raw) > LONGEST_ID:
        raise ValueError(f"an id of {len(raw)} characters is over the limit of {LONGEST_ID}")
    return bytes([len(raw)]) + raw


def texts(body: bytes, count: int) -> tuple[list[str], bytes]:
    """Return so many ids from the beginning of a body, and what is left of it.

    Raises:
        NotOurs: they are none.
    """
    found = []
    for _ in range(count):
        size = body[0] if body else LONGEST_ID + 1
        raw, body = body[1 : 1 + size], body[1 + size :]
        if size > LONGEST_ID or len(raw) != size or not raw.isascii():
            raise NotOurs("an id is too long, cut short, or no ASCII")
        found.append(raw.decode("ascii"))
    return found, body


def cut(body: bytes, *sizes: int) -> list[bytes]:
    """Return fields of these sizes; nothing but padding may follow.

    Raises:
        NotOurs: there is less, or more.
    """
    parts = []
    for size in sizes:
        part, body = body[:size], body[size:]
        if len(part) != size:
            raise NotOurs("a field is cut short")
        parts.append(part)
    if body.strip(b"\0"):
        raise NotOurs("there is more in a frame than belongs there")
    return parts
