"""The actors that ``operating_figures.py`` measures with."""

from __future__ import annotations

import logging
from typing import Any

from thespian.actors import Actor, ActorAddress


class Silent(Actor):
    """Answers, and counts what needs no answer."""

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Answer a question."""
        if message != "no answer":
            self.send(sender, message)


class Logging(Actor):
    """Does the same, and logs each message."""

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Log a message, and answer a question."""
        logging.getLogger("figures").info("handling %s", message)
        if message != "no answer":
            self.send(sender, message)


class Many(Actor):
    """Has as many children as it is told."""

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Create children."""
        if isinstance(message, int):
            for _ in range(message):
                self.createActor(Silent)
            self.send(sender, message)
