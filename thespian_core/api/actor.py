"""Actor: the class that programs derive their actors from."""

from __future__ import annotations

import logging
from collections.abc import MutableMapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from thespian_core.addresses import ActorAddress
from thespian_core.errors import ActorSystemException, InvalidActorAddress
from thespian_core.publicly import public
from thespian_core.semantics.actorbase import ActorBase
from thespian_core.texts import class_name, shown

if TYPE_CHECKING:
    from thespian_core.semantics.cell import ActorCell

    Logger = logging.LoggerAdapter[logging.Logger]  # at run time it takes no parameter before Python 3.11


@public
class Actor(ActorBase):
    """Derive from this class and override :meth:`receiveMessage`.

    ``__init__`` may declare parameters named ``capabilities`` and ``requirements``: they are given
    what the system offers, and what the creator asked for. No other method of this class works in it.
    """

    _thespian_cell: ActorCell

    #: Optional static method ``(capabilities, requirements) -> bool``: whether the actor can run in a
    #: system of these capabilities. The requirements are ``{}`` when the creator gave none.
    actorSystemCapabilityCheck: ClassVar[Any]

    def receiveMessage(self, message: Any, sender: ActorAddress) -> Any:
        """Handle one message; every actor overrides this.

        An exception is the message's failure, not the actor's: the message is tried once more, then it
        goes back to its sender as a PoisonMessage, and the actor keeps its state.
        """
        raise AssertionError(f"{class_name(type(self))} does not override receiveMessage")

    @property
    def myAddress(self) -> ActorAddress:
        """This actor's own address."""
        return self._thespian_cell.address

    @property
    def globalName(self) -> str | None:
        """The name this actor was created by, or None."""
        return self._thespian_cell.birth.global_name

    def send(self, targetAddr: ActorAddress, msg: Any) -> None:
        """Send a message, without waiting for anything. Any thread of the actor may do it.

        Raises:
            InvalidActorAddress: the target is no address; nothing was sent.
        """
        if not isinstance(targetAddr, ActorAddress):
            raise InvalidActorAddress(shown(targetAddr), "not a valid ActorAddress for sending messages to")
        cell = self._thespian_cell
        cell.post(targetAddr, msg, cell.address)

    def createActor(
        self,
        actorClass: type[Any] | str,
        targetActorRequirements: Any = None,
        globalName: str | None = None,
        sourceHash: str | None = None,
    ) -> ActorAddress:
        """Create a child actor; its address is good at once.

        If the actor cannot be created, this one gets a ChildActorExited, and each message sent to it
        meanwhile comes back as a PoisonMessage whose details say why.

        Args:
            actorClass: a class, or text like ``package.module.Class``.
            targetActorRequirements: given to the class's ``actorSystemCapabilityCheck``.
            globalName: find the actor of this name, or create it. A named actor is nobody's child.
            sourceHash: the loaded source to take the class from; this actor's own by default, and then a
                class that is not in it may come from elsewhere.

        Raises:
            TypeError: ``globalName`` or ``sourceHash`` is no text; nothing was created.
        """
        return self._thespian_cell.create_child(
            actorClass, targetActorRequirements, checked_name(globalName), checked_hash(sourceHash)
        )

    def wakeupAfter(self, timePeriod: timedelta | float, payload: Any = None) -> None:
        """Have a WakeupMessage sent to this actor when the period (timedelta or seconds) is over.

        Any number may be pending. They cannot be cancelled, and are lost when the actor exits.

        Raises:
            TypeError: ``timePeriod`` is neither timedelta nor number.
        """
        self._thespian_cell.wake_after(timePeriod, payload)

    def handleDeadLetters(self, startHandling: bool = True) -> None:
        """Receive what cannot be delivered in this system, as DeadEnvelope; or stop that.

        There is one handler in a system: the last actor that registered.
        """
        self._thespian_cell.handle_dead_letters(bool(startHandling))

    def notifyOnSystemRegistrationChanges(self, startHandling: bool = True) -> None:
        """Receive an ActorSystemConventionUpdate when a system joins or leaves the convention."""
        self._thespian_cell.notify_of_members(bool(startHandling))

    def updateCapability(self, capabilityName: str, capabilityValue: Any = None) -> None:
        """Set a capability of this actor's system, or remove it when the value is None.

        If that changes anything, every actor whose capability check now fails is asked to exit.
        """
        self._thespian_cell.update_capability(checked_capability(capabilityName), capabilityValue)

    def registerSourceAuthority(self) -> None:
        """Become the one who decides about loaded sources: the system's Source Authority.

        From now on this actor gets a ValidateSource for each source that is loaded, and answers its sender
        with a ValidatedSource: with the usable zip file, or with None to reject it. The last actor that
        registers is the authority, instead of a plugin's that the system began with, too.
        """
        from thespian_core.semantics.sourcerequests import RegisterSourceAuthority

        self._thespian_cell.request(RegisterSourceAuthority())

    def notifyOnSourceAvailability(self, enable: bool = True) -> None:
        """Receive a LoadedSource for each source that can be used, now or later, and an UnloadedSource when
        one no longer can or was not accepted; or stop that.
        """
        from thespian_core.semantics.sourcerequests import NotifyOfSources

        self._thespian_cell.request(NotifyOfSources(bool(enable)))

    def loadActorSource(self, fname: Any) -> str:
        """Load a source into this actor's system; see :meth:`ActorSystem.loadActorSource`."""
        from thespian_core.semantics.sourcerequests import LoadSource
        from thespian_core.sources.reading import read_source, source_hash

        data, info = read_source(fname)
        hash_of_it = source_hash(data)
        self._thespian_cell.request(LoadSource(0, hash_of_it, data, info))
        return hash_of_it

    def unloadActorSource(self, sourceHash: str) -> None:
        """Unload a source; see :meth:`ActorSystem.unloadActorSource`. Does not wait."""
        from thespian_core.semantics.sourcerequests import UnloadSource

        self._thespian_cell.request(UnloadSource(checked_text(sourceHash, "sourceHash")))

    def preRegisterRemoteSystem(
        self, remoteAddress: str, remoteCapabilities: MutableMapping[str, Any]
    ) -> None:
        """Invite another system to the convention.

        Raises:
            ActorSystemException: the system base joins no convention.
        """
        _refuse_convention(self, "invite", remoteAddress)

    def deRegisterRemoteSystem(self, remoteAddress: str | ActorAddress) -> None:
        """Drop another system from the convention.

        Raises:
            ActorSystemException: the system base joins no convention.
        """
        _refuse_convention(self, "drop", remoteAddress)

    def actorSystemShutdown(self) -> None:
        """End the whole system that this actor runs in; returns at once."""
        self._thespian_cell.shut_system_down()

    def logger(self, name: str | None = None) -> Logger:
        """Return a logger whose records have this actor's address as ``actorAddress``."""
        return logging.LoggerAdapter(logging.getLogger(name), {"actorAddress": str(self.myAddress)})

    def __str__(self) -> str:
        return f"{{A:{type(self).__name__} @ {self.myAddress}}}"


# Not methods: user classes derive from Actor, and must be free to use any name that is not documented.


def _refuse_convention(actor: Actor, verb: str, other: object) -> None:
    base_name = actor._thespian_cell.host.base_name
    raise ActorSystemException(f"cannot {verb} {shown(other)}: a system on {base_name} joins no convention")


def checked_name(name: object) -> str | None:
    """Return a global name, or None for none.

    Raises:
        TypeError: it is no text.
    """
    if name is not None and not isinstance(name, str):
        raise TypeError(f"globalName is text or None, not {type(name).__name__} ({shown(name)})")
    return None if name is None else _plain(name) or None


def checked_hash(source_hash: object) -> str | None:
    """Return a source's hash, or None for none.

    Raises:
        TypeError: it is no text.
    """
    if source_hash is not None and not isinstance(source_hash, str):
        raise TypeError(
            f"sourceHash is text or None, not {type(source_hash).__name__} ({shown(source_hash)})"
        )
    return None if source_hash is None else _plain(source_hash) or None


def checked_capability(name: object) -> str:
    """Return a capability's name.

    Raises:
        TypeError: it is no text.
    """
    return checked_text(name, "the name of a capability")


def checked_text(text: object, what: str) -> str:
    """Return a text.

    Args:
        text: what was given.
        what: what it is called in the error.

    Raises:
        TypeError: it is no text.
    """
    if not isinstance(text, str):
        raise TypeError(f"{what} is text, not {type(text).__name__} ({shown(text)})")
    return _plain(text)


def _plain(text: str) -> str:
    """Return text as it is, but of no class of the program's, which an admin would not import."""
    return str.__str__(text)
