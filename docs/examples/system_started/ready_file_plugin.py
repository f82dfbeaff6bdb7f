"""The plugin module: a file that is there while the system is, for a supervisor to look at."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from thespian_core import hookimpl

FILE_VARIABLE = "READY_FILE"


@hookimpl
def thespian_system_started(system: Any) -> None:
    """Write who can be talked to; the file is whole or not there."""
    if name := os.environ.get(FILE_VARIABLE):
        unfinished = Path(f"{name}.{os.getpid()}")
        unfinished.write_text(f"{os.getpid()} {system.capabilities['Thespian ActorSystem Name']}\n")
        unfinished.replace(name)


@hookimpl
def thespian_system_stopped() -> None:
    """Take the file away. A hook function may leave arguments out."""
    if name := os.environ.get(FILE_VARIABLE):
        Path(name).unlink(missing_ok=True)
