"""Says hello: the smallest whole program."""

from thespian.actors import Actor, ActorAddress, ActorSystem


class Hello(Actor):
    def receiveMessage(self, message: object, sender: ActorAddress) -> None:
        if isinstance(message, str):
            self.send(sender, f"Hello, {message}!")


if __name__ == "__main__":
    system = ActorSystem("simpleSystemBase")
    print(system.ask(system.createActor(Hello), "world", timeout=10))
    system.shutdown()
