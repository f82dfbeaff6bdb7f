"""The exceptions that programs meet."""

from __future__ import annotations

from typing import Any

from thespian_core.publicly import public


@public
class ActorSystemException(Exception):
    """The base of all exceptions that the actor system raises."""


@public
class ActorSystemFailure(ActorSystemException):
    """The actor system itself failed; the program can neither mend nor retry it."""


@public
class ActorSystemStartupFailure(ActorSystemFailure):
    """The actor system could not be started; nothing was left running."""


@public
class ActorSystemRequestTimeout(ActorSystemFailure):
    """The actor system did not answer a request in time; it may still carry it out."""


@public
class InvalidActorAddress(ActorSystemException):
    """Something is not an address that can be used here.

    Attributes:
        actorAddress: what was given instead.
    """

    def __init__(self, addr: object, desc: str, *args: object) -> None:
        super().__init__(addr, desc, *args)
        self.actorAddress: Any = addr

    def __str__(self) -> str:
        return f"{self.args[0]} is {self.args[1]}"


@public
class NoCompatibleSystemForActor(ActorSystemException):
    """No known system has the capabilities that an actor asks for; it was not created."""

    def __init__(self, actorClass: object, msg: str, *args: object) -> None:
        super().__init__(actorClass, msg, *args)

    def __str__(self) -> str:
        text = f"{self.args[1]} for Actor {self.args[0]}"
        return "\n  ".join([text, *map(str, self.args[2:])])


@public
class InvalidActorSourceHash(ActorSystemException):
    """A source hash names no source that is loaded and valid; nothing was created."""

    def __init__(self, badHash: object) -> None:
        super().__init__(badHash)

    def __str__(self) -> str:
        return f"Source hash {self.args[0]} does not match any loaded sources."


@public
class InvalidActorSpecification(ActorSystemException):
    """What was given as actor class names no actor class; nothing was created."""

    def __init__(self, spec: object, reason: str | None = None) -> None:
        super().__init__(spec, reason)

    def __str__(self) -> str:
        spec, reason = self.args
        return f"Invalid Actor Specification: {spec}" + (f" ({reason})" if reason else "")
