"""What the engine needs of the operating system's processes, each with a way where a call is missing."""

from __future__ import annotations

import atexit
import logging
import os
import signal
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib import import_module
from typing import Any, NoReturn

from thespian_core.internallog import thesplog
from thespian_multiproc.runtime.whynot import cure_of

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_OPEN_FILES = "/dev/fd"  # Linux, macOS, FreeBSD: a folder with the numbers of this process's descriptors


@cache  # what the launcher has found, its forks need not look for
def find(opens: str) -> Any:
    """Return what ``package.module:name`` names."""
    module, _, name = opens.partition(":")
    return getattr(import_module(module), name)


def unlinked_file(data: bytes = b"") -> int:
    """Return a descriptor of a new file that has no name, in memory where possible; it holds ``data``."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("thespian")
    else:
        import tempfile  # with what it imports, it would make every fork slower

        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    with open(descriptor, "wb", closefd=False) as file:
        file.write(data)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


@cache  # a process that was forked after the first call finds it made
def _prctl() -> Callable[[int, int, int, int, int], int] | None:
    if sys.platform != "linux":
        return None
    import ctypes  # takes 5 ms, which only those who need it pay

    try:
        found: Callable[[int, int, int, int, int], int] = ctypes.CDLL(None).prctl
    except (OSError, AttributeError):  # a C library without it
        return None
    return found


def signal_at_parents_death(number: int) -> bool:
    """Have this process sent a signal when its parent ends; False where the system cannot."""
    prctl = _prctl()
    return prctl is not None and prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0) == 0


def die_with_parent(parent_pid: int, life: int | None, by_signal: bool = True) -> None:
    """Have this process killed when its parent ends.

    Args:
        parent_pid: the parent's; when it is gone already, this process is killed here and now.
        life: a pipe's reading end, of which only the parent holds the writing end; for systems without
            a parent-death signal, where a thread watches it.
        by_signal: use the parent-death signal where there is one.
    """
    if by_signal and signal_at_parents_death(signal.SIGKILL):
        if os.getppid() != parent_pid:
            os.kill(os.getpid(), signal.SIGKILL)
    elif life is not None:
        import threading

        threading.Thread(target=_watch, args=(life,), name="watches the launcher", daemon=True).start()


def _watch(life: int) -> None:
    while os.read(life, 1):
        pass
    kill_group(os.getpid())


def own_group() -> None:
    """Make this process the leader of a process group, if it is none yet."""
    with suppress(PermissionError):  # it leads a session
        os.setpgid(0, 0)


@contextmanager
def children_in_own_group() -> Iterator[None]:
    """Put what this process starts meanwhile in a group, that of this process's number."""
    before = os.getpgrp()
    own_group()
    try:
        yield
    finally:
        with suppress(PermissionError):  # it leads a session, or the others of the group are gone
            os.setpgid(0, before)


def kill_children_in_own_group() -> None:
    """End what is left of those that were started in :func:`children_in_own_group`."""
    if os.getpgrp() != os.getpid():
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(os.getpid(), signal.SIGKILL)


def put_in_own_group(pid: int) -> None:
    """Do the same for a child, which does so itself; whoever comes first, it is in it from now on."""
    with suppress(OSError):
        os.setpgid(pid, pid)


def kill_group(pid: int) -> None:
    """End a process and its group at once; what is gone already does no harm."""
    # A process may have left its group, so it is killed on its own too.
    for kill in (os.kill, os.killpg):
        with suppress(ProcessLookupError, PermissionError):  # macOS refuses a group of ended processes
            kill(pid, signal.SIGKILL)


def next_ended() -> tuple[int, str] | None:
    """Return a child that has ended, and how; None when there is none.

    Until :func:`reap` its number is no other process's, where the system can do so.
    """
    if not hasattr(os, "waitid"):
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return None
        return (pid, how_it_ended(os.waitstatus_to_exitcode(status))) if pid else None
    try:
        found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return None
    if found is None:
        return None
    exited = found.si_code == os.CLD_EXITED
    return found.si_pid, how_it_ended(found.si_status if exited else -found.si_status)


def how_it_ended(exit_code: int) -> str:
    """Say in words how a process ended.

    Args:
        exit_code: its status, or the negative number of the signal that killed it.

    >>> how_it_ended(3), how_it_ended(-9)
    ('exited with status 3', 'killed by SIGKILL')
    """
    if exit_code >= 0:
        return f"exited with status {exit_code}"
    try:
        return f"killed by {signal.Signals(-exit_code).name}"
    except ValueError:  # a real-time signal has no name
        return f"killed by signal {-exit_code}"


def why_no_process(why: OSError) -> str:
    """Say why there is no new process, and what can be done about it."""
    return "; ".join(filter(None, (f"the system gave it no process: {why.strerror or why}", cure_of(why))))


def why_no_mailbox(why: OSError) -> str:
    """Say why there is no new mailbox, and what can be done about it."""
    return "; ".join(filter(None, (f"no mailbox can be opened for it: {why.strerror or why}", cure_of(why))))


def reap(pid: int) -> None:
    """Let the system forget an ended child."""
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def all_but(kept: Iterable[int]) -> list[tuple[int, int]]:
    """Return what to close with ``os.closerange``, so that but the standard streams and those given stay."""
    try:
        end = max(map(int, os.listdir(_OPEN_FILES))) + 1
    except (OSError, ValueError):
        end = os.sysconf("SC_OPEN_MAX")
    gaps, start = [], 3
    for number in sorted({number for number in kept if number > 2} | {end}):
        if number > start:
            gaps.append((start, number))
        start = number + 1
    return gaps


def close_ranges(ranges: Iterable[tuple[int, int]]) -> None:
    """Close what :func:`all_but` has found."""
    for start, end in ranges:
        os.closerange(start, end)


def put_signals_off() -> None:
    """Let no signal end this process that a terminal or an operator sends; :func:`take_signals` ends that.

    They are held back, not ignored: a child has to undo only one thing, and what is ignored would stay so
    in a program that it starts.
    """
    signal.pthread_sigmask(signal.SIG_SETMASK, (signal.SIGINT, signal.SIGTERM, signal.SIGHUP))


def take_signals() -> None:
    """Let all signals through again; a new process has none that were held back before."""
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def drop_inherited_exit_functions() -> None:
    """Leave what the launcher had to do at its end to the launcher."""
    atexit._clear()
    atexit.register(logging.shutdown)  # not the launcher's: it is for the handlers that are there at the end


class ForkEnds(BaseException):
    """Ends a fork of an actor's process, which its code has made.

    Args:
        failure: what the handler has raised in which it was made, if it has.
    """

    def __init__(self, failure: BaseException | None) -> None:
        super().__init__(failure)
        code = failure.code if isinstance(failure, SystemExit) else failure
        self.status = code if isinstance(code, int) else int(code is not None)


def run_and_end(function: Callable[[Any], object], argument: object, whose: str) -> NoReturn:
    """Run a function and end this process: with status 0, or 1 after an exception.

    What was registered with :mod:`atexit` is run; threads are not waited for.

    Args:
        function: what is run.
        argument: its only argument.
        whose: for the internal log, which an exception goes to.
    """
    status = 1
    try:
        try:
            function(argument)
            status = 0
        except ForkEnds as end:
            status = end.status
        except BaseException:
            import traceback

            thesplog("%s has failed:\n%s", whose, traceback.format_exc(), level=logging.ERROR)
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            with suppress(Exception):
                stream.flush()
    finally:
        os._exit(status)


def is_kept(number: int) -> bool:
    """Whether a system may keep a descriptor of its starter's: that of a file or a terminal.

    Raises:
        OSError: there is no such descriptor.
    """
    return stat.S_ISREG(os.fstat(number).st_mode) or os.isatty(number)
