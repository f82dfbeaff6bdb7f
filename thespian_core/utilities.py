"""Small helpers that existing programs import."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def fmap(func: Callable[[Any], Any], obj: Any) -> Any:
    """Apply a function to the values inside lists, tuples, ranges and dicts, however deeply nested.

    Keys of dicts are mapped too. An object that has a method ``fmap`` maps itself; anything else is a
    value.
    """
    if callable(own := getattr(obj, "fmap", None)):
        return own(func)
    if isinstance(obj, (list, range)):
        return [fmap(func, each) for each in obj]
    if isinstance(obj, tuple):
        return tuple(fmap(func, each) for each in obj)
    if isinstance(obj, dict):
        return {fmap(func, key): fmap(func, value) for key, value in obj.items()}
    return func(obj)
