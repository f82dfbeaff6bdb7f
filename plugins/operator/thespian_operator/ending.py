"""Ending a system: by asking it, or else by killing its admin, with which all others end."""

from __future__ import annotations

import contextlib
import os
import signal
import time

import attrs
import psutil

from thespian_core.errors import ActorSystemException
from thespian_multiproc.runtime.living import ProcessWatch
from thespian_operator.systems import Place, SilentSystem, join
from thespian_operator.visitor import Visitor

KILLED_WITHIN_S = 3.0  # what is killed ends at once, unless the machine itself hangs
ADMINS_TITLE = "thespian: admin"
ADMINS_FUNCTION = "thespian_multiproc.runtime.adminstart:run_admin"  # what its command line names


class StillThere(ActorSystemException):
    """A system could not be ended."""


@attrs.frozen
class Ended:
    """How a system was ended.

    Attributes:
        where: its place.
        killed_actors: a line about each actor that did not exit when it was asked to.
        killed_admin: the number of its admin's process, if that had to be killed.
    """

    where: str
    killed_actors: tuple[str, ...] = ()
    killed_admin: int | None = None


def end(base_name: str | None, port: int | None, timeout_s: float) -> Ended:
    """End the system at a port.

    Raises:
        NoSystem: there is none that this program may end.
        StillThere: it is there all the same.
    """
    try:
        visitor = join(base_name, port)
    except SilentSystem as silent:
        pid = _admin_at(silent.place)
        if pid is None:
            raise
        return _end_a_silent_one(silent.place.where, pid, timeout_s)
    try:
        return _ask(visitor, timeout_s)
    finally:
        visitor.close()


def _ask(visitor: Visitor, timeout_s: float) -> Ended:
    assert visitor.joined is not None
    until = time.monotonic() + timeout_s
    with contextlib.closing(ProcessWatch(visitor.joined.admin_pid)) as admin:
        visitor.shut_down()
        killed = visitor.hear_the_end(until) or ()
        if admin.wait(max(0.0, until - time.monotonic())):
            return Ended(visitor.where, killed)
        _kill(admin, visitor.where)
        return Ended(visitor.where, killed, admin.pid)


def _end_a_silent_one(where: str, pid: int, timeout_s: float) -> Ended:
    with contextlib.closing(ProcessWatch(pid)) as admin:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)  # which asks for the same as a request by mail
        admin.go_on()
        if admin.wait(timeout_s):
            return Ended(where)
        _kill(admin, where)
        return Ended(where, (), pid)


def _kill(admin: ProcessWatch, where: str) -> None:
    try:
        with contextlib.suppress(ProcessLookupError):
            os.kill(admin.pid, signal.SIGKILL)
    except PermissionError:
        raise StillThere(
            f"the system at {where} did not end, and its admin, process {admin.pid}, is another user's\n"
            f"  let that user, or root, end it:  kill -9 {admin.pid}"
        ) from None
    if not admin.wait(KILLED_WITHIN_S):
        raise StillThere(
            f"the admin of the system at {where}, process {admin.pid}, was killed and has not ended\n"
            f"  it waits for a device, or the machine is overloaded:  ps -o stat,wchan -p {admin.pid}"
        )


def _admin_at(place: Place) -> int | None:
    """Return the process that listens at a place, if it is an admin of this user's."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.uids().real != os.getuid() or not _is_admin(process.cmdline()):
                continue
            if any(map(place.is_held_by, process.net_connections(place.socket_kind))):
                return int(process.pid)
    return None


def _is_admin(line: list[str]) -> bool:
    return ADMINS_FUNCTION in line or bool(line and line[0].startswith(ADMINS_TITLE))
