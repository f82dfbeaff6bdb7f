"""What a test, or a set of tests, left behind: processes, threads, open files.

Processes and open files are read from ``/proc``. Where there is none, processes are those that
``multiprocessing`` knows, and open files are not looked at.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import select
import subprocess
import threading
import time
from pathlib import Path

import attrs

# What has been told to end may take this long to do so: a loaded machine with two cores needs about 1 s
# for an interpreter to go.
PATIENCE_S = 5.0

PROC = Path("/proc")


@attrs.frozen
class Snapshot:
    """What this process had at one moment."""

    threads: frozenset[threading.Thread]
    children: frozenset[int]
    open_files: frozenset[tuple[int, str]]

    @classmethod
    def now(cls) -> Snapshot:
        """Look at this process."""
        return cls(frozenset(threading.enumerate()), frozenset(children()), frozenset(open_files()))


def children() -> set[int]:
    """Return the process ids of this process's children, ended but unreaped ones included."""
    try:
        # Nearly every test has none, and this one call says so; reading all of /proc takes milliseconds.
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return set()
    except AttributeError:  # no such call here
        pass
    if not PROC.joinpath("self/stat").exists():
        return {child.pid for child in multiprocessing.active_children() if child.pid}
    found = set()
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            try:
                # The command's name, in parentheses, may hold spaces: the fields start after the last ")".
                fields = entry.joinpath("stat").read_text(errors="replace").rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(fields[1]) == os.getpid():
                found.add(int(entry.name))
    return found


def open_files() -> set[tuple[int, str]]:
    """Return this process's open file descriptors, each with what it is open on."""
    folder = PROC / "self" / "fd"
    found = set()
    if folder.exists():
        for number in os.listdir(folder):  # the listing's own descriptor is gone by the next line
            try:
                found.add((int(number), str(folder.joinpath(number).readlink())))
            except FileNotFoundError:
                continue
    # pytest points the three standard streams elsewhere between a test's phases.
    return {(number, target) for number, target in found if number > 2}


def describe_child(pid: int) -> str:
    """Say which process ``pid`` is, and whether it still runs."""
    try:
        words = PROC.joinpath(str(pid), "cmdline").read_bytes().split(b"\0")
    except OSError:
        words = []
    command = b" ".join(words).decode(errors="replace").strip()
    if command:
        return f"child process {pid} still runs ({command[:120]})"
    return f"child process {pid} has ended, but nobody waited for it"


def wait_for_child(pid: int, until: float) -> None:
    """Wait until the process has ended, without taking its exit status from its owner."""
    try:
        watch = os.pidfd_open(pid)
    except (AttributeError, OSError):  # no such call here, or no such process any more
        return
    try:
        poll = select.poll()
        poll.register(watch, select.POLLIN)
        poll.poll(max(0.0, until - time.monotonic()) * 1000)
    finally:
        os.close(watch)


def left_since(before: Snapshot, patience_s: float = PATIENCE_S) -> list[str]:
    """Say what is there now that was not there before; what is about to end is waited for.

    Args:
        before: how it was.
        patience_s: how long, all together, to wait for threads and processes to end.
    """
    after = Snapshot.now()
    if after == before:
        return []
    until = time.monotonic() + patience_s
    for thread in after.threads - before.threads:
        thread.join(max(0.0, until - time.monotonic()))
    for pid in after.children - before.children:
        wait_for_child(pid, until)
    # An object that nothing refers to any more closes its file, or collects its process, when it is freed.
    gc.collect()
    multiprocessing.active_children()  # collects those of its own that have ended
    getattr(subprocess, "_cleanup", lambda: None)()  # the same for a Popen that was dropped
    after = Snapshot.now()
    sentences = [
        f"thread {thread.name!r} still runs"
        for thread in sorted(after.threads - before.threads, key=lambda thread: thread.name)
    ]
    sentences += [describe_child(pid) for pid in sorted(after.children - before.children)]
    sentences += [
        f"file descriptor {number} is still open on {target}"
        for number, target in sorted(after.open_files - before.open_files)
    ]
    return sentences
