"""Looks at this machine: its name, what this user may have, the folders that systems write to, the time."""

from __future__ import annotations

import contextlib
import math
import os
import shutil
import socket
import sys
import threading
import time

import psutil

from thespian_core.errors import ActorSystemStartupFailure
from thespian_core.internallog import internal_log_file
from thespian_multiproc.runtime.keyfile import key_file, state_folder
from thespian_multiproc.runtime.opening import is_loopback, own_host
from thespian_multiproc.runtime.planning import given_key
from thespian_operator.doctoring.facts import Clock, Folder, Host, Key, Limits

LOOK_UP_LIMIT_S = 1.0  # our choice: a name server that is asked at all answers in that time
CGROUP_PIDS = ("/sys/fs/cgroup/pids.{}", "/sys/fs/cgroup/pids/pids.{}")  # version 2 in a container, and 1


def look_at_key() -> Key:
    """Return the key's file; the key is made if there is none yet, as by a start."""
    try:
        given_key(is_loopback(own_host()))
        return Key(key_file())
    except ActorSystemStartupFailure as why:
        return Key("", str(why))


def look_at_host() -> Host:
    """Ask what this machine's name stands for; not for long."""
    name = socket.gethostname()
    found: list[Host] = []

    def look_up() -> None:
        try:
            addresses = {str(address[0]) for *_, address in socket.getaddrinfo(name, None)}
            found.append(Host(name, tuple(sorted(addresses))))
        except OSError as why:
            found.append(Host(name, problem=why.strerror or str(why)))

    # Whoever asks the system for a name cannot be interrupted.
    try:
        thread = threading.Thread(target=look_up, daemon=True)
        thread.start()
    except RuntimeError as why:  # there is no thread to be had, which the limits say
        return Host(name, problem=str(why))
    thread.join(LOOK_UP_LIMIT_S)
    return found[0] if found else Host(name, problem=f"no answer within {LOOK_UP_LIMIT_S:.0f} s")


def look_at_limits() -> Limits:
    """Return what this user, and the container it is in, may have."""
    memory_bytes = None
    with contextlib.suppress(psutil.Error, OSError):
        memory_bytes = int(psutil.virtual_memory().available)
    if sys.platform == "win32":
        return Limits(memory_bytes=memory_bytes)
    import resource

    files = _limit(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    of_user = _limit(resource.getrlimit(resource.RLIMIT_NPROC)[0]) if os.getuid() else None  # root may
    rooms = [(of_user, _threads_of(os.getuid())), (_cgroup("max"), _cgroup("current") or 0)]
    processes, used = min(rooms, key=lambda room: math.inf if room[0] is None else room[0] - room[1])
    return Limits(files, processes, used, memory_bytes)


def _limit(number: int) -> int | None:
    import resource

    return None if number == resource.RLIM_INFINITY else number


def _threads_of(user: int) -> int:
    threads = 0
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.uids().real == user:
                threads += process.num_threads()
    return threads


def _cgroup(what: str) -> int | None:
    for name in CGROUP_PIDS:
        with contextlib.suppress(OSError, ValueError), open(name.format(what)) as file:
            return int(file.read())
    return None


def look_at_folders() -> tuple[Folder, ...]:
    """Return where systems write; nothing is written."""
    log = internal_log_file()
    found = [Folder("the internal log", log, _why_not_appended(log), _room(log), "THESPLOG_FILE")]
    state = state_folder()
    if state:
        ends = "why systems have ended"
        there = _nearest(state)
        found.append(Folder(ends, state, _why_not_writable(there), _room(there), "XDG_STATE_HOME"))
    return tuple(found)


def _nearest(folder: str) -> str:
    """Return the folder, or what is there of its path: the rest is made when it is needed."""
    while not os.path.lexists(folder) and os.path.dirname(folder) != folder:
        folder = os.path.dirname(folder)
    return folder


def _why_not_appended(file: str) -> str:
    try:
        os.close(os.open(file, os.O_WRONLY | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)))
        return ""
    except FileNotFoundError:
        return _why_not_writable(os.path.dirname(os.path.abspath(file)))
    except OSError as why:
        return why.strerror or str(why)


def _why_not_writable(folder: str) -> str:
    if not os.path.isdir(folder):
        return f"{folder} is no folder" if os.path.lexists(folder) else "there is no such folder"
    return "" if os.access(folder, os.W_OK | os.X_OK) else "it is not yours to write to"


def _room(path: str) -> int | None:
    with contextlib.suppress(OSError):
        return shutil.disk_usage(path if os.path.isdir(path) else os.path.dirname(path)).free
    return None


def look_at_clock(file: str) -> Clock:
    """Return the time of day, and the newest of what was written before now."""
    newest = Clock(time.time(), "", 0.0)
    for one in (__file__, file):
        with contextlib.suppress(OSError):
            written_at = os.stat(one).st_mtime
            if written_at > newest.written_at:
                newest = Clock(newest.now, one, written_at)
    return newest
