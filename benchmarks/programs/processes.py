"""The processes that a program has started, as Linux tells of them; elsewhere there is nothing to be told."""

from __future__ import annotations

import ctypes
import os
import time
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h


def can_be_seen() -> bool:
    """Whether this machine tells what its processes are and need."""
    return (PROC / "self" / "smaps_rollup").exists()


def keep_orphans() -> None:
    """Stay the ancestor of all that is started from here, also of what leaves its parent."""
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def descendants() -> list[int]:
    """Return the pids of all processes below this one that have not ended."""
    children: dict[int, list[int]] = {}
    for name in os.listdir(PROC) if can_be_seen() else ():
        if name.isdigit():
            with suppress(OSError):
                # The name, in brackets, may hold anything.
                state, parent = (PROC / name / "stat").read_text().rpartition(")")[2].split()[:2]
                if state != "Z":
                    children.setdefault(int(parent), []).append(int(name))
    found: list[int] = []
    to_look_at = [os.getpid()]
    while to_look_at:
        below = children.get(to_look_at.pop(), [])
        found += below
        to_look_at += below
    return found


def pss_mib() -> float:
    """Return the memory of this process and all below it; what several share counts once."""
    kib = 0
    for pid in [os.getpid(), *descendants()]:
        with suppress(OSError):
            lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
            kib += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kib / 1024


def cpu_s() -> float:
    """Return the processor time that this process and all below it have used."""
    nanoseconds = 0
    for pid in [os.getpid(), *descendants()]:
        with suppress(OSError):
            for task in (PROC / str(pid) / "task").iterdir():
                nanoseconds += int((task / "schedstat").read_text().split()[0])
    return nanoseconds / 1e9


def wait_until_gone(until_s: float) -> int:
    """Wait until no process is left below this one, or until then; return how many are left."""
    while (left := len(descendants())) and time.perf_counter() < until_s:
        time.sleep(0.005)
    return left
