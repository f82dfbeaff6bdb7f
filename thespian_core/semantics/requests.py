"""What is asked of an admin, and its answers."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from thespian_core.addresses import ActorAddress
from thespian_core.semantics.birth import Refusal

_Self = TypeVar("_Self", bound="_Record")


class _Record:
    """Values under names, equal to others of the same type and values; nobody changes it once it is made.

    Not attrs: every process of a system imports these classes, and attrs takes long to make one.
    """

    __slots__ = ()
    __match_args__: ClassVar[tuple[str, ...]] = ()

    def changed(self: _Self, **values: object) -> _Self:
        """Return a copy with other values under some names."""
        return type(self)(**{name: values.get(name, getattr(self, name)) for name in self.__match_args__})

    def _values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self.__match_args__)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Record) or type(other) is not type(self):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        return hash((type(self), self._values()))

    def __repr__(self) -> str:
        values = zip(self.__match_args__, self._values(), strict=True)
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in values)})"

    def __reduce__(self) -> tuple[type[Any], tuple[Any, ...]]:
        return type(self), self._values()


class Request(_Record):
    """The base of all that an actor or a program asks of the admin of its system."""

    __slots__ = ()


class CreateActor(Request):
    """Create an actor without a parent, or find the one that has the name.

    Args:
        request_id: comes back in the answer.
        actor_class: a class, or its dotted name.
        requirements: for the capability check.
        global_name: the name to find or give, or None.
        source_hash: the loaded source to take the class from, or None.
        report_start: answer when the actor has started or was refused, not when its address is known.
        source_is_inherited: whether it is only the creator's own, so that the class may be from elsewhere.
    """

    __slots__ = __match_args__ = (
        "request_id",
        "actor_class",
        "requirements",
        "global_name",
        "source_hash",
        "report_start",
        "source_is_inherited",
    )

    def __init__(
        self,
        request_id: int,
        actor_class: object,
        requirements: Any = None,
        global_name: str | None = None,
        source_hash: str | None = None,
        report_start: bool = True,
        source_is_inherited: bool = False,
    ) -> None:
        self.request_id = request_id
        self.actor_class = actor_class
        self.requirements = requirements
        self.global_name = global_name
        self.source_hash = source_hash
        self.report_start = report_start
        self.source_is_inherited = source_is_inherited


class UpdateCapability(Request):
    """Set a capability of the system, or remove it when the value is None."""

    __slots__ = __match_args__ = ("name", "value")

    def __init__(self, name: str, value: Any = None) -> None:
        self.name = name
        self.value = value


class HandleDeadLetters(Request):
    """Make the sender the one handler of dead letters, or stop that."""

    __slots__ = __match_args__ = ("start",)

    def __init__(self, start: bool) -> None:
        self.start = start


class NotifyOfMembers(Request):
    """Tell the sender of systems that join or leave the convention, or stop that."""

    __slots__ = __match_args__ = ("start",)

    def __init__(self, start: bool) -> None:
        self.start = start


class ShutDown(Request):
    """End the system and all its actors."""

    __slots__ = ()


class Answer(_Record):
    """The base of an admin's answers; a program's port keeps them apart from its mail.

    Args:
        request_id: of the request.
    """

    __slots__ = __match_args__ = ("request_id",)

    def __init__(self, request_id: int) -> None:
        self.request_id = request_id


class NotDelivered(_Record):
    """A message of a program reached nobody, and nobody handles dead letters; for its port, not its mail.

    Args:
        to: whom it was sent to.
    """

    __slots__ = __match_args__ = ("to",)

    def __init__(self, to: ActorAddress) -> None:
        self.to = to


class ActorCreated(Answer):
    """The actor exists, or will: mail to it is kept for it."""

    __slots__ = ("address",)
    __match_args__ = ("request_id", "address")

    def __init__(self, request_id: int, address: ActorAddress) -> None:
        super().__init__(request_id)
        self.address = address


class CreateFailed(Answer):
    """No actor was created."""

    __slots__ = ("refusal",)
    __match_args__ = ("request_id", "refusal")

    def __init__(self, request_id: int, refusal: Refusal) -> None:
        super().__init__(request_id)
        self.refusal = refusal
