"""What the system knows of an actor object: it handles messages, and has a cell once it lives."""

from __future__ import annotations

from typing import Any


class _NotYetAlive:
    """Stands where an actor's cell will be, until ``__init__`` has returned."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(
            "an actor has no address and can do nothing in its __init__: "
            "do it when the first message comes, or send the actor one to begin with"
        )


class ActorBase:
    """The root of the class ``Actor``, which programs derive from."""

    _thespian_cell: Any = _NotYetAlive()

    def receiveMessage(self, message: Any, sender: Any) -> Any:
        """Handle one message."""
        raise NotImplementedError
