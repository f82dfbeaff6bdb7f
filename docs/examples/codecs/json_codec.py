"""Messages as JSON: what any language can read, and what cannot run code."""

from __future__ import annotations

import json
from typing import Any


class JsonCodec:
    """Carries what JSON can say: None, booleans, numbers, text, lists, and dicts with text as keys."""

    def encode(self, message: Any) -> bytes:
        """Return the message as ASCII.

        Raises:
            TypeError: JSON cannot say it, or would change it on the way (a tuple would become a list).
            ValueError: it holds a number that is none, or itself.
        """
        text = json.dumps(message, allow_nan=False, separators=(",", ":"))
        if json.loads(text) != message:
            raise TypeError(f"JSON would change this message: {message!r}")
        return text.encode("ascii")

    def decode(self, data: bytes) -> Any:
        """Return the message.

        Raises:
            ValueError: these bytes are not what ``encode`` makes.
        """
        return json.loads(data.decode("ascii"), parse_constant=_refuse)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
