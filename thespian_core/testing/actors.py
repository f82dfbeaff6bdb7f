"""The actors that the contract of a system base uses; importable, as actors of many processes must be."""

from __future__ import annotations

import sys
from typing import Any

from thespian_core.addresses import ActorAddress
from thespian_core.api.actor import Actor
from thespian_core.api.requiring import requireCapability
from thespian_core.messages import ActorExitRequest, ActorSystemMessage, ChildActorExited, PoisonMessage
from thespian_core.testing.doer import Doer


class Quiet(Actor):
    """Answers what is no system message with itself."""

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Answer."""
        if not issubclass(type(message), ActorSystemMessage):
            self.send(sender, message)


class Knowing(Actor):
    """Answers with what its ``__init__`` was given."""

    def __init__(self, requirements: Any, capabilities: dict[str, Any]) -> None:
        self.given = (capabilities["Thespian Generation"], requirements)

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Answer."""
        if not issubclass(type(message), ActorSystemMessage):
            self.send(sender, self.given)


class KnowingRequirements(Actor):
    """Answers with the requirements alone."""

    def __init__(self, requirements: Any) -> None:
        self.given = requirements

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Answer."""
        if not issubclass(type(message), ActorSystemMessage):
            self.send(sender, ("requirements", self.given))


class NeedsMore(Quiet):
    """Has an ``__init__`` that nobody can satisfy."""

    def __init__(self, more: Any) -> None:
        self.more = more


class FailsToBegin(Quiet):
    """Raises in ``__init__``."""

    def __init__(self) -> None:
        raise ValueError("cannot begin")


class LeavesAtOnce(Quiet):
    """Raises SystemExit in ``__init__``."""

    def __init__(self) -> None:
        sys.exit(3)


class ActsTooEarly(Quiet):
    """Wants its address before it has one."""

    def __init__(self) -> None:
        self.early = self.myAddress


class LastWords(Doer):
    """Writes a line to a file when it is asked to exit, then fails if that is wanted."""

    def do_last_words(
        self, _: ActorAddress, path: str, words: str, then: type[BaseException] | None = None
    ) -> str:
        """Remember what to write, and where."""
        self.path, self.words, self.then = path, words, then
        return "ready"

    def receiveMsg_ActorExitRequest(self, message: ActorExitRequest, sender: ActorAddress) -> None:
        """Write."""
        with open(self.path, "a") as file:
            file.write(self.words + "\n")
        if self.then is not None:
            raise self.then("last words")


class LeavesChildren(Doer):
    """Lets its children live when it exits."""

    def receiveMsg_ActorExitRequest(self, message: ActorExitRequest, sender: ActorAddress) -> None:
        """Keep the children out of it."""
        message.notRecursive()


class Supervisor(Doer):
    """Replaces every child that exits, and creates one more when it is asked to exit itself."""

    def receiveMsg_ActorExitRequest(self, message: ActorExitRequest, sender: ActorAddress) -> None:
        """Create one."""
        self.send(self.createActor(Quiet), "late")

    def receiveMsg_ChildActorExited(self, message: ChildActorExited, sender: ActorAddress) -> None:
        """Create another."""
        self.send(self.createActor(Quiet), "later")


class Relay(Actor):
    """Passes a number on to a partner, one less each time, and tells who waits when it is 0."""

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Pass it on."""
        if isinstance(message, tuple):
            left, partner, waiting = message
            if left == 0:
                self.send(waiting, "done")
            else:
                self.send(partner, (left - 1, self.myAddress, waiting))


class Sink(Actor):
    """Keeps numbers, and answers with them."""

    def __init__(self) -> None:
        self.numbers: list[int] = []

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Keep, or answer."""
        if isinstance(message, int):
            self.numbers.append(message)
        elif message == "numbers?":
            self.send(sender, self.numbers)


@requireCapability("Contract Light")
class NeedsLight(Doer):
    """Needs a capability that counts as true."""


@requireCapability("Contract Light")
@requireCapability("Contract Colour", "yellow")
class NeedsYellowLight(Doer):
    """Needs two capabilities, and asks its creator for something too."""

    @staticmethod
    def actorSystemCapabilityCheck(capabilities: dict[str, Any], requirements: Any) -> bool:
        """Say no when the creator asks for the impossible."""
        return not requirements.get("impossible")


class CannotSay(Quiet):
    """Has a capability check that raises."""

    @staticmethod
    def actorSystemCapabilityCheck(capabilities: dict[str, Any], requirements: Any) -> bool:
        """Raise."""
        raise RuntimeError("cannot say")


class Thorny:
    """A message that refuses to be compared, shown and hashed."""

    def __init__(self, tag: str) -> None:
        self.tag = tag

    def __eq__(self, other: object) -> bool:
        raise ValueError("not to be compared")

    def __str__(self) -> str:
        raise ValueError("not to be told")

    def __repr__(self) -> str:
        raise ValueError("not to be shown")

    def __hash__(self) -> int:
        raise ValueError("not to be hashed")


class FailsOnAll(Actor):
    """Fails on whatever comes, having passed on what it was told to."""

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Fail, unless asked to exit."""
        if isinstance(message, tuple):
            self.send(message[0], message[1])
        if not isinstance(message, ActorExitRequest):
            raise ValueError("fails on all")


class LeavesWhenAsked(Quiet):
    """Has a capability check that wants to end the process."""

    @staticmethod
    def actorSystemCapabilityCheck(capabilities: dict[str, Any], requirements: Any) -> bool:
        """Leave."""
        sys.exit(4)


class Unclear:
    """Has no truth, as an array of numbers has none."""

    def __bool__(self) -> bool:
        raise ValueError("neither yes nor no")


class SaysNothingClear(Quiet):
    """Has a capability check whose answer is neither."""

    @staticmethod
    def actorSystemCapabilityCheck(capabilities: dict[str, Any], requirements: Any) -> Any:
        """Return something without truth."""
        return Unclear()


class Frozen(Quiet):
    """Forbids to set attributes."""

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{name} cannot be set")


class Hoarder(Doer):
    """Uses names that a system might be tempted to use itself."""

    def __init__(self) -> None:
        super().__init__()
        self._cell = self._found = self._host = self._address = self._handlers = ()

    def receiveMsg_str(self, message: str, sender: ActorAddress) -> None:
        """Answer."""
        self.send(sender, message)


class Impostor(Quiet):
    """Makes something else when it is called."""

    def __new__(cls) -> Any:
        return object()


class Awaited(Quiet):
    """Waits for somebody who awaits it."""

    async def receiveMessage(self, message: Any, sender: ActorAddress) -> None:  # type: ignore[override]
        """Answer, if anybody did."""
        self.send(sender, message)


class AwaitedByType(Doer):
    """Has a handler that waits for somebody who awaits it, and one for who takes what it yields."""

    async def receiveMsg_int(self, message: int, sender: ActorAddress) -> None:
        """Answer, if anybody did."""
        self.send(sender, message)

    def receiveMsg_float(self, message: float, sender: ActorAddress) -> Any:
        """Answer, if anybody did."""
        self.send(sender, message)
        yield


class Yields(Quiet):
    """Waits for somebody who takes what it yields."""

    def receiveMessage(self, message: Any, sender: ActorAddress) -> Any:
        """Answer, if anybody did."""
        self.send(sender, message)
        yield


class Liar:
    """A message that says it is of another class, or rather refuses to say it."""

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        raise RuntimeError("not to be classified")

    def __reduce__(self) -> tuple[type[Liar], tuple[()]]:  # pickle would ask for its class
        return Liar, ()


class Unfinished(PoisonMessage):
    """A system message whose ``__init__`` does nothing."""

    def __init__(self) -> None:
        pass


class NonsenseExited(ChildActorExited):
    """A system message that names no child."""

    def __init__(self) -> None:
        super().__init__("nonsense")  # type: ignore[arg-type]
