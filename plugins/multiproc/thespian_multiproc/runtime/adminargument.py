"""What an admin's process is started with."""

from __future__ import annotations

import attrs

from thespian_multiproc.runtime.plan import EnginePlan


@attrs.frozen
class AdminArgument:
    """What an admin's process is started with; numbers are inherited descriptors.

    Attributes:
        plan: of the system.
        mailbox: the admin's, reserved by the starter.
        ready: where the starter waits to be told: ``ready``, or ``error`` and why.
        out: the starter's standard output, if actors may have it.
        err: the same of its standard error.
    """

    plan: EnginePlan
    mailbox: tuple[int, ...]
    ready: int
    out: int | None
    err: int | None
