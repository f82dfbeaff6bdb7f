"""The admin of a system: who lives, who has which name, who waits for a start, who gets dead letters.

Every event method returns the effects to be carried out, in order. Events:

=================== ==========================================================
``begin``           the system starts
``handle``          a request from an actor or a program
``born``            an actor starts an actor of its own
``adopted``         an actor has started an actor of its own, in a process
``objection``       an actor's turn to start has come: may it?
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

from thespian_core.addresses import ActorAddress
from thespian_core.messages import ActorExitRequest, ChildActorExited, ValidatedSource
from thespian_core.semantics.birth import Birth, Refusal
from thespian_core.semantics.capabilities import update
from thespian_core.semantics.deadletters import DeadLetters
from thespian_core.semantics.effects import Effect, Log, Post, Recheck, ReturnMail, Start
from thespian_core.semantics.requests import (
    ActorCreated,
    CreateActor,
    CreateFailed,
    HandleDeadLetters,
    NotifyOfMembers,
    Request,
    ShutDown,
    UpdateCapability,
)
from thespian_core.semantics.sourcedesk import SourceDesk
from thespian_core.semantics.sourcerequests import SourceRequest
from thespian_core.status import Thespian_StatusReq, Thespian_SystemStatus
from thespian_core.texts import class_name, told


class _Life:
    def __init__(self, birth: Birth, living: bool = False) -> None:
        self.birth = birth
        self.living = living
        self.must_exit = False
        self.children: dict[Any, _Life] = {}
        self.waiting: list[tuple[ActorAddress, int]] = []


class Admin:
    """The registry and the rules of one system.

    Args:
        address: its own.
        capabilities: what the system offers at first.
        mint: makes the address of an actor that is to be.
        problem_with: says why bytes are no usable source, or None.
        source_authority: the name of the plugin that decides about sources at first, or None for none.

    Attributes:
        sources: of the system; its ``tick`` gives effects too.
    """

    def __init__(
        self,
        address: ActorAddress,
        capabilities: dict[str, Any],
        mint: Callable[[], ActorAddress],
        problem_with: Callable[[bytes], str | None] = lambda _data: None,
        source_authority: str | None = None,
    ) -> None:
        self.address = address
        self.capabilities = capabilities
        self.shutting_down = False
        self._mint = mint
        self._desk = SourceDesk(address, problem_with, source_authority)
        self.sources = self._desk.sources
        self._lives: dict[Any, _Life] = {}
        self._names: dict[str, ActorAddress] = {}
        self._dead_letters = DeadLetters()
        self._told_of_members: dict[Any, ActorAddress] = {}

    @property
    def ended_all(self) -> bool:
        """Whether the system was shut down and nobody lives."""
        return self.shutting_down and not self._lives

    def begin(self) -> list[Effect]:
        """The system starts: with the source authority of its choice, if it has one."""
        birth = self._desk.begin(self._mint)
        if birth is None:
            return []
        self._begin(birth)
        return [Start(birth)]

    def handle(self, request: object, sender: ActorAddress) -> list[Effect]:
        """Carry out what an actor or a program asks; what is no request is dropped."""
        if not issubclass(type(request), (Request, Thespian_StatusReq, ValidatedSource)):
            return []
        is_alive = sender.key in self._lives  # what an actor asked for in its last handler comes too late
        match request:
            case CreateActor():
                return self._create(request, sender)
            case HandleDeadLetters(start=start):
                if is_alive:
                    self._dead_letters.register(sender, start)
            case UpdateCapability(name=name, value=value):
                if update(self.capabilities, name, value):
                    return [Recheck(dict(self.capabilities))]
            case NotifyOfMembers(start=True):
                if is_alive:
                    self._told_of_members[sender.key] = sender
            case NotifyOfMembers():
                self._told_of_members.pop(sender.key, None)
            case SourceRequest() | ValidatedSource():
                return self._desk.handle(request, sender, is_alive)
            case ShutDown():
                return self.shut_down()
            case Thespian_StatusReq():
                return [Post(sender, self.status(), self.address)]
        return []

    def born(self, birth: Birth) -> list[Effect]:
        """An actor creates an actor, and has minted its address; during a shutdown nothing comes of it."""
        if self.shutting_down:
            return []
        self._begin(birth)
        return self._desk.start(birth, self._objected)

    def adopted(self, birth: Birth) -> None:
        """An actor's process was started by its creator already; during a shutdown it exits when it lives."""
        self._begin(birth)

    def objection(self, birth: Birth) -> Refusal | None:
        """Say why an actor must not be started, if so; to be asked when its turn to start has come."""
        if self.shutting_down:
            return Refusal("shutdown", class_name(birth.actor_class), "the actor system is shutting down")
        if birth.source_hash is not None and self.sources.data(birth.source_hash) is None:
            return Refusal("source", class_name(birth.actor_class), told(birth.source_hash))
        return None

    def started(self, birth: Birth) -> list[Effect]:
        """An actor that was to be now lives."""
        life = self._lives[birth.address.key]
        life.living = True
        effects: list[Effect] = [
            Post(to, ActorCreated(request_id, birth.address), self.address) for to, request_id in life.waiting
        ]
        life.waiting.clear()
        if life.must_exit or self.shutting_down:
            life.must_exit = True
            effects.append(self._exit_request(life))
        return effects

    def refused(self, birth: Birth, refusal: Refusal) -> list[Effect]:
        """An actor could not be created: whoever waits for it is told, and its mail goes back."""
        life = self._forget(birth)
        forgotten, _ = self._desk.ended(birth.address, had_started=False)
        effects: list[Effect] = [ReturnMail(birth.address, f"Child Aborted: {refusal.text}")]
        for to, request_id in life.waiting:
            effects.append(Post(to, CreateFailed(request_id, refusal), self.address))
        if birth.parent is not None:
            effects.append(Post(birth.parent, ChildActorExited(birth.address), birth.address))
        if not life.waiting:  # nobody else says so
            effects.append(Log("error", f"{birth.address} {refusal.text}"))
        return effects + forgotten

    def ended(self, birth: Birth, abruptly: bool) -> list[Effect]:
        """An actor is gone. Abruptly: it could not ask its children to exit, so this does."""
        life = self._forget(birth)
        self._told_of_members.pop(birth.address.key, None)
        self._dead_letters.ended(birth.address)
        effects: list[Effect] = []
        if birth.parent is not None and birth.parent.key in self._lives:
            effects.append(Post(birth.parent, ChildActorExited(birth.address), birth.address))
        if abruptly or self.shutting_down:
            effects += self._exit_requests(life.children.values())
        forgotten, again = self._desk.ended(birth.address)
        return effects + forgotten + (self.begin() if again else [])

    def undeliverable(self, to: ActorAddress, message: Any, sender: ActorAddress) -> list[Effect]:
        """Send a message that has no living target to the handler of dead letters, if there is one."""
        letter = self._dead_letters.envelope(to, message)
        return [] if letter is None else [Post(letter[0], letter[1], sender)]

    @property
    def dead_letter_handler(self) -> ActorAddress | None:
        """Who gets dead letters now."""
        return self._dead_letters.handler

    def count_dead_letters(self, number: int) -> None:
        """So many messages had no living target; whoever sent them deals with them."""
        self._dead_letters.count += number

    def living(self) -> list[ActorAddress]:
        """Return the addresses of all actors that have started and not ended."""
        return [life.birth.address for life in self._lives.values() if life.living]

    def shut_down(self) -> list[Effect]:
        """End the system: ask everybody who has no living parent to exit, and with them their families."""
        self.shutting_down = True
        asked = self._exit_requests(
            life
            for life in self._lives.values()
            if life.birth.parent is None or life.birth.parent.key not in self._lives
        )
        return asked + self._desk.close()

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
        status.deadLetterAddresses = list(self._dead_letters.addresses)
        status.globalActors = dict(self._names)
        status.sourceAuthority = self.sources.authority
        status.loadedSources = self.sources.valid
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
            self._mint(),
            request.actor_class,
            None,
            request.requirements,
            name,
            request.source_hash,
            request.source_is_inherited,
        )
        life = self._begin(birth)
        if name is not None:
            self._names[name] = birth.address
        return [*self._tell_when_started(life, request, sender), *self._desk.start(birth, self._objected)]

    def _objected(self, birth: Birth) -> list[Effect]:
        objection = self.objection(birth)
        return [] if objection is None else self.refused(birth, objection)

    def _tell_when_started(self, life: _Life, request: CreateActor, sender: ActorAddress) -> list[Effect]:
        if request.report_start and not life.living:
            life.waiting.append((sender, request.request_id))
            return []
        return [Post(sender, ActorCreated(request.request_id, life.birth.address), self.address)]

    def _begin(self, birth: Birth) -> _Life:
        life = self._lives[birth.address.key] = _Life(birth)
        if birth.parent is not None and birth.parent.key in self._lives:
            self._lives[birth.parent.key].children[birth.address.key] = life
        return life

    def _forget(self, birth: Birth) -> _Life:
        life = self._lives.pop(birth.address.key)
        if birth.parent is not None and birth.parent.key in self._lives:
            del self._lives[birth.parent.key].children[birth.address.key]
        if birth.global_name is not None:
            del self._names[birth.global_name]
        return life

    def _exit_requests(self, lives: Iterable[_Life]) -> list[Effect]:
        effects: list[Effect] = []
        for life in lives:
            if life.living and not life.must_exit:
                effects.append(self._exit_request(life))
            life.must_exit = True  # one that is starting is asked as soon as it lives
        return effects

    def _exit_request(self, life: _Life) -> Post:
        return Post(life.birth.address, ActorExitRequest(), self.address)
