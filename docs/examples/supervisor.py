"""A supervisor that replaces its worker when the worker has ended."""

from __future__ import annotations

from thespian.actors import (
    ActorAddress,
    ActorExitRequest,
    ActorSystem,
    ActorTypeDispatcher,
    ChildActorExited,
)


class Worker(ActorTypeDispatcher):
    """Doubles numbers."""

    def receiveMsg_int(self, number: int, sender: ActorAddress) -> None:
        """Answer with twice the number."""
        self.send(sender, 2 * number)


class Supervisor(ActorTypeDispatcher):
    """Tells who the worker is, and sees to it that there is one."""

    worker: ActorAddress | None = None

    def receiveMsg_str(self, question: str, sender: ActorAddress) -> None:
        """Answer with the address of the worker."""
        if self.worker is None:
            self.worker = self.createActor(Worker)
        self.send(sender, self.worker)

    def receiveMsg_ChildActorExited(self, message: ChildActorExited, sender: ActorAddress) -> None:
        """Replace the worker; when this actor itself exits, nothing comes of it."""
        self.worker = self.createActor(Worker)


if __name__ == "__main__":
    system = ActorSystem("simpleSystemBase")
    try:
        supervisor = system.createActor(Supervisor)
        first = system.ask(supervisor, "worker?", timeout=10)
        print("the first worker says", system.ask(first, 21, timeout=10))

        system.tell(first, ActorExitRequest())
        second = system.ask(supervisor, "worker?", timeout=10)
        print("the second worker says", system.ask(second, 21, timeout=10))
        print("they are the same:", first == second)
    finally:
        system.shutdown()
