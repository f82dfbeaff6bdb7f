"""Starts the admin of a new system, and waits until it runs."""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TextIO

from thespian_core.errors import ActorSystemStartupFailure
from thespian_multiproc.runtime.fresh import Fresh, start_fresh
from thespian_multiproc.runtime.processes import is_kept
from thespian_multiproc.runtime.whynot import lack
from thespian_multiproc.transport.interface import Invitation

if TYPE_CHECKING:
    from thespian_multiproc.runtime.logstreams import LogStreams
    from thespian_multiproc.runtime.plan import EnginePlan

POLITE_S = 1.0  # our choice: the system has no actors yet, and needs less than 0.1 s
READY_LIMIT_S = 15.0  # it takes less than 0.1 s; a loaded machine may need 20 times as long

# Admins that this process started and has not reaped: a Popen that is forgotten while its process lives
# would complain.
_started: dict[int, subprocess.Popen[bytes]] = {}


def start_admin(
    make_plan: Callable[[LogStreams | None], EnginePlan],
    invitation: Invitation,
    meanwhile: Callable[[], object],
    log_defs: object = None,
) -> int:
    """Start the admin's process; return its pid when it takes requests.

    Args:
        make_plan: returns the system's plan, given what becomes of the streams in its logDefs, if that has
            any; called while the new process gets ready.
        invitation: to the admin's place; the caller releases its copy.
        meanwhile: what else is to be done before the admin is waited for.
        log_defs: the system's logDefs.

    Raises:
        ActorSystemStartupFailure: it says why; no process is left.
        Exception: what ``make_plan`` or ``meanwhile`` raises; no process is left.
    """
    if not log_defs:  # as is usual
        return _start_admin(lambda: make_plan(None), invitation, meanwhile, ())
    from thespian_multiproc.runtime.logstreams import LogStreams

    with contextlib.closing(LogStreams(log_defs)) as streams:
        pid = _start_admin(lambda: make_plan(streams), invitation, meanwhile, tuple(streams.descriptors))
        streams.warn()
    return pid


def _start_admin(
    make_plan: Callable[[], EnginePlan],
    invitation: Invitation,
    meanwhile: Callable[[], object],
    log_streams: tuple[int, ...],
) -> int:
    ready, tell = os.pipe()
    out, err = kept_stream(sys.__stdout__), kept_stream(sys.__stderr__)
    fresh: Fresh | None = None
    try:
        streams = [number for number in (out, err) if number is not None]
        try:
            fresh = Fresh(
                "thespian_multiproc.runtime.adminstart:run_admin",
                (*invitation.descriptors, tell, *streams, *log_streams),
                new_session=True,
            )
        except OSError as why:
            raise ActorSystemStartupFailure(lack("no process can be started", why)) from why
        from thespian_multiproc.runtime.adminargument import AdminArgument

        plan = make_plan()
        start_launcher = start_fresh if plan.start_method == "forkserver" else None
        fresh.give(AdminArgument(plan, invitation.descriptors, tell, out, err, log_streams, start_launcher))
        os.close(tell)
        tell = -1
        meanwhile()
        answer = _answer(ready)
        if answer != "ready":
            reason = answer.removeprefix("error ")
            raise ActorSystemStartupFailure(f"the system's admin did not start: {reason}")
    except BaseException:
        if fresh is not None:
            fresh.end()
        raise
    finally:
        os.close(ready)
        for number in (tell, out, err):
            if number is not None and number >= 0:
                os.close(number)
    _forget_the_ended()
    _started[fresh.process.pid] = fresh.process
    return fresh.process.pid


def has_ended(pid: int) -> bool:
    """Whether an admin that this process started has ended."""
    process = _started.get(pid)
    return process is None or process.poll() is not None


def reap(pid: int) -> None:
    """Take the status of an admin that this process started, when it has ended."""
    process = _started.get(pid)
    if process is not None and process.poll() is not None:
        del _started[pid]


def end_admin(pid: int) -> None:
    """End an admin that this process started, and everything it started."""
    process = _started.pop(pid, None)
    if process is not None:
        # One that is killed leaves word that its system has ended by itself, which is not so.
        process.terminate()
        try:
            process.wait(POLITE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def take_standard_numbers() -> None:
    """Open what is closed of the three standard streams on nothing.

    Else a socket would get such a number, and be lost in the new process, which has streams of its own.

    Raises:
        ActorSystemStartupFailure: this process can open no file.
    """
    try:
        while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
            continue
    except OSError as why:
        raise ActorSystemStartupFailure(lack(f"{os.devnull} cannot be opened", why)) from None
    os.close(number)


def kept_stream(stream: TextIO | None) -> int | None:
    """Return a copy of a standard stream's descriptor, if nobody waits for it to be closed."""
    if stream is None:
        return None
    try:
        number = stream.fileno()
        if is_kept(number):
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
