"""Systems that log into files, for tests to read."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from thespian_core.api.system import ActorSystem
from tools.ports import free_port

PATIENCE_S = 40  # a deadline that only a failing test waits for


@contextmanager
def system_on(base_name: str, log_defs: Any, method: str = "fork") -> Iterator[ActorSystem]:
    """A system with these logDefs."""
    own = {"Admin Port": free_port(), "Process Startup Method": method}
    system = ActorSystem(base_name, own, log_defs, transientUnique=True)
    try:
        yield system
    finally:
        system.shutdown()


def to_file(file: Path, format: str = "%(message)s", **handler: Any) -> dict[str, Any]:
    """logDefs that write records from INFO on to a file."""
    return {
        "version": 1,
        "formatters": {"f": {"format": format}},
        "handlers": {
            "file": {"class": "logging.FileHandler", "filename": str(file), "formatter": "f", **handler}
        },
        "root": {"handlers": ["file"], "level": "INFO"},
    }


def waited_for(file: Path, wanted: str) -> str:
    """Return what is in a file as soon as a text is in it."""
    until = time.monotonic() + PATIENCE_S
    while wanted not in (found := file.read_text() if file.exists() else ""):
        assert time.monotonic() < until, f"{wanted!r} did not come: {found!r}"
    return found
