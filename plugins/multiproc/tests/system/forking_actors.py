"""Actors that fork their process, and do something in the fork that only an actor may do."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from typing import Any

from thespian_core.addresses import ActorAddress
from thespian_core.api.actor import Actor
from thespian_core.messages import ActorExitRequest

PATIENCE_S = 5.0


class Forker(Actor):
    """Forks, does in the fork what it is told, and answers with the status that the fork ended with."""

    mourner: ActorAddress | None = None

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Take one."""
        if isinstance(message, ActorExitRequest) and self.mourner is not None:
            self.fork("returns", self.mourner)
        elif message == "terminate":
            self.send(sender, self.terminated())
        elif message == "fork at the end":
            self.mourner = sender
            self.createActor(Forker)
        elif isinstance(message, str):
            self.fork(message, sender)

    def fork(self, what: str, asker: ActorAddress) -> None:
        """Do something in a fork, and tell how that ended."""
        pid = os.fork()
        if pid == 0:
            getattr(self, what)(asker)
            return
        _, status = os.waitpid(pid, 0)
        self.send(asker, (what, os.waitstatus_to_exitcode(status)))

    def returns(self, sender: ActorAddress) -> None:
        """End the handler."""

    def exits(self, sender: ActorAddress) -> None:
        """End as many forks do."""
        sys.exit(3)

    def raises(self, sender: ActorAddress) -> None:
        """Fail."""
        raise ValueError("in the fork only")

    def sends(self, sender: ActorAddress) -> None:
        """Send with the actor's number for the message after this one."""
        self.send(sender, "from the fork")

    def creates(self, sender: ActorAddress) -> None:
        """Have a child that its parent does not know."""
        self.createActor(Forker)

    def wakes(self, sender: ActorAddress) -> None:
        """Ask for what nobody would wait for."""
        self.wakeupAfter(1)

    @staticmethod
    def terminated() -> int | None:
        """Start a process, terminate it, and return how it ended."""
        process = multiprocessing.get_context("fork").Process(target=signal.pause)
        process.start()
        process.terminate()
        process.join(PATIENCE_S)
        status = process.exitcode
        process.kill()
        process.join()
        return status
