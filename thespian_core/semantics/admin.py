"""The admin of a system: who lives, who has which name, who waits for a start, who gets dead letters.

Every event method returns the effects to be carried out, in order. Events:

=================== ==========================================================
``handle``          a request from an actor or a program
``born``            an actor starts an actor of its own (before ``started`` or ``refused``)
``started``         an actor that was to be now lives
``refused``         it could not be created
``ended``           it is gone, asked or not
``undeliverable``   a message has no living target
``shut_down``       the system is to end
=================== ==========================================================

An actor is *starting* from the moment its address exists, then *living*, then forgotten. The system
has ended when it is shutting down and nobody lives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import attrs

from thespian_core.addresses import ActorAddress
from thespian_core.messages import ActorExitRequest, ChildActorExited
from thespian_core.semantics.birth import Birth, Refusal
from thespian_core.semantics.capabilities import update
from thespian_core.semantics.deadletters import DeadLetters
from thespian_core.semantics.requests import (
    ActorCreated,
    CreateActor,
    CreateFailed,
    HandleDeadLetters,
    NotifyOfMembers,
    ShutDown,
    UpdateCapability,
)
from thespian_core.status import Thespian_StatusReq, Thespian_SystemStatus
from thespian_core.texts import class_name, told


@attrs.frozen
class Post:
    """Send a message."""

    to: ActorAddress
    message: Any
    sender: ActorAddress


@attrs.frozen
class Start:
    """Bring an actor to life, then report ``started`` or ``refused``."""

    birth: Birth


@attrs.frozen
class ReturnMail:
    """Send what waits for an actor that could not be created back to its senders, as PoisonMessages."""

    to: ActorAddress
    details: str


@attrs.frozen
class Recheck:
    """Have every actor check itself against the system's new capabilities."""

    capabilities: dict[str, Any]


@attrs.frozen
class Log:
    """Tell the operator."""

    level: str
    text: str


Effect = Post | Start | ReturnMail | Recheck | Log


@attrs.define
class _Life:
    birth: Birth
    living: bool = False
    asked_to_exit: bool = False
    waiting: list[tuple[ActorAddress, int]] = attrs.field(factory=list)


class Admin:
    """The registry and the rules of one system.

    Args:
        address: its own.
        capabilities: what the system offers at first.
        mint: makes the address of an actor that is to be.
        knows_source: whether a source hash is loaded and valid.
    """

    def __init__(
        self,
        address: ActorAddress,
        capabilities: dict[str, Any],
        mint: Callable[[], ActorAddress],
        knows_source: Callable[[str], bool] = lambda _hash: False,
    ) -> None:
        self.address = address
        self.capabilities = capabilities
        self.shutting_down = False
        self._mint = mint
        self._knows_source = knows_source
        self._lives: dict[Any, _Life] = {}
        self._names: dict[str, ActorAddress] = {}
        self._dead_letters = DeadLetters()
        self._told_of_members: dict[Any, ActorAddress] = {}

    @property
    def ended_all(self) -> bool:
        """Whether the system was shut down and nobody lives."""
        return self.shutting_down and not self._lives

    def handle(self, request: object, sender: ActorAddress) -> list[Effect]:
        """Carry out what an actor or a program asks; what is no request is dropped."""
        match request:
            case CreateActor():
                return self._create(request, sender)
            case HandleDeadLetters(start=start):
                self._dead_letters.register(sender, start)
            case UpdateCapability(name=name, value=value):
                if update(self.capabilities, name, value):
                    return [Recheck(dict(self.capabilities))]
            case NotifyOfMembers(start=True):
                self._told_of_members[sender.key] = sender
            case NotifyOfMembers():
                self._told_of_members.pop(sender.key, None)
            case ShutDown():
                return self.shut_down()
            case Thespian_StatusReq():
                return [Post(sender, self.status(), self.address)]
        return []

    def born(self, birth: Birth) -> list[Effect]:
        """An actor creates an actor, and has minted its address; during a shutdown nothing comes of it."""
        if self.shutting_down:
            return []
        self._lives[birth.address.key] = _Life(birth)
        if refusal := self._refusal(birth):
            return self.refused(birth, refusal)
        return [Start(birth)]

    def started(self, birth: Birth) -> list[Effect]:
        """An actor that was to be now lives."""
        life = self._lives[birth.address.key]
        life.living = True
        effects: list[Effect] = [
            Post(to, ActorCreated(request_id, birth.address), self.address) for to, request_id in life.waiting
        ]
        life.waiting.clear()
        return effects + (self._ask_to_exit() if self.shutting_down else [])

    def refused(self, birth: Birth, refusal: Refusal) -> list[Effect]:
        """An actor could not be created: whoever waits for it is told, and its mail goes back."""
        life = self._lives.pop(birth.address.key)
        self._free_name(birth)
        text = f"{refusal.actor_class} was not created: {refusal.reason}"
        effects: list[Effect] = [ReturnMail(birth.address, f"Child Aborted: {text}")]
        for to, request_id in life.waiting:
            effects.append(Post(to, CreateFailed(request_id, refusal), self.address))
        if birth.parent is not None:
            effects.append(Post(birth.parent, ChildActorExited(birth.address), birth.address))
        if not life.waiting:  # nobody else says so
            effects.append(Log("error", f"{birth.address} {text}"))
        return effects

    def ended(self, birth: Birth, abruptly: bool) -> list[Effect]:
        """An actor is gone. Abruptly: it could not ask its children to exit, so this does."""
        self._lives.pop(birth.address.key, None)
        self._free_name(birth)
        self._told_of_members.pop(birth.address.key, None)
        self._dead_letters.register(birth.address, start=False)
        effects: list[Effect] = []
        if birth.parent is not None and birth.parent.key in self._lives:
            effects.append(Post(birth.parent, ChildActorExited(birth.address), birth.address))
        if abruptly:
            effects += self._exit_requests(
                life for life in self._lives.values() if life.birth.parent == birth.address
            )
        return effects + (self._ask_to_exit() if self.shutting_down else [])

    def undeliverable(self, to: ActorAddress, message: Any, sender: ActorAddress) -> list[Effect]:
        """Send a message that has no living target to the handler of dead letters, if there is one."""
        letter = self._dead_letters.envelope(to, message)
        return [] if letter is None else [Post(letter[0], letter[1], sender)]

    def shut_down(self) -> list[Effect]:
        """End the system: ask everybody who has no living parent to exit, and with them their families."""
        self.shutting_down = True
        return self._ask_to_exit()

    def status(self) -> Thespian_SystemStatus:
        """Return the answer to a status request, without what only the base knows."""
        status = Thespian_SystemStatus(self.address)
        status.capabilities = dict(self.capabilities)
        status.inShutdown = self.shutting_down
        status.childActors = [
            life.birth.address for life in self._lives.values() if life.birth.parent is None
        ]
        status.notifyAddresses = list(self._told_of_members.values())
        status.deadLetterHandler = self._dead_letters.handler
        status.globalActors = dict(self._names)
        status.miscKeyVals = {
            "Admin Actors Living": len(self._lives),
            "Admin Dead Letters.Total": self._dead_letters.count,
        }
        return status

    def _create(self, request: CreateActor, sender: ActorAddress) -> list[Effect]:
        name = request.global_name
        if name is not None and name in self._names:
            return self._tell_when_started(self._lives[self._names[name].key], request, sender)
        birth = Birth(
            self._mint(), request.actor_class, None, request.requirements, name, request.source_hash
        )
        life = self._lives[birth.address.key] = _Life(birth)
        if name is not None:
            self._names[name] = birth.address
        answers = self._tell_when_started(life, request, sender)
        if refusal := self._refusal(birth):
            return answers + self.refused(birth, refusal)
        return [*answers, Start(birth)]

    def _tell_when_started(self, life: _Life, request: CreateActor, sender: ActorAddress) -> list[Effect]:
        if request.report_start and not life.living:
            life.waiting.append((sender, request.request_id))
            return []
        return [Post(sender, ActorCreated(request.request_id, life.birth.address), self.address)]

    def _refusal(self, birth: Birth) -> Refusal | None:
        if self.shutting_down:
            return Refusal("shutdown", class_name(birth.actor_class), "the actor system is shutting down")
        if birth.source_hash is not None and not self._knows_source(birth.source_hash):
            return Refusal("source", class_name(birth.actor_class), told(birth.source_hash))
        return None

    def _free_name(self, birth: Birth) -> None:
        if birth.global_name is not None and self._names.get(birth.global_name) == birth.address:
            del self._names[birth.global_name]

    def _ask_to_exit(self) -> list[Effect]:
        return self._exit_requests(
            life
            for life in self._lives.values()
            if life.birth.parent is None or life.birth.parent.key not in self._lives
        )

    def _exit_requests(self, lives: Iterable[_Life]) -> list[Effect]:
        effects: list[Effect] = []
        for life in lives:
            if life.living and not life.asked_to_exit:
                life.asked_to_exit = True
                effects.append(Post(life.birth.address, ActorExitRequest(), self.address))
        return effects
