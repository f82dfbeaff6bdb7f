"""What the statements have in common: waiting for what must become true, and looking from beside."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from thespian_core.addresses import ActorAddress
from thespian_core.api.system import ActorSystem
from thespian_core.status import Thespian_StatusReq, Thespian_SystemStatus
from thespian_core.testing.actors import Quiet
from thespian_core.testing.contract import PATIENCE_S, SOON_S
from thespian_core.testing.doer import do


def wait_until(asys: ActorSystem, is_true: Callable[[Thespian_SystemStatus], bool]) -> Thespian_SystemStatus:
    """Ask the admin for its status until something is true of it; return that status.

    Between different senders there is no order, so this is how a test knows that a request has arrived.
    A private connection is used: the mail of the test is left alone.
    """
    deadline = time.monotonic() + PATIENCE_S
    with asys.private() as mine:
        anybody = mine.createActor(Quiet, globalName="contract: anybody")
        admin = mine.ask(anybody, Thespian_StatusReq(), PATIENCE_S).adminAddress
        while time.monotonic() < deadline:
            status = mine.ask(admin, Thespian_StatusReq(), PATIENCE_S)
            if isinstance(status, Thespian_SystemStatus) and is_true(status):
                return status
    raise AssertionError("the status of the admin did not become what it must be")


def wait_for_end(asys: ActorSystem, actor: ActorAddress) -> None:
    """Wait until an actor without a parent has ended."""
    wait_until(asys, lambda status: actor not in status.childActors)


def falls_silent(asys: ActorSystem, actor: ActorAddress) -> bool:
    """Whether a Doer stops answering some time."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        with asys.private() as mine:
            if mine.ask(actor, do("seen"), SOON_S) is None:
                return True
    return False


def listen_for(asys: ActorSystem, count: int) -> list[Any]:
    """Return the next messages, as many as must come."""
    return [asys.listen(PATIENCE_S) for _ in range(count)]
