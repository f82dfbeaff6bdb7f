"""Actors that send each other numbers, and say which came in."""

from __future__ import annotations

import os
from typing import Any

from plugins.udp.tests.system.bad_line import LOST
from thespian.actors import Actor, ActorAddress


class Counter(Actor):
    """Keeps what it is sent; sends numbers to others."""

    def __init__(self) -> None:
        self.seen: list[Any] = []

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        match message:
            case ("count to", number, other):
                for one in range(number):
                    self.send(other, one)
            case "what came?":
                self.send(sender, self.seen)
            case "how many were lost?":
                self.send(sender, int(os.environ.get(LOST, "0")))
            case ("exit", other):
                os._exit(other)
            case bytes():
                self.send(sender, message[::-1])
            case int():
                self.seen.append(message)
