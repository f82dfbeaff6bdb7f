"""The messages that the actor system itself sends or understands.

Longer than 300 lines because whoever writes an actor reads about them in one place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from thespian_core.addresses import ActorAddress
from thespian_core.publicly import public
from thespian_core.texts import shown, told


@public
class ActorSystemMessage:
    """The base of all messages between the actor system and actors."""

    def __str__(self) -> str:
        return type(self).__name__


@public
class ActorExitRequest(ActorSystemMessage):
    """Asks an actor to end; it may prepare itself, but cannot refuse.

    Args:
        recursive: whether the actor's children shall end with it.
    """

    _recursive = True  # for classes derived from this one whose __init__ does not call this one's

    def __init__(self, recursive: bool = True) -> None:
        self._recursive = recursive

    @property
    def isRecursive(self) -> bool:
        """Whether the actor's children shall end with it."""
        return self._recursive

    def notRecursive(self) -> None:
        """Let the children live on, without a parent."""
        self._recursive = False

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ActorExitRequest)

    def __hash__(self) -> int:
        return hash(ActorExitRequest)


@public
class ChildActorExited(ActorSystemMessage):
    """Tells a parent that one of its children has ended, however it ended."""

    def __init__(self, exitedChildAddress: ActorAddress) -> None:
        self._child = exitedChildAddress

    @property
    def childAddress(self) -> ActorAddress:
        """The child that ended; the sender of this message may be another."""
        return self._child

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ChildActorExited) and self._child == other._child

    def __hash__(self) -> int:
        return hash((ChildActorExited, self._child))

    def __str__(self) -> str:
        return f"ChildActorExited:{self._child}"


@public
class PoisonMessage(ActorSystemMessage):
    """Brings a message back to its sender: the actor it was sent to failed on it, twice.

    Args:
        poison: the message that was sent.
        details: the traceback, or what else went wrong, as text.
    """

    _poison: Any = None
    _details: str | None = None

    def __init__(self, poison: Any, details: str | None = None) -> None:
        self._poison = poison
        self._details = details

    @property
    def poisonMessage(self) -> Any:
        """The message that was sent."""
        return self._poison

    @property
    def details(self) -> str | None:
        """The traceback, or what else went wrong, as text."""
        return self._details

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PoisonMessage) and bool(self._poison == other._poison)

    __hash__ = None  # type: ignore[assignment]  # equality is the poison's, which may have no hash

    def __str__(self) -> str:
        return f"Poison<{told(self._poison)}>" + (f": {self._details}" if self._details else "")


@public
class WakeupMessage(ActorSystemMessage):
    """Tells an actor that a period it asked for with ``wakeupAfter`` is over.

    Attributes:
        delayPeriod: the period as it was given, a timedelta or a number of seconds.
        payload: what was given with it.
    """

    def __init__(self, delayPeriod: timedelta | float, payload: Any = None) -> None:
        self.delayPeriod = delayPeriod
        self.payload = payload

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, WakeupMessage)
            and self.delayPeriod == other.delayPeriod
            and bool(self.payload == other.payload)
        )

    __hash__ = None  # type: ignore[assignment]  # equality is the payload's, which may have no hash

    def __str__(self) -> str:
        payload = "" if self.payload is None else f" ({told(self.payload)})"
        return f"WakeupMessage {self.delayPeriod}{payload}"


@public
class DeadEnvelope(ActorSystemMessage):
    """Brings the registered handler a message that could not be delivered.

    Attributes:
        deadAddress: the address it was sent to.
        deadMessage: the message.
    """

    def __init__(self, origTgt: ActorAddress, origMsg: Any) -> None:
        self.deadAddress = origTgt
        self.deadMessage = origMsg

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, DeadEnvelope)
            and self.deadAddress == other.deadAddress
            and bool(self.deadMessage == other.deadMessage)
        )

    __hash__ = None  # type: ignore[assignment]  # equality is the message's, which may have no hash

    def __str__(self) -> str:
        inside = "itself" if self.deadMessage is self else told(self.deadMessage)
        return f"DeadEnvelope to {self.deadAddress}: {inside}"


@public
class ActorSystemConventionUpdate(ActorSystemMessage):
    """Tells a registered actor that another system joined or left the convention."""

    def __init__(
        self, adminAddress: ActorAddress, capabilities: Mapping[str, Any] | None = None, added: bool = True
    ) -> None:
        self._admin = adminAddress
        self._capabilities = dict(capabilities or {})
        self._added = added

    @property
    def remoteAdminAddress(self) -> ActorAddress:
        """The admin of the other system."""
        return self._admin

    @property
    def remoteCapabilities(self) -> dict[str, Any]:
        """What the other system offers."""
        return self._capabilities

    @property
    def remoteAdded(self) -> bool:
        """True when it joined, False when it left or fell silent."""
        return self._added

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, ActorSystemConventionUpdate)
            and self._admin == other._admin
            and self._added == other._added
            and bool(self._capabilities == other._capabilities)
        )

    __hash__ = None  # type: ignore[assignment]  # the capabilities are a dict

    def __str__(self) -> str:
        return (
            f"ActorSystemConventionUpdate {self._admin} {'added' if self._added else 'removed'} "
            f"with {told(self._capabilities)}"
        )


class _SourceNotice(ActorSystemMessage):
    def __init__(self, sourceHash: str, sourceInfo: Any) -> None:
        self.sourceHash = sourceHash
        self.sourceInfo = sourceInfo

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _SourceNotice) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.sourceHash} {told(self.sourceInfo)}"


@public
class LoadedSource(_SourceNotice):
    """Tells a registered actor that a source can be used from now on."""


@public
class UnloadedSource(_SourceNotice):
    """Tells a registered actor that a source can no longer be used, or that a load came to nothing."""


@public
class ValidateSource(ActorSystemMessage):
    """Asks the Source Authority whether a source may be used; data of None means it was unloaded."""

    def __init__(self, sourceHash: str, sourceData: bytes | None, sourceInfo: Any = None) -> None:
        self.sourceHash = sourceHash
        self.sourceData = sourceData
        self.sourceInfo = sourceInfo

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ValidateSource) and self.sourceHash == other.sourceHash

    def __hash__(self) -> int:
        return hash((ValidateSource, self.sourceHash))

    def __str__(self) -> str:
        return f"ValidateSource {self.sourceHash} {told(self.sourceInfo)}"


@public
class ValidatedSource(ActorSystemMessage):
    """The Source Authority's answer: the usable zip file, or nothing when the source is rejected."""

    def __init__(self, sourceHash: str, sourceZip: bytes | None, sourceInfo: Any = None) -> None:
        self.sourceHash = sourceHash
        self.sourceZip = sourceZip
        self.sourceInfo = sourceInfo

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ValidatedSource) and self.sourceHash == other.sourceHash

    def __hash__(self) -> int:
        return hash((ValidatedSource, self.sourceHash))

    def __str__(self) -> str:
        return f"ValidatedSource {self.sourceHash} {told(self.sourceInfo)}"


@public
class WatchMessage(ActorSystemMessage):
    """Tells an actor which of the files it watches can be read.

    Attributes:
        ready: the readable file numbers.
    """

    def __init__(self, ready: list[int]) -> None:
        self.ready = ready

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WatchMessage) and self.ready == other.ready

    __hash__ = None  # type: ignore[assignment]  # ``ready`` is a list

    def __str__(self) -> str:
        return f"WatchMessage {self.ready}"


@public
class ThespianWatch:
    """Returned (never sent) by ``receiveMessage``: wake me when one of these files can be read.

    Attributes:
        filenos: the file numbers to watch until the next message; what is no list is a TypeError.
    """

    def __init__(self, filenos: list[int]) -> None:
        if not isinstance(filenos, Iterable):
            raise TypeError(f"ThespianWatch takes a list of file numbers, not {shown(filenos)}")
        self.filenos = filenos

    def __str__(self) -> str:
        return f"ThespianWatch {self.filenos}"
