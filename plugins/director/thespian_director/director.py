"""Director: the actor that keeps the groups of a system running.

It is found, or created, by its global name ``Director``. A message to it is a dictionary with a
``DirectorOp``; an answer is one with ``DirectorResponse`` and ``Success``, and where that is False,
``Error`` says why.

``DefineGroup``
    Says what versions of a ``Group`` that are loaded from now on shall run: ``Actors`` and ``AutoUnload``
    are those of a TLI file. The answer is ``DeclaredGroup``, with ``Group``.

``LoadSource``
    Loads the file ``Source``, a path for the Director's process, as the next version of a ``Group``,
    which is defined. The answer is ``SourceLoading``, with ``Group`` and ``SourceHash``; it comes when
    the system has the source, which is not accepted by then. With a ``Report`` of True, a second one,
    ``SourceLoaded``, comes with the same fields when the version's actors work, or when nothing has come
    of it.

``UnloadSource``
    Unloads the source of ``SourceHash`` and ends the actors of its version. The answer is
    ``SourceUnloaded``, with ``Group`` and ``SourceHash``.

``RetrieveAll``
    The answer is ``AllAddresses``, with ``Groups``: all, or only that of ``Group``, by name. Each has
    ``ActiveHash``; ``Loaded``, the hashes of loaded versions, oldest first; ``Loading``, those of
    versions on their way; and ``Running``, for each loaded hash a list of actors with ``ActorClass``,
    ``Role``, ``ActorAddress`` (None for one that has ended and is not started again) and ``StartTime``, a
    datetime. ``Others`` are loaded sources of no group: where they came from, by hash.

``RetrieveRole``
    The answer is ``RoleAddress``: the actor of an active version, of any ``Group`` or of that one, that
    has this ``Role``, with ``Group``, ``SourceHash``, ``ActorClass``, ``Role``, ``ActorAddress`` and
    ``StartTime``.

``RequestNotification``
    Has no answer now; at the next change, one ``NotificationOfUpdate``.

What is no dictionary is ignored, and an unknown ``DirectorOp`` is logged.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime
from typing import Any

from thespian_core.addresses import ActorAddress
from thespian_core.api.actor import Actor
from thespian_core.messages import (
    ActorExitRequest,
    ChildActorExited,
    LoadedSource,
    PoisonMessage,
    UnloadedSource,
    WakeupMessage,
)
from thespian_core.status import Thespian_ActorStatus, Thespian_StatusReq, Thespian_SystemStatus
from thespian_core.texts import shown, told
from thespian_director.machine.effects import Create, Effect, End, Greet, Log, Read, Send, Unload
from thespian_director.machine.groups import Groups

DIRECTOR_NAME = "Director"

_log = logging.getLogger("thespian.director")


class Greeting(Thespian_StatusReq):
    """Asks an actor whether it lives; it comes back, with the reason, from one that could not be created.

    Args:
        to: the actor's address, which the sender of what comes back is not.
    """

    def __init__(self, to: ActorAddress) -> None:
        self.to = to


class Director(Actor):
    """Loads sources as groups, runs their actors, and tells who asks what runs where."""

    def __init__(self) -> None:
        self._groups = Groups()
        self._watches = False
        # Requests that wait until it is known what is loaded; None when it is.
        self._held: list[tuple[Any, ActorAddress]] | None = []
        self._wakes_at: float | None = None

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Handle one message; the module says which there are."""
        if not self._watches:
            self._watches = True
            self.notifyOnSourceAvailability()
            self.send(self.myAddress, Thespian_StatusReq())  # whose answer names the admin
        if self._held is None:
            self._handle(message, sender)
        elif isinstance(message, dict):
            self._held.append((message, sender))
        elif isinstance(message, Thespian_ActorStatus) and sender == self.myAddress:
            self.send(message.adminAddress, Thespian_StatusReq())
        elif isinstance(message, Thespian_SystemStatus):  # it comes behind what the admin said of sources
            held, self._held = self._held, None
            for each in held:
                self._handle(*each)
        else:
            self._handle(message, sender)

    def _handle(self, message: Any, sender: ActorAddress) -> None:
        effects = self._decide(message, sender, time.monotonic())
        # What follows from an effect comes before what followed before.
        while effects:
            effects = [*self._carry_out(effects[0]), *effects[1:]]
        self._be_woken()

    def _decide(self, message: Any, sender: ActorAddress, now: float) -> list[Effect]:
        groups = self._groups
        match message:
            case dict():
                return groups.handle(message, sender, now)
            case LoadedSource():
                return groups.available(message.sourceHash, message.sourceInfo, now)
            case UnloadedSource():
                return groups.unavailable(message.sourceHash, now)
            case ActorExitRequest():
                return groups.close()
            case Thespian_ActorStatus():
                return groups.lives(sender, now)
            case ChildActorExited():
                return groups.exited(message.childAddress, now)
            case PoisonMessage():
                return self._poisoned(message, now)
            case WakeupMessage():
                self._wakes_at = None
                return groups.tick(now)
        return []

    def _poisoned(self, poison: PoisonMessage, now: float) -> list[Effect]:
        lines = told(poison.details).strip().splitlines() or ["for an unknown reason"]
        if isinstance(poison.poisonMessage, Greeting):
            # "Child Aborted: package.module.Class was not created: why"
            why = lines[0].partition("was not created: ")[2] or lines[0]
            return self._groups.failed(poison.poisonMessage.to, why, now)
        return [Log("error", f"an actor failed on {shown(poison.poisonMessage)}: {lines[-1]}")]

    def _carry_out(self, effect: Effect) -> list[Effect]:
        match effect:
            case Send(to=to, message=message):
                self.send(to, message)
            case Greet(to=to):
                self.send(to, Greeting(to))
            case End(to=to):
                self.send(to, ActorExitRequest())
            case Create(run=run):
                address = self.createActor(
                    run.plan.actor_class,
                    globalName=run.plan.global_name,
                    sourceHash=run.version.source_hash,
                )
                return self._groups.created(run, address, datetime.now().astimezone(), time.monotonic())
            case Read():
                return self._read(effect)
            case Unload(source_hash=source_hash):
                self.unloadActorSource(source_hash)
            case Log(level=level, text=text):
                _log.log(logging.getLevelName(level.upper()), "%s", text)
        return []

    def _read(self, effect: Read) -> list[Effect]:
        try:
            source_hash = self.loadActorSource(effect.path)
        except OSError as why:
            return self._groups.unreadable(effect, f"cannot read {effect.path}: {why.strerror or why}")
        except ValueError as why:  # too large; or no path at all, as with a zero in it
            return self._groups.unreadable(effect, f"cannot load {shown(effect.path)}: {why}")
        return self._groups.loading(effect, source_hash, time.monotonic())

    def _be_woken(self) -> None:
        due = self._groups.next_due
        if due is not None and (self._wakes_at is None or due < self._wakes_at):
            self._wakes_at = due
            self.wakeupAfter(max(0.0, due - time.monotonic()))
