"""Whether something can be called with what it is to be given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def misfit(function: Callable[..., object], *given: Any, **named: Any) -> str:
    """Say why a call with these arguments cannot be made; nothing when it may be.

    >>> misfit(lambda one: one, 1, 2)
    'too many positional arguments'
    >>> misfit(lambda one: one, one=1)
    ''
    """
    import inspect  # which takes long to import, and most programs call nothing of the kind

    try:
        inspect.signature(function).bind(*given, **named)
    except TypeError as why:
        return str(why)
    except ValueError:  # it does not say what it takes
        pass
    return ""
