"""Functions that only begin when they are called, since they are async or yield: nobody runs the rest."""

from __future__ import annotations

import inspect
from types import AsyncGeneratorType, CoroutineType, FunctionType, GeneratorType
from typing import Any

WHAT_TO_DO = (
    "is async or yields, so that to call it does nothing\n"
    "  let an ordinary function call asyncio.run(...), or exhaust the generator"
)
_FLAGS = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR


class OnlyBegan(TypeError):
    """A function was called, and nothing of it has run."""


def only_begins(handler: object) -> bool:
    """Whether calling it runs nothing of it."""
    return type(handler) is FunctionType and bool(handler.__code__.co_flags & _FLAGS)


def finished(result: Any) -> Any:
    """Return what a function has returned.

    Raises:
        OnlyBegan: it has only begun.
    """
    if isinstance(result, (CoroutineType, GeneratorType, AsyncGeneratorType)):
        if isinstance(result, CoroutineType):
            result.close()  # else Python warns that it was never awaited
        raise OnlyBegan(f"{result.__qualname__} {WHAT_TO_DO}")
    return result
