"""Actors of the programs whose end is tested."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

from thespian.actors import Actor, ActorAddress, ActorExitRequest


class Inmate(Actor):
    """Says who it is, has children, keeps busy, and leaves a note when it is asked to exit."""

    notes: Path | None = None

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Do what the message says."""
        match message:
            case "who are you?":
                self.send(sender, os.getpid())
            case "have a child":
                self.send(self.createActor(Inmate), ("tell", sender))
            case ("tell", asker):
                self.send(asker, os.getpid())
            case ("leave a note in", folder):
                self.notes = Path(folder)
                self.send(sender, "noted")
            case ("keep busy", seconds):
                self.send(sender, "busy")
                threading.Event().wait(seconds)
            case ActorExitRequest() if self.notes is not None:
                self.notes.joinpath(f"{os.getpid()}.note").write_text("exited")
