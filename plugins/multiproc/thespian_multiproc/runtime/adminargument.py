"""What an admin's process is started with."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from thespian_multiproc.runtime.plan import EnginePlan

if TYPE_CHECKING:
    import subprocess


class AdminArgument(NamedTuple):
    """What an admin's process is started with; numbers are inherited descriptors.

    Attributes:
        plan: of the system.
        mailbox: the admin's, reserved by the starter.
        ready: where the starter waits to be told: ``ready``, or ``error`` and why.
        out: the starter's standard output, if actors may have it.
        err: the same of its standard error.
        log_streams: the streams that the log process is given.
        start_launcher: ``start_fresh``, when the launcher is to be a fresh interpreter; None to fork it.
            Its module comes with it, so that the admin imports it before the program's folders are searched.
    """

    plan: EnginePlan
    mailbox: tuple[int, ...]
    ready: int
    out: int | None
    err: int | None
    log_streams: tuple[int, ...] = ()
    start_launcher: Callable[..., subprocess.Popen[bytes]] | None = None
