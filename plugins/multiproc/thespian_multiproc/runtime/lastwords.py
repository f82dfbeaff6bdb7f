"""Why a system ended though nobody had asked it to: a small file, which an operator is shown later.

It is in the folder of the user's key, one for each base and place, and holds only the last such end. Who sees
the end writes it: the admin, or, when the admin itself is gone, the launcher.
"""

from __future__ import annotations

import logging
import os
import time
from contextlib import suppress
from typing import NamedTuple

from thespian_core.internallog import thesplog
from thespian_multiproc.runtime.plan import EnginePlan

LONGEST_FILE_BYTES = 65_536  # our choice: what is longer was not written here


class LastWords(NamedTuple):
    """How one system ended; the file has a line for each.

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
        if unless_told:
            told = read_last_words(plan.state_folder, plan.base_name, plan.admin_place)
            if told is not None and told.system_id == plan.admin_id:
                return
        thesplog("the system on %s ends: %s", plan.admin_place, why, level=logging.CRITICAL)
        file = file_of(plan.state_folder, plan.base_name, plan.admin_place)
        if file:
            _make_folder(os.path.dirname(file))
            _replace(file, f"{plan.admin_id}\n{time.time()}\n{' '.join(why.split())}\n")
    except Exception as problem:  # a system that ends must not be kept from it
        thesplog("the end cannot be written down: %r", problem, level=logging.ERROR)


def read_last_words(state_folder: str, base_name: str, place: str) -> LastWords | None:
    """Return what is written of the last end that nobody asked for; None when that is nothing."""
    try:
        with open(file_of(state_folder, base_name, place), "rb") as opened:
            system_id, at, why = opened.read(LONGEST_FILE_BYTES).decode().splitlines()
        return LastWords(system_id, float(at), why)
    except (OSError, ValueError):  # none, or nothing that was written here
        return None


def forget_last_words(state_folder: str, base_name: str, place: str) -> None:
    """Remove them: they were shown."""
    with suppress(OSError):
        os.unlink(file_of(state_folder, base_name, place))


def file_of(state_folder: str, base_name: str, place: str) -> str:
    """Return where the last words of the systems at one place are; empty when there is no folder for them."""
    name = "".join(c if c.isalnum() or c == "." else "_" for c in f"{base_name}-{place}")
    return os.path.join(state_folder, "ends", name) if state_folder else ""


def ended_at_once(state_folder: str, base_name: str, place: str, began: float) -> str:
    """Say that a system ended as soon as it had been started, and why; that is then forgotten.

    Args:
        state_folder: where it was written down.
        base_name: its base's.
        place: where it was.
        began: seconds since 1970; what is older is of another system.
    """
    words = read_last_words(state_folder, base_name, place)
    if words is None or words.at < began:
        why = "the internal log (THESPLOG_FILE) may say why"
    else:
        why = words.why
        forget_last_words(state_folder, base_name, place)
    return f"the system at {place} ended as soon as it was started: {why}"


def _make_folder(folder: str) -> None:
    """Make a folder, and those around it, which nobody has made when the key is elsewhere."""
    with suppress(FileExistsError):
        try:
            os.mkdir(folder, 0o700)
        except FileNotFoundError:
            _make_folder(os.path.dirname(folder))
            os.mkdir(folder, 0o700)


def _replace(file: str, text: str) -> None:
    """Write a file so that nobody ever reads half of it."""
    # Not tempfile, which takes long to import; the number makes the name this process's own.
    temporary = f"{file}.{os.getpid()}"
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
        with open(os.open(temporary, flags, 0o600), "wb") as opened:
            opened.write(text.encode())
        os.replace(temporary, file)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
