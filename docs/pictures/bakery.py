"""The actors in the terminal pictures: a baker and ovens, some of which can be given trouble."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any

from thespian.actors import Actor, ActorAddress


class Oven(Actor):
    """Bakes at once, until somebody opens its door, or until it is switched off."""

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Handle what the baker sends."""
        match message:
            case ("bake", number):
                self.send(sender, ("loaf", number))
            case ("bake until opened", door):
                with suppress(FileNotFoundError), open(door) as pipe:
                    pipe.read()
            case ("heat until", file):
                while not os.path.exists(file):
                    continue
            case ("clean in", period_s):
                self.wakeupAfter(period_s)


class Baker(Actor):
    """Has ovens, and gives them work."""

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Do what the pictures need."""
        match message:
            case ("ovens", number):
                self.ovens = [self.createActor(Oven) for _ in range(number)]
                self.send(sender, self.ovens)
            case ("to", oven, times, what):
                for _ in range(times):
                    self.send(oven, what)
                self.send(sender, "sent")
