"""Actors for an operator to look at."""

from __future__ import annotations

import os
from typing import Any

from thespian.actors import Actor, ActorAddress


class Worker(Actor):
    """Waits in its handler until a named pipe is written to, or spins until a file is there."""

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        match message:
            case ("wait", path):
                with open(path) as pipe:
                    pipe.read()
            case ("spin", path):
                while not os.path.exists(path):
                    continue
            case ("wake", period_s):
                self.wakeupAfter(period_s)
                self.send(sender, "asked")
            case ("pid",):
                self.send(sender, os.getpid())


class Mayor(Actor):
    """Has workers, and sends them what it is sent."""

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        match message:
            case ("hire", number):
                hired = [self.createActor(Worker) for _ in range(number)]
                self.send(sender, hired)
            case ("pass on", worker, times, what):
                for _ in range(times):
                    self.send(worker, what)
                self.send(sender, "passed on")
