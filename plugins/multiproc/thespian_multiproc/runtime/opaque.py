"""Values of users' own classes, on their way through processes that import none of users' code."""

from __future__ import annotations

import pickle
from typing import Any

_PLAIN = (type(None), bool, int, float, complex, str, bytes)
_keeps_closed = _keeps_foreign = False


class Opaque:
    """A pickled value; it becomes the value itself in the next process that may import users' code."""

    __slots__ = ("packed",)

    def __init__(self, packed: bytes) -> None:
        self.packed = packed

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Opaque) and self.packed == other.packed

    def __hash__(self) -> int:
        return hash(self.packed)

    def __repr__(self) -> str:
        return f"Opaque({self.packed!r})"

    def __reduce__(self) -> tuple[Any, tuple[bytes]]:
        return reopen, (self.packed,)


def reopen(packed: bytes) -> Any:
    """Return the value, or keep it closed in a process that imports no users' code.

    Raises:
        Exception: it cannot be read here, and this is no program.
    """
    if _keeps_closed:
        return Opaque(packed)
    try:
        return pickle.loads(packed)
    except Exception:
        if _keeps_foreign:
            return Opaque(packed)
        raise


def keep_closed() -> None:
    """Import no users' code for such values in this process from now on."""
    global _keeps_closed
    _keeps_closed = True


def keep_foreign() -> None:
    """Keep such values closed whose code this process lacks, from now on: a program joins all the same."""
    global _keeps_foreign
    _keeps_foreign = True


def closed(value: Any) -> Any:
    """Return a plain value as it is, and any other as :class:`Opaque`.

    Raises:
        Exception: it cannot be pickled.
    """
    return value if _is_plain(value) else Opaque(pickle.dumps(value, pickle.HIGHEST_PROTOCOL))


def _is_plain(value: Any) -> bool:
    kind = type(value)
    if kind in _PLAIN:
        return True
    if kind in (tuple, list, set, frozenset):
        return all(map(_is_plain, value))
    return kind is dict and all(_is_plain(key) and _is_plain(item) for key, item in value.items())
