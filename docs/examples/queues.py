"""Uses a system of its own from several threads, each with a connection of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from thespian.actors import Actor, ActorAddress, ActorSystem


class Square(Actor):
    """Squares numbers."""

    def receiveMessage(self, message: object, sender: ActorAddress) -> None:
        """Answer a number; the system's own messages are none."""
        if isinstance(message, int):
            self.send(sender, message * message)


if __name__ == "__main__":
    system = ActorSystem("multiprocQueueBase")
    try:
        actor = system.createActor(Square)

        def ask(number: int) -> int:
            """Ask from a thread of its own, so that answers are not mixed up."""
            with system.private() as mine:
                answer: int = mine.ask(actor, number, timeout=10)
                return answer

        with ThreadPoolExecutor(4) as threads:
            print(list(threads.map(ask, range(6))))
    finally:
        system.shutdown()
