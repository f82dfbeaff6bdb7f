"""The smallest whole program: it asks an actor, and prints the answer."""

from __future__ import annotations

from typing import Any

from thespian.actors import Actor, ActorAddress, ActorSystem


class Hello(Actor):
    """Greets whoever sends it a name."""

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Answer a name with a greeting; the system's own messages need no answer."""
        if isinstance(message, str):
            self.send(sender, f"Hello, {message}!")


if __name__ == "__main__":
    system = ActorSystem()
    try:
        print(system.ask(system.createActor(Hello), "world", timeout=10))
    finally:
        system.shutdown()
