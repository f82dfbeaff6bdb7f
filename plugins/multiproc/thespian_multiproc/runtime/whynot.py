"""Why a system can be neither started nor joined, and what helps: sentences that a start and others share."""

from __future__ import annotations

import errno
import sys
from collections.abc import Sequence

from thespian_core.errors import ActorSystemStartupFailure
from thespian_core.hooks.errors import describe, place_of

FIRST_FREE_PORT = 1024  # where ports begin that everybody may listen at, if nobody has set another limit

_MORE_PROCESSES = "allow this user more processes (ulimit -u, or the limits of its container)"
_CURES = {
    errno.EFBIG: "allow larger files (ulimit -f)",
    errno.EAGAIN: _MORE_PROCESSES,
    errno.ENOMEM: "free memory, or let actors that are not needed end",
    errno.EMFILE: "allow more open files (ulimit -n)",
    errno.ENFILE: "this whole machine has too many open files: end what holds them, or raise fs.file-max",
}
_NO_PROGRAM = (errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.EPERM, errno.ENOEXEC)
_NO_NETWORK = (errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTUNREACH)
_NO_THREAD = "can't start new thread"  # all that Python says of it


def cure_of(why: BaseException) -> str:
    """Return what helps when no process can be had, no file or no memory; empty when it is something else.

    >>> cure_of(OSError(errno.EMFILE, "Too many open files"))
    'allow more open files (ulimit -n)'
    >>> cure_of(ValueError("no port"))
    ''
    """
    if isinstance(why, RuntimeError) and str(why) == _NO_THREAD:
        return _MORE_PROCESSES
    if not isinstance(why, OSError):
        return ""
    if why.errno in _NO_PROGRAM and why.filename == (sys.executable or ""):
        return f"set sys.executable to a Python that this user may run: {sys.executable!r} is none"
    return _CURES.get(why.errno or 0, "")


def lack(what: str, why: BaseException) -> str:
    """Say what cannot be had, why, and what helps.

    >>> print(lack("no process can be started", OSError(errno.EAGAIN, "Try again")))
    no process can be started: Try again
      allow this user more processes (ulimit -u, or the limits of its container)
    """
    cure = cure_of(why)
    return f"{what}: {_reason(why)}" + (f"\n  {cure}" if cure else "")


def told(why: BaseException) -> str:
    """Tell what a process failed with to the one that has started it.

    >>> print(told(OSError(errno.ENOMEM, "Cannot allocate memory")))
    Cannot allocate memory
      free memory, or let actors that are not needed end
    >>> told(ValueError("no port"))
    'ValueError: no port'
    """
    if isinstance(why, ActorSystemStartupFailure):
        return str(why)
    cure = cure_of(why)
    return f"{_reason(why)}\n  {cure}" if cure else describe(why) + place_of(why)


def _reason(why: BaseException) -> str:
    return (why.strerror if isinstance(why, OSError) else None) or str(why) or type(why).__name__


def cannot_start(base_name: str, why: ValueError) -> str:
    """Say that what was given cannot be."""
    return f"{base_name} cannot start: {why}"


def nobody_can_listen(place: str, why: OSError) -> str:
    """Say that the system refuses a place, though nobody has it.

    >>> print(nobody_can_listen("127.0.0.1:80", OSError(errno.EACCES, "Permission denied")))
    nobody can listen at 127.0.0.1:80: Permission denied
      ports below 1024 are the superuser's: choose a greater Admin Port
    """
    return f"nobody can listen at {place}: {_reason(why)}\n  {cure_of(why) or _cure_of_place(place, why)}"


def _cure_of_place(place: str, why: OSError) -> str:
    port = place.rpartition(":")[2]
    if why.errno in (errno.EACCES, errno.EPERM) and port.isdecimal() and int(port) < FIRST_FREE_PORT:
        return f"ports below {FIRST_FREE_PORT} are the superuser's: choose a greater Admin Port"
    if why.errno == errno.EADDRNOTAVAIL:
        return "it is no address of this machine: name one that is in THESPIAN_BASE_IPADDR, or unset it"
    if why.errno == errno.EAFNOSUPPORT:
        return "this machine has no addresses of that kind: name another in THESPIAN_BASE_IPADDR, or unset it"
    if why.errno in _NO_NETWORK:
        return "the interface with that address is down:  ip link set lo up  mends that for loopback"
    return "choose another Admin Port, or see who may use this one"


def cannot_be_joined(place: str, reasons: Sequence[str]) -> str:
    """Say that what listens at a place is no system for this program.

    Args:
        place: where.
        reasons: what is known of why; nothing when it has not said a word.
    """
    known = "\n  ".join(reasons) or "it does not answer: it may be another program, or it is stopped"
    return (
        f"something listens at {place}, but it is no system that this program can join\n"
        f"  {known}\n  end it, or choose another Admin Port"
    )


def another_base(place: str, base_name: str, asked: str) -> str:
    """Say that a system runs there on another base."""
    return (
        f"the system at {place} runs on {base_name}, not on {asked}\n"
        f"  ask for {base_name}, end that system, or choose another Admin Port"
    )


def still_ending(place: str, admin_pid: int, for_s: float) -> str:
    """Say that the system before this one does not end."""
    return (
        f"the system at {place} has been shutting down for {for_s:.0f} s\n"
        f"  its admin is process {admin_pid}; end it, or choose another Admin Port"
    )
