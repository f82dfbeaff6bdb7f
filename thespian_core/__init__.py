"""The core of the actor system, and what a plugin module imports.

A plugin needs only ``hookimpl`` and the records below. They are loaded on first use: a program
that imports ``thespian.actors`` passes through here and must not pay for the plugin machinery.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thespian_core.hooks.records import (
        CodecSpec,
        CommandSpec,
        DirectorCommandSpec,
        LogFilterSpec,
        SourceAuthoritySpec,
        SystemBaseSpec,
        TransportSpec,
    )
    from thespian_core.hooks.specs import hookimpl

__all__ = [
    "CodecSpec",
    "CommandSpec",
    "DirectorCommandSpec",
    "LogFilterSpec",
    "SourceAuthoritySpec",
    "SystemBaseSpec",
    "TransportSpec",
    "hookimpl",
]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = import_module("thespian_core.hooks." + ("specs" if name == "hookimpl" else "records"))
    value: object = getattr(home, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
