"""ActorTypeDispatcher: an actor with one method for each type of message."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Final

from thespian_core.addresses import ActorAddress
from thespian_core.api.actor import Actor
from thespian_core.publicly import public


class _Super:
    """What a handler returns to pass a message on to the next handler."""

    def __repr__(self) -> str:
        return "ActorTypeDispatcher.SUPER"


@public
class ActorTypeDispatcher(Actor):
    """Calls ``receiveMsg_TYPE`` for a message of that type, or of a class derived from it.

    The most specific message type is tried first, and for each the most derived actor class. A
    handler that returns ``self.SUPER`` passes the message on to the next one. When none is left,
    ``receiveUnrecognizedMessage`` is called if there is one; else the message is dropped.
    """

    SUPER: Final = _Super()

    _found: ClassVar[dict[type, list[tuple[type, str]]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._found = {}

    def receiveMessage(self, message: Any, sender: ActorAddress) -> Any:
        """Give the message to its handler, and return what that returns."""
        message_type = type(message)
        found = self._found.get(message_type)
        if found is None:
            found = self._found[message_type] = list(self._places(message_type))
        for owner, name in found:
            result = owner.__dict__[name].__get__(self, type(self))(message, sender)
            if result is not self.SUPER:
                return result
        unrecognized = getattr(self, "receiveUnrecognizedMessage", None)
        return None if unrecognized is None else unrecognized(message, sender)

    @classmethod
    def _places(cls, message_type: type) -> Iterator[tuple[type, str]]:
        for message_class in message_type.__mro__:
            name = f"receiveMsg_{message_class.__name__}"
            for owner in cls.__mro__:
                if name in owner.__dict__:
                    yield owner, name
