"""Starts the admin of a new system, and waits until it runs."""

from __future__ import annotations

import os
import select
import stat
import subprocess
import sys
import time
from typing import TextIO

from thespian_core.errors import ActorSystemStartupFailure
from thespian_multiproc.runtime.adminargument import AdminArgument
from thespian_multiproc.runtime.fresh import start_fresh
from thespian_multiproc.runtime.plan import EnginePlan
from thespian_multiproc.transport.interface import Invitation

READY_LIMIT_S = 15.0  # it takes less than 0.1 s; a loaded machine may need 20 times as long

# Admins that this process started and has not reaped: a Popen that is forgotten while its process lives
# would complain.
_started: dict[int, subprocess.Popen[bytes]] = {}


def start_admin(plan: EnginePlan, invitation: Invitation) -> int:
    """Start the admin's process; return its pid when it takes requests.

    Args:
        plan: of the system.
        invitation: to the admin's place; the caller releases its copy.

    Raises:
        ActorSystemStartupFailure: it says why; no process is left.
    """
    ready, tell = os.pipe()
    out, err = kept_stream(sys.__stdout__), kept_stream(sys.__stderr__)
    try:
        argument = AdminArgument(plan, invitation.descriptors, tell, out, err)
        streams = [number for number in (out, err) if number is not None]
        try:
            process = start_fresh(
                "thespian_multiproc.runtime.adminstart:run_admin",
                argument,
                (*invitation.descriptors, tell, *streams),
                new_session=True,
            )
        except OSError as why:
            raise ActorSystemStartupFailure(f"no process can be started: {why}") from why
        os.close(tell)
        tell = -1
        answer = _answer(ready)
    finally:
        os.close(ready)
        for number in (tell, out, err):
            if number is not None and number >= 0:
                os.close(number)
    if answer != "ready":
        process.kill()
        process.wait()
        reason = answer.removeprefix("error ")
        raise ActorSystemStartupFailure(f"the system's admin did not start: {reason}")
    _forget_the_ended()
    _started[process.pid] = process
    return process.pid


def reap(pid: int) -> None:
    """Take the status of an admin that this process started, when it has ended."""
    process = _started.get(pid)
    if process is not None and process.poll() is not None:
        del _started[pid]


def end_admin(pid: int) -> None:
    """End an admin that this process started, and everything it started."""
    process = _started.pop(pid, None)
    if process is not None:
        process.kill()
        process.wait()


def take_standard_numbers() -> None:
    """Open what is closed of the three standard streams on nothing.

    Else a socket would get such a number, and be lost in the new process, which has streams of its own.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        continue
    os.close(number)


def kept_stream(stream: TextIO | None) -> int | None:
    """Return a copy of a standard stream's descriptor, if nobody waits for it to be closed."""
    if stream is None:
        return None
    try:
        number = stream.fileno()
        mode = os.fstat(number).st_mode
        if stat.S_ISREG(mode) or os.isatty(number):
            return os.dup(number)
    except (OSError, ValueError):
        pass
    return None


def _answer(ready: int) -> str:
    text = b""
    until = time.monotonic() + READY_LIMIT_S
    poll = select.poll()
    poll.register(ready, select.POLLIN)
    while (left_s := until - time.monotonic()) > 0:
        if not poll.poll(left_s * 1000):
            break
        piece = os.read(ready, 65536)
        text += piece
        if not piece:
            answer = text.decode(errors="replace")
            return answer or "its process ended at once; the internal log (THESPLOG_FILE) may say why"
    return f"it did not answer within {READY_LIMIT_S:.0f} s"


def _forget_the_ended() -> None:
    for pid in list(_started):
        reap(pid)
