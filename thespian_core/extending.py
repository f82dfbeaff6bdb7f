"""What plugins other than system bases implement: codecs, source authorities."""

from __future__ import annotations

from typing import Any, Protocol


class Codec(Protocol):
    """Turns messages into bytes and back: what a ``CodecSpec`` opens, called without arguments."""

    def encode(self, message: Any) -> bytes:
        """Return the message as bytes.

        Raises:
            Exception: the message cannot be encoded, and the text says why; the codec can go on.
        """
        ...

    def decode(self, data: bytes) -> Any:
        """Return the message.

        Raises:
            Exception: these bytes are no message; the codec can go on.
        """
        ...


class SourceAuthority(Protocol):
    """Decides about loaded sources: what a ``SourceAuthoritySpec`` opens, a plain function."""

    def __call__(self, source_hash: str, data: bytes, info: Any) -> bytes | None:
        """Return the usable zip file that ``data`` holds, or None to reject it.

        Args:
            source_hash: the hash of ``data``, in hexadecimal.
            data: what was given to ``loadActorSource``; it comes from anywhere, so trust nothing in it.
            info: where it came from, as far as is known.
        """
        ...
