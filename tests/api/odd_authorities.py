"""Source authorities that fail in every way there is, offered as a plugin."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterable
from typing import Any

from thespian_core import SourceAuthoritySpec, hookimpl


@hookimpl
def thespian_source_authorities() -> Iterable[SourceAuthoritySpec]:
    """Offer them."""
    for name in ("raising", "answering_oddly", "leaving", "panicking", "dying", "hanging"):
        yield SourceAuthoritySpec(name=name, opens=f"{__name__}:{name}")
    yield SourceAuthoritySpec(name="missing", opens=f"{__name__}:not_there")
    for name in ("NUMBER", "hasty", "Unmade"):
        yield SourceAuthoritySpec(name=name, opens=f"{__name__}:{name}")


NUMBER = 5


def hasty(source_hash: str, data: bytes) -> bytes | None:
    """Forget the third argument."""
    return data


class Unmade:
    """Decide only when an instance of it is asked."""

    def __call__(self, source_hash: str, data: bytes, info: Any) -> bytes | None:
        """Accept."""
        return data


def raising(source_hash: str, data: bytes, info: Any) -> bytes | None:
    """Raise."""
    raise ValueError("no authority today")


def answering_oddly(source_hash: str, data: bytes, info: Any) -> Any:
    """Answer with what is no bytes."""
    return 5


def leaving(source_hash: str, data: bytes, info: Any) -> bytes | None:
    """Want the process to end."""
    sys.exit(3)


class Panic(BaseException):
    """As modules in Rust raise it."""


def panicking(source_hash: str, data: bytes, info: Any) -> bytes | None:
    """Raise what is no ``Exception``."""
    raise Panic("gone")


def dying(source_hash: str, data: bytes, info: Any) -> bytes | None:
    """End the process when that is asked for; else accept."""
    if data == b"die":
        os._exit(3)
    return data


def hanging(source_hash: str, data: bytes, info: Any) -> bytes | None:
    """Never return when that is asked for; else accept."""
    if data == b"hang":
        threading.Event().wait()
    return data
