"""What is left of an actor in a fork of its process: its code, and no mailbox.

Two processes that send as one would lose each other's mail. So what an actor forks is a process as any other:
it ends when the handler ends in which it was made, as it would at the end of a program.
"""

from __future__ import annotations

from typing import Any, NoReturn

from thespian_core.addresses import ActorAddress
from thespian_core.semantics.cell import ActorCell
from thespian_core.semantics.host import ActorHost

NO_ACTOR = (
    "a process that an actor has forked is no actor: it can neither send, nor create actors, nor ask for "
    "anything else; let it hand its results to the actor, as through a multiprocessing.Queue"
)


class _NoHost:
    def __init__(self, host: ActorHost) -> None:
        self.log = host.log

    def __getattr__(self, name: str) -> Any:
        _refuse()


def _refuse(*_: Any, **__: Any) -> NoReturn:
    raise RuntimeError(NO_ACTOR)


class _ForkedCell(ActorCell):
    """In it, nothing follows from a message; that is for the actor."""

    def let_go(self) -> None:
        self._children = {}
        self.post = _refuse
        self.host = _NoHost(self.host)

    def _must_end(self, failure: BaseException, message: Any, sender: ActorAddress) -> NoReturn:
        raise failure

    def _end(self, abruptly: bool) -> NoReturn:
        raise SystemExit


def let_go(cell: ActorCell) -> None:
    """Have a cell, in a fork and in the middle of a handler, refuse whatever the actor's code asks for."""
    cell.__class__ = _ForkedCell
    assert isinstance(cell, _ForkedCell)
    cell.let_go()
