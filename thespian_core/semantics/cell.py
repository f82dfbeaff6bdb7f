"""One actor's cell: what the system keeps of an actor apart from its own code.

States, and what a message does in each:

========== ============================ ================== ================== ==========
state      ActorExitRequest             ChildActorExited   status request     other mail
========== ============================ ================== ================== ==========
running    handled once; then exiting   handled            answered           handled
exiting    ignored                      handled            answered           dead
gone       dead                         dead               dead               dead
========== ============================ ================== ================== ==========

A handler that raises is tried once more at once, with the same message object and the same actor
object; then the message goes back as a PoisonMessage. A handler that raises SystemExit ends the actor
there and then. An exiting actor becomes gone when it has no child left. It gets no new ones: its
``createActor`` gives an address, and nothing comes of it; else an actor that replaces its children would
never come to an end.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import Enum
from types import ModuleType
from typing import Any

from thespian_core.addresses import ActorAddress
from thespian_core.messages import ActorExitRequest, ActorSystemMessage, ChildActorExited, PoisonMessage
from thespian_core.onlybegins import finished
from thespian_core.semantics.actorbase import ActorBase
from thespian_core.semantics.birth import Birth, Refused, check_capabilities, find_class, make_instance
from thespian_core.semantics.host import ActorHost
from thespian_core.semantics.requests import (
    CreateActor,
    HandleDeadLetters,
    NotifyOfMembers,
    Request,
    ShutDown,
    UpdateCapability,
)
from thespian_core.status import Thespian_ActorStatus, Thespian_StatusReq
from thespian_core.texts import class_name, cut, told


class State(Enum):
    """Where an actor is in its life."""

    RUNNING = "running"
    EXITING = "exiting"
    GONE = "gone"


class ActorCell:
    """Delivers to one actor, and keeps its family and its state.

    Args:
        actor: the instance of the user's class.
        birth: what it was created from.
        host: carries out what follows.
    """

    def __init__(self, actor: ActorBase, birth: Birth, host: ActorHost) -> None:
        self.actor = actor
        self.birth = birth
        self.address = birth.address
        self.host = host
        #: Sends one message: bound once, since every ``send`` of the actor goes through it.
        self.post = host.post
        self.state = State.RUNNING
        self._running = True
        self._children: dict[Any, ActorAddress] = {}
        self._handled = 0
        self._failures = 0

    @classmethod
    def bring_to_life(
        cls,
        birth: Birth,
        capabilities: Mapping[str, Any],
        host: ActorHost,
        import_module: Callable[[str], ModuleType],
    ) -> ActorCell:
        """Find the class, check the system, make the instance, and give it its cell.

        Raises:
            Refused: it says why; nothing is left of the actor.
        """
        only_in_source = birth.source_hash is not None and not birth.source_is_inherited
        actor_class = find_class(birth.actor_class, import_module, only_in_source)
        check_capabilities(actor_class, capabilities, birth.requirements)
        actor = make_instance(actor_class, capabilities, birth.requirements)
        cell = cls(actor, birth, host)
        object.__setattr__(actor, "_thespian_cell", cell)  # the class may forbid to set attributes
        return cell

    # What the actor itself asks for

    def create_child(
        self, actor_class: object, requirements: Any, global_name: str | None, source_hash: str | None
    ) -> ActorAddress:
        """Create an actor; its address is good at once. A named one is no child of this actor."""
        inherits = not source_hash
        source_hash = source_hash or self.birth.source_hash
        if global_name is not None:
            return self.host.create_named(
                CreateActor(0, actor_class, requirements, global_name, source_hash, False, inherits),
                self.address,
            )
        if self.state is not State.RUNNING:
            self._log("debug", f"exits, and so creates no {class_name(actor_class)}")
            return self.host.mint_nobody()
        child = self.host.mint()
        self._children[child.key] = child
        self.host.start(Birth(child, actor_class, self.address, requirements, None, source_hash, inherits))
        return child

    def wake_after(self, period: timedelta | float, payload: Any) -> None:
        """Have a WakeupMessage sent to this actor by itself."""
        self.host.wake_after(self.address, period, payload)

    def request(self, request: Request) -> None:
        """Ask something of the admin that has no answer."""
        self.host.request(request, self.address)

    def handle_dead_letters(self, start: bool) -> None:
        """Become the handler of dead letters, or stop being it."""
        self.host.request(HandleDeadLetters(start), self.address)

    def notify_of_members(self, start: bool) -> None:
        """Be told of systems that join or leave the convention, or no longer."""
        self.host.request(NotifyOfMembers(start), self.address)

    def update_capability(self, name: str, value: Any) -> None:
        """Change what the system offers."""
        self.host.request(UpdateCapability(name, value), self.address)

    def shut_system_down(self) -> None:
        """End the system."""
        self.host.request(ShutDown(), self.address)

    # What happens to the actor

    def receive(self, message: Any, sender: ActorAddress) -> Any:
        """Deliver one message.

        Returns:
            What the actor's ``receiveMessage`` returned; None when it was not called, or failed.

        Raises:
            BaseException: what is neither an Exception nor SystemExit goes through, as Ctrl-C does; the
                message was returned to its sender first, and the actor can go on.
        """
        # The type is asked, not the object: a message may lie about its class, or raise when asked.
        if self._running and not issubclass(type(message), ActorSystemMessage):
            return self._handle(message, sender)
        return self._receive_special(message, sender)

    def recheck(self, capabilities: dict[str, Any]) -> None:
        """Ask the actor to exit when the system's new capabilities no longer suit it."""
        try:
            check_capabilities(type(self.actor), capabilities, self.birth.requirements)
        except Refused as refused:
            self._log(
                "warning", f"exits, since the capabilities of its system changed: {refused.refusal.reason}"
            )
            self.post(self.address, ActorExitRequest(), self.host.admin)

    def status(self) -> Thespian_ActorStatus:
        """Return the answer to a status request."""
        status = Thespian_ActorStatus(
            self.address,
            class_name(type(self.actor)),
            self.host.admin,
            self.birth.parent,
            self.birth.source_hash,
            self.state is not State.RUNNING,
        )
        status.childActors = list(self._children.values())
        status.miscKeyVals = {
            "Actor.Message Received.Total": self._handled,
            "Actor.Message Received.Failed": self._failures,
        }
        self.host.complete_status(status)
        return status

    def _receive_special(self, message: Any, sender: ActorAddress) -> Any:
        kind = type(message)
        if self.state is State.GONE:
            self.host.undeliverable(self.address, message, sender)
        elif issubclass(kind, Thespian_StatusReq):
            self.post(sender, self.status(), self.address)
        elif issubclass(kind, ActorExitRequest):
            if self.state is State.RUNNING:
                self._exit(message, sender)
        elif issubclass(kind, ChildActorExited):
            child = message.childAddress
            if isinstance(child, ActorAddress):  # anybody may send such a message
                self._children.pop(child.key, None)
            try:
                return self._handle(message, sender)
            finally:
                if self.state is State.EXITING:
                    self._end_when_alone()
        elif self.state is State.EXITING:
            self.host.undeliverable(self.address, message, sender)
        else:
            return self._handle(message, sender)
        return None

    def _handle(self, message: Any, sender: ActorAddress) -> Any:
        self._handled += 1
        try:
            result = self.actor.receiveMessage(message, sender)
            return result if result is None else finished(result)
        except BaseException as why:
            failure = why
        # Outside the except clause: the second traceback shall not drag the first one along.
        if self._must_end(failure, message, sender):
            return None
        what = f"a message of type {type(message).__name__}"
        reason = f"{type(failure).__name__}: {cut(told(failure))}"
        self._log("warning", f"failed on {what} and tries it once more: {reason}")
        try:
            return finished(self.actor.receiveMessage(message, sender))
        except BaseException as why:
            failure = why
        if not self._must_end(failure, message, sender):
            self._failures += 1
            self._log("error", f"failed twice on {what}, and gives it up", failure)
            self._poison(message, sender, _text(failure))
        del failure  # it holds this frame, and the frame holds it
        return None

    def _must_end(self, failure: BaseException, message: Any, sender: ActorAddress) -> bool:
        if isinstance(failure, Exception):
            return False
        self._failures += 1
        ends = isinstance(failure, SystemExit)
        what = "the actor ended while it handled this message" if ends else "its handler was broken off"
        self._poison(message, sender, f"{what}\n{_text(failure)}")
        if not ends:
            raise failure
        self._log("error", f"ended itself on a message of type {type(message).__name__}", failure)
        self._end(abruptly=True)
        return True

    def _poison(self, message: Any, sender: ActorAddress, details: str) -> None:
        if not issubclass(type(message), PoisonMessage):  # else two failing actors would play ball for ever
            self.post(sender, PoisonMessage(message, details), self.address)

    # Exit

    def _exit(self, request: ActorExitRequest, sender: ActorAddress) -> None:
        self.state = State.EXITING
        self._running = False
        self._handled += 1
        try:
            finished(self.actor.receiveMessage(request, sender))
        except (Exception, SystemExit) as failure:
            self._failures += 1
            self._log("error", "failed on its exit request, and exits all the same", failure)
        finally:  # Ctrl-C goes through, but does not leave the actor half way
            if not request.isRecursive:
                self._children.clear()
            for child in list(self._children.values()):
                self.post(child, ActorExitRequest(), self.address)
            self._end_when_alone()

    def _end_when_alone(self) -> None:
        if not self._children:
            self._end(abruptly=False)

    def _end(self, abruptly: bool) -> None:
        if self.state is not State.GONE:
            self.state = State.GONE
            self._running = False
            self.host.ended(self.birth, abruptly)

    def _log(self, level: Any, text: str, failure: BaseException | None = None) -> None:
        if failure is not None:
            text += f"\n{_text(failure)}"
        self.host.log(level, class_name(type(self.actor)), f"{self.address} {text}")


def _text(failure: BaseException) -> str:
    return cut("".join(traceback.format_exception(type(failure), failure, failure.__traceback__)))
