"""ActorTypeDispatcher: an actor with one method for each type of message."""

from __future__ import annotations

from typing import Any, Final

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

    def receiveMessage(self, message: Any, sender: ActorAddress) -> Any:
        """Give the message to its handler, and return what that returns."""
        cls = type(self)
        for message_class in type(message).__mro__:
            name = f"receiveMsg_{message_class.__name__}"
            if getattr(cls, name, None) is None:
                continue
            for owner in cls.__mro__:
                handler = owner.__dict__.get(name)
                if handler is not None:
                    bound = handler.__get__(self, cls) if hasattr(handler, "__get__") else handler
                    result = bound(message, sender)
                    if result is not self.SUPER:
                        return result
        unrecognized = getattr(self, "receiveUnrecognizedMessage", None)
        return None if unrecognized is None else unrecognized(message, sender)
