"""Why a system ended though nobody had asked it to: a small file, which an operator is shown later.

It is in the folder of the user's key, one for each base and place, and holds only the last such end. Who sees
the end writes it: the admin, or, when the admin itself is gone, the launcher.
"""

from __future__ import annotations

import json
import logging
import os
import re
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import attrs

from thespian_core.internallog import thesplog
from thespian_multiproc.runtime.plan import EnginePlan

LONGEST_FILE_BYTES = 65_536  # our choice: what is longer was not written here


@attrs.frozen
class LastWords:
    """How one system ended.

    Attributes:
        system_id: which one; no other system ever has that.
        at: seconds since 1970.
        why: one sentence.
    """

    system_id: str
    at: float
    why: str


def leave_last_words(plan: EnginePlan, why: str, unless_told: bool = False) -> None:
    """Write down why a system ends, here and in the internal log. Never raises.

    Args:
        plan: the system's.
        why: one sentence.
        unless_told: leave it to what was written of this system's end already.
    """
    try:
        file = file_of(plan.state_folder, plan.base_name, plan.admin_place)
        if unless_told:
            told = read_last_words(plan.state_folder, plan.base_name, plan.admin_place)
            if told is not None and told.system_id == plan.admin_id:
                return
        thesplog("the system on %s ends: %s", plan.admin_place, why, level=logging.CRITICAL)
        if file is None:
            return
        file.parent.mkdir(mode=0o700, exist_ok=True)
        _replace(file, {"system": plan.admin_id, "at": time.time(), "why": why})
    except Exception as problem:  # a system that ends must not be kept from it
        thesplog("the end cannot be written down: %r", problem, level=logging.ERROR)


def read_last_words(state_folder: str, base_name: str, place: str) -> LastWords | None:
    """Return what is written of the last end that nobody asked for; None when that is nothing."""
    file = file_of(state_folder, base_name, place)
    if file is None:
        return None
    try:
        with open(file, "rb") as opened:
            found: Any = json.loads(opened.read(LONGEST_FILE_BYTES))
        return LastWords(str(found["system"]), float(found["at"]), str(found["why"]))
    except (OSError, ValueError, KeyError, TypeError):  # none, or nothing that was written here
        return None


def forget_last_words(state_folder: str, base_name: str, place: str) -> None:
    """Remove them: they were shown."""
    file = file_of(state_folder, base_name, place)
    if file is not None:
        with suppress(OSError):
            file.unlink()


def file_of(state_folder: str, base_name: str, place: str) -> Path | None:
    """Return where the last words of the systems at one place are; None when there is no folder for them."""
    if not state_folder:
        return None
    return Path(state_folder) / "ends" / (re.sub(r"[^A-Za-z0-9.]+", "_", f"{base_name}-{place}") + ".json")


def _replace(file: Path, content: dict[str, object]) -> None:
    """Write a file so that nobody ever reads half of it."""
    # Not tempfile, which it takes long to import; the number makes the name this process's own.
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with open(descriptor, "wb") as opened:
            opened.write(json.dumps(content).encode())
        os.replace(temporary, file)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
