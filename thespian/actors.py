"""All that an actor or a program needs: ``from thespian.actors import *`` brings it."""

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from thespian_core.addresses import ActorAddress
from thespian_core.api.actor import Actor
from thespian_core.api.dispatcher import ActorTypeDispatcher
from thespian_core.api.requiring import requireCapability
from thespian_core.api.system import ActorSystem, ExternalContext
from thespian_core.errors import (
    ActorSystemException,
    ActorSystemFailure,
    ActorSystemRequestTimeout,
    ActorSystemStartupFailure,
    InvalidActorAddress,
    InvalidActorSourceHash,
    InvalidActorSpecification,
    NoCompatibleSystemForActor,
)
from thespian_core.messages import (
    ActorExitRequest,
    ActorSystemConventionUpdate,
    ActorSystemMessage,
    ChildActorExited,
    DeadEnvelope,
    LoadedSource,
    PoisonMessage,
    ThespianWatch,
    UnloadedSource,
    ValidatedSource,
    ValidateSource,
    WakeupMessage,
    WatchMessage,
)
from thespian_core.semantics.capabilities import ThespianGeneration
from thespian_core.status import Thespian_ActorStatus, Thespian_StatusReq, Thespian_SystemStatus

if TYPE_CHECKING:
    import inspect

__all__ = [
    "Actor",
    "ActorAddress",
    "ActorExitRequest",
    "ActorSystem",
    "ActorSystemConventionUpdate",
    "ActorSystemException",
    "ActorSystemFailure",
    "ActorSystemMessage",
    "ActorSystemRequestTimeout",
    "ActorSystemStartupFailure",
    "ActorTypeDispatcher",
    "ChildActorExited",
    "DeadEnvelope",
    "ExternalContext",
    "InvalidActorAddress",
    "InvalidActorSourceHash",
    "InvalidActorSpecification",
    "LoadedSource",
    "NoCompatibleSystemForActor",
    "PoisonMessage",
    "ThespianGeneration",
    "ThespianWatch",
    "Thespian_ActorStatus",
    "Thespian_StatusReq",
    "Thespian_SystemStatus",
    "UnloadedSource",
    "ValidateSource",
    "ValidatedSource",
    "WakeupMessage",
    "WatchMessage",
    "contextmanager",
    "inspect",
    "logging",
    "requireCapability",
]


def __getattr__(name: str) -> Any:
    # Old programs get ``inspect`` from a star import; nobody else should wait for it.
    if name == "inspect":
        import inspect

        return inspect
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
