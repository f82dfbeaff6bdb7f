"""requireCapability: says in one line what an actor needs of its system."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from thespian_core.publicly import public

ActorClass = TypeVar("ActorClass", bound=type)


@public
class requireCapability:
    """Class decorator: the actor runs only where a capability is present.

    May be used several times, and beside an ``actorSystemCapabilityCheck`` of the class's own.

    Args:
        cap: the capability's name.
        value: what it must be equal to; None for any value that counts as true.
    """

    def __init__(self, cap: str, value: Any = None) -> None:
        self._name = cap
        self._value = value

    def __call__(self, cls: ActorClass) -> ActorClass:
        """Return the class, with this condition added to its capability check."""
        earlier: Callable[[Mapping[str, Any], Any], Any] | None = getattr(
            cls, "actorSystemCapabilityCheck", None
        )

        def check(capabilities: Mapping[str, Any], requirements: Any = None) -> bool:
            return self._is_met(capabilities) and (
                earlier is None or bool(earlier(capabilities, requirements))
            )

        cls.actorSystemCapabilityCheck = staticmethod(check)  # type: ignore[attr-defined]
        return cls

    def _is_met(self, capabilities: Mapping[str, Any]) -> bool:
        found = capabilities.get(self._name)
        return bool(found) if self._value is None else bool(found == self._value)
