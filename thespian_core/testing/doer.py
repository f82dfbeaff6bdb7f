"""Doer, the actor of the contract tests that does what a message says, and tells what it saw."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import attrs

from thespian_core.addresses import ActorAddress
from thespian_core.api.dispatcher import ActorTypeDispatcher
from thespian_core.messages import (
    ActorSystemMessage,
    ChildActorExited,
    DeadEnvelope,
    LoadedSource,
    PoisonMessage,
    UnloadedSource,
    WakeupMessage,
)


@attrs.frozen
class Do:
    """Ask a :class:`Doer` to do something."""

    what: str
    args: tuple[Any, ...] = ()


def do(what: str, *args: Any) -> Do:
    """Return the message that makes a :class:`Doer` call its method ``what``."""
    return Do(what, args)


class Doer(ActorTypeDispatcher):
    """Does what a message says with the actor API, keeps what it sees, and tells on request."""

    def __init__(self) -> None:
        self.seen: list[Any] = []
        self.report_to: ActorAddress | None = None

    def receiveMsg_Do(self, message: Do, sender: ActorAddress) -> None:
        """Carry out an order, and answer with the result unless there is none to tell."""
        result = getattr(self, f"do_{message.what}")(sender, *message.args)
        if result is not None:
            self.send(sender, result)

    def receiveMsg_object(self, message: Any, sender: ActorAddress) -> None:
        """Keep what comes, and pass it on to who wants to know."""
        self.seen.append((message, sender))
        if self.report_to is not None:
            self.send(self.report_to, ("seen", _telling(message)))

    def do_report(self, sender: ActorAddress) -> str:
        """From now on tell the sender what comes."""
        self.report_to = sender
        return "will report"

    def do_seen(self, _: ActorAddress) -> list[Any]:
        """Return what came so far, as it can be told."""
        return [_telling(message) for message, _sender in self.seen]

    def do_create(self, _: ActorAddress, *args: Any) -> ActorAddress:
        """Create an actor."""
        return self.createActor(*args)

    def do_create_and_send(self, _: ActorAddress, what: Any, *messages: Any) -> ActorAddress:
        """Create an actor, and send to it before it can have started."""
        child = self.createActor(what)
        for message in messages:
            self.send(child, message)
        return child

    def do_create_from_and_send(self, _: ActorAddress, source_hash: str, message: Any) -> ActorAddress:
        """Create a Doer from a loaded source, and send to it before it can have started."""
        child = self.createActor(Doer, sourceHash=source_hash)
        self.send(child, message)
        return child

    def do_create_and_leave(self, sender: ActorAddress, what: Any) -> None:
        """Create an actor, tell its address, and end before it can have started."""
        self.send(sender, self.createActor(what))
        raise SystemExit

    def do_sender(self, sender: ActorAddress) -> ActorAddress:
        """Tell who asks where it is."""
        return sender

    def do_pass_on(self, _: ActorAddress, to: Any, message: Any) -> None:
        """Send a message as this actor."""
        self.send(to, message)

    def do_answer(self, sender: ActorAddress, message: Any) -> None:
        """Send a message back, whatever it is."""
        self.send(sender, message)

    def do_try_to_send(self, _: ActorAddress, to: Any) -> str:
        """Send to what may be no address, and return what was raised."""
        try:
            self.send(to, "hello")
        except Exception as why:
            return f"{type(why).__name__}: {why}"
        return "nothing was raised"

    def do_wake(self, _: ActorAddress, period: timedelta | float, payload: Any = None) -> str:
        """Ask for a wake-up."""
        self.wakeupAfter(period, payload)
        return "asked"

    def do_wake_all(self, _: ActorAddress, *periods: float) -> str:
        """Ask for several wake-ups, each with its period as payload."""
        for period in periods:
            self.wakeupAfter(period, period)
        return "asked"

    def do_try_to_wake(self, _: ActorAddress, period: Any) -> str:
        """Ask for a wake-up after what may be no period, and return what was raised."""
        try:
            self.wakeupAfter(period)
        except Exception as why:
            return f"{type(why).__name__}: {why}"
        return "nothing was raised"

    def do_name(self, _: ActorAddress) -> tuple[Any, ActorAddress, str]:
        """Return this actor's global name, address and text."""
        return (self.globalName, self.myAddress, str(self))

    def do_dead_letters(self, _: ActorAddress, start: bool = True) -> str:
        """Handle dead letters, or stop it."""
        self.handleDeadLetters(start)
        return "asked"

    def do_load(self, _: ActorAddress, path: str) -> str:
        """Load a source, and return its hash."""
        return self.loadActorSource(path)

    def do_unload(self, _: ActorAddress, source_hash: str) -> str:
        """Unload a source."""
        self.unloadActorSource(source_hash)
        return "asked"

    def do_notify_of_sources(self, _: ActorAddress, enable: bool = True) -> str:
        """Be told of sources, or no longer."""
        self.notifyOnSourceAvailability(enable)
        return "asked"

    def do_capability(self, _: ActorAddress, name: str, value: Any = None) -> str:
        """Update a capability."""
        self.updateCapability(name, value)
        return "asked"

    def do_create_and_update(self, _: ActorAddress, what: Any, name: str, value: Any) -> ActorAddress:
        """Create an actor, and update a capability before it can have started."""
        child = self.createActor(what)
        self.updateCapability(name, value)
        return child

    def do_shut_down(self, _: ActorAddress) -> None:
        """End the system."""
        self.actorSystemShutdown()

    def do_send_from_a_thread(self, sender: ActorAddress) -> None:
        """Answer from another thread, which has ended when this returns."""
        thread = threading.Thread(target=self.send, args=(sender, "from a thread"))
        thread.start()
        thread.join()

    def do_fail(self, _: ActorAddress, error: type[BaseException] = ValueError) -> None:
        """Raise."""
        raise error("as was asked")

    def do_count_and_fail(self, _: ActorAddress) -> None:
        """Raise, having counted the try."""
        self.seen.append(("tried", None))
        raise ValueError("as was asked")

    def do_fail_once(self, _: ActorAddress) -> str | None:
        """Raise at the first try only."""
        if ("tried", None) in self.seen:
            return "worked"
        self.seen.append(("tried", None))
        raise ValueError("as was asked")


def _telling(message: Any) -> Any:
    kind = type(message)  # what comes may lie about its class
    if issubclass(kind, PoisonMessage):
        return ("poison", _telling(message.poisonMessage), message.details or "")
    if issubclass(kind, ChildActorExited):
        return ("child exited", message.childAddress)
    if issubclass(kind, WakeupMessage):
        return ("wakeup", message.delayPeriod, message.payload)
    if issubclass(kind, DeadEnvelope):
        return ("dead", message.deadAddress, _telling(message.deadMessage))
    if issubclass(kind, (LoadedSource, UnloadedSource)):
        return (kind.__name__, message.sourceHash, message.sourceInfo)
    return kind.__name__ if issubclass(kind, ActorSystemMessage) else message
