"""Give a class the public name that programs, pickles and tracebacks see."""

from __future__ import annotations

from typing import TypeVar

Class = TypeVar("Class", bound=type)


def public(cls: Class) -> Class:
    """Say that ``cls`` is imported from ``thespian.actors``, wherever its file is.

    A pickle then names the public path, so private files may move between releases.
    """
    cls.__module__ = "thespian.actors"
    return cls
