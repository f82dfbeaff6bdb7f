"""Shows that every actor has a process of its own."""

from __future__ import annotations

import os

from thespian.actors import Actor, ActorAddress, ActorSystem


class Who(Actor):
    """Tells the number of its process."""

    def receiveMessage(self, message: object, sender: ActorAddress) -> None:
        """Answer a question; the system's own messages are none."""
        if isinstance(message, str):
            self.send(sender, os.getpid())


if __name__ == "__main__":
    system = ActorSystem("multiprocTCPBase")
    try:
        pids = {system.ask(system.createActor(Who), "who?", timeout=10) for _ in range(3)}
        print("processes of actors:", len(pids))
        print("the program's own is among them:", os.getpid() in pids)
    finally:
        system.shutdown()
