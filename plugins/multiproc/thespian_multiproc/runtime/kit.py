"""What a new actor process is given."""

from __future__ import annotations

import socket
from typing import NamedTuple

from thespian_multiproc.runtime.orders import StartActor
from thespian_multiproc.runtime.page import Page
from thespian_multiproc.runtime.plan import EnginePlan


class ActorKit(NamedTuple):
    """All that an actor's process starts from; what it does not hold, it must find out.

    Attributes:
        order: who is to live here.
        descriptors: of its mailbox.
        plan: its system.
        capabilities: of the system as they are now: a pickled dict.
        call: to speak to the launcher; shared with others, and in non-blocking mode.
        log: to speak to the log process; shared with others, and in non-blocking mode.
        page: where it records what it does with its mail.
    """

    order: StartActor
    descriptors: tuple[int, ...]
    plan: EnginePlan
    capabilities: bytes
    call: socket.socket
    log: socket.socket
    page: Page
