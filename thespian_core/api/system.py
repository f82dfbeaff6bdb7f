"""ActorSystem: how a program starts or joins a system and talks to its actors.

What only a running system needs is imported when the first one is made: a module of actors, which every
actor's process imports, shall not pay for it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from thespian_core.addresses import ActorAddress
from thespian_core.api.actor import checked_capability, checked_hash, checked_name, checked_text
from thespian_core.api.choosing import check_types, warn_of_another_port
from thespian_core.errors import ActorSystemException
from thespian_core.publicly import public
from thespian_core.startup import require_systems_allowed
from thespian_core.texts import shown
from thespian_core.timing import period_seconds

if TYPE_CHECKING:
    from thespian_core.api.connection import Connection
    from thespian_core.api.running import RunningSystem
    from thespian_core.systembase import LogDefs

DEFAULT_BASE = "simpleSystemBase"

Timeout = timedelta | float | None

_choosing = threading.RLock()  # two threads that ask for the process's system get the same one


@public
class ActorSystem:
    """Starts an actor system, or finds the one that runs, and talks to its actors.

    A process has one system by default: later calls return the same, and ignore what else they are
    given, unless they name another base or ask for a system of their own.

    Args:
        systemBase: the name of an installed system base (``thespian plugins`` lists them), None for the
            process's system (simpleSystemBase when there is none), or ``ActorSystem.systemBase``.
        capabilities: what the system offers, by name; entries that every system has are added to it.
        logDefs: a ``logging.config.dictConfig`` dictionary, None (or an empty one) for the base's default,
            False to leave logging alone.
        transientUnique: start a system that is not the process's.

    Raises:
        PluginNotFound: no plugin provides that base; it is an ImportError too.
        ActorSystemStartupFailure: it could not be started; nothing was left running.
        TypeError: an argument is of another type.
    """

    #: The process's system; not there when it has none. Programs may delete it or set it to None.
    systemBase: ClassVar[Any]

    #: What stands for the system itself where an address is shown.
    systemAddress: ClassVar[ActorAddress] = ActorAddress("/ActorSys")

    def __init__(
        self,
        systemBase: Any = None,
        capabilities: dict[str, Any] | None = None,
        logDefs: LogDefs = None,
        transientUnique: bool = False,
    ) -> None:
        check_types(capabilities, logDefs)
        with _choosing:
            self._running, is_new = _choose(systemBase, capabilities or {}, logDefs, transientUnique)
        self._connection: Connection = self._running.main
        self.capabilities: dict[str, Any] = {} if capabilities is None else capabilities
        if is_new or capabilities is None:
            self.capabilities.update(self._running.base.capabilities)
        if is_new and self._running.was_started:
            self._running.announce("thespian_system_started", self)

    def createActor(
        self,
        actorClass: type[Any] | str,
        targetActorRequirements: Any = None,
        globalName: str | None = None,
        sourceHash: str | None = None,
    ) -> ActorAddress:
        """Create an actor that has no parent, and wait until it has started.

        Args:
            actorClass: a class, or text like ``package.module.Class``.
            targetActorRequirements: given to the class's ``actorSystemCapabilityCheck``.
            globalName: return the actor of this name if there is one, whatever the other arguments say.
            sourceHash: the loaded source to take the class from.

        Raises:
            InvalidActorSpecification: it names no actor class, or its ``__init__`` fails.
            ImportError: its module cannot be imported.
            NoCompatibleSystemForActor: the class's capability check says no, or raises.
            InvalidActorSourceHash: no such source is loaded.
            ActorSystemRequestTimeout: no answer came within 50 s; the actor may yet be created.
            TypeError: ``globalName`` or ``sourceHash`` is no text.
        """
        return self._open().create(
            actorClass, targetActorRequirements, checked_name(globalName), checked_hash(sourceHash)
        )

    def loadActorSource(self, fname: Any) -> str:
        """Load a zip file of Python code, from which actors can then be created by its hash.

        The system's Source Authority decides whether it may be used; without one, nothing is loaded. This
        does not wait for the decision, but ``createActor`` with the hash does. A source that is loaded
        already is left as it is.

        Args:
            fname: a path, or a binary file object, which is read to its end and closed.

        Returns:
            The hash of the source.

        Raises:
            OSError: the file cannot be read.
            TypeError: ``fname`` is neither a path nor a binary file object.
            ValueError: it is larger than a source may be.
            ActorSystemRequestTimeout: it could not be handed over within 61 s; it may yet be loaded.
        """
        from thespian_core.sources.reading import read_source, source_hash

        data, info = read_source(fname)
        hash_of_it = source_hash(data)
        self._open().load_source(hash_of_it, data, info)
        return hash_of_it

    def unloadActorSource(self, sourceHash: str) -> None:
        """Create no more actors from a source; those that run live on. An unknown hash does nothing.

        Raises:
            TypeError: ``sourceHash`` is no text.
        """
        self._open().unload_source(checked_text(sourceHash, "sourceHash"))

    def tell(self, actorAddr: ActorAddress, msg: Any) -> None:
        """Send a message.

        Raises:
            ValueError: the target is no address; nothing was sent.
            ActorSystemRequestTimeout: the message could not be handed over; it was not sent.
        """
        if not isinstance(actorAddr, ActorAddress):
            raise ValueError(
                f'Actor `tell\' address "{shown(actorAddr)}" is not a valid ActorAddress: {type(actorAddr)}'
            )
        self._open().send(actorAddr, msg, None)

    def ask(self, actorAddr: ActorAddress, msg: Any, timeout: Timeout = None) -> Any:
        """Send a message and return the next one that anybody sends to this program.

        Args:
            actorAddr: who is asked.
            msg: what is sent.
            timeout: a timedelta or seconds; None to wait for ever. A negative one is 0. On a base whose
                actors run inside the call, they may run for a second even if that is longer.

        Returns:
            None when nothing came in time.

        Raises:
            ValueError: the target is no address; nothing was sent.
            TypeError: ``timeout`` is neither timedelta nor number nor None; nothing was sent.
        """
        if not isinstance(actorAddr, ActorAddress):
            raise ValueError(f"Actor `ask' address is not a valid ActorAddress: {shown(actorAddr)}")
        timeout_s = period_seconds(timeout)
        connection = self._open()
        return connection.ask(actorAddr, msg, timeout_s)

    def listen(self, timeout: Timeout = None) -> Any:
        """Return the next message that anybody sends to this program.

        Args:
            timeout: a timedelta or seconds; None to wait for ever. A negative one is 0.

        Returns:
            None when nothing came in time.

        Raises:
            TypeError: ``timeout`` is neither timedelta nor number nor None.
        """
        timeout_s = period_seconds(timeout)
        return self._open().listen(timeout_s)

    def updateCapability(self, capabilityName: str, capabilityValue: Any = None) -> None:
        """Set a capability of the system, or remove it when the value is None.

        If that changes anything, every actor whose capability check now fails is asked to exit.
        """
        name = checked_capability(capabilityName)
        self._open().update_capability(name, capabilityValue)
        if capabilityValue is None:
            self.capabilities.pop(name, None)
        else:
            self.capabilities[name] = capabilityValue

    @contextmanager
    def private(self) -> Iterator[ExternalContext]:
        """Give this thread a connection of its own, whose answers no other one sees."""
        self._open()
        connection = self._running.connect()
        context = ExternalContext(self, connection)
        try:
            yield context
        finally:
            connection.close()
            context._connection.close()  # another one, if this process is a fork

    def systemUpdate(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method that only this system base has; None when it has none of that name."""
        from thespian_core.systembase import SystemBase

        is_its_own = not checked_text(name, "name").startswith("_") and not hasattr(SystemBase, name)
        method = getattr(self._running.base, name, None) if is_its_own else None
        return method(*args, **kwargs) if callable(method) else None

    def shutdown(self) -> None:
        """End the system: every actor is sent an ActorExitRequest. A second call does nothing."""
        with _choosing:
            if _ours() is self._running:
                del ActorSystem.systemBase
        if self._running.stop():
            self._running.announce("thespian_system_stopped", self)

    def _open(self) -> Connection:
        self._running.require()
        if not self._connection.is_usable:  # this process is a fork of the one that opened it
            self._connection = self._reopened()
        return self._connection

    def _reopened(self) -> Connection:
        return self._running.main

    def __copy__(self) -> ActorSystem:
        copy = object.__new__(type(self))
        vars(copy).update(vars(self))
        return copy

    def __reduce__(self) -> NoReturn:
        raise CannotPickle(
            "an ActorSystem stays in its process; send an ActorAddress instead, "
            "and let the other side reply to the sender it is given"
        )


class CannotPickle(ActorSystemException, TypeError):
    """Something that belongs to one process was to be pickled."""


def _ours() -> RunningSystem | None:
    return getattr(ActorSystem, "systemBase", None)


def _choose(
    base: Any, capabilities: dict[str, Any], log_defs: LogDefs, transient: bool
) -> tuple[RunningSystem, bool]:
    """Return the system that the arguments ask for, and whether this call brought it."""
    from thespian_core.api.running import RunningSystem
    from thespian_core.systembase import SystemBase

    require_systems_allowed()
    if base is not None and not isinstance(base, (str, RunningSystem, SystemBase)):
        raise TypeError(f"systemBase is the name of a system base, not {type(base).__name__} ({shown(base)})")
    ours = _ours()
    if ours is not None and not ours.is_running:
        ours = None
    if isinstance(base, RunningSystem):
        chosen, is_new = base.require(), False
    elif isinstance(base, SystemBase):
        chosen, is_new = RunningSystem(base, base.start()), True
    elif ours is not None and not transient and base in (None, ours.name):
        warn_of_another_port(ours, capabilities)
        return ours, False
    else:
        chosen, is_new = (
            RunningSystem.start(DEFAULT_BASE if base is None else base, capabilities, log_defs),
            True,
        )
    if not transient and (ours is None or ours.name != chosen.name):
        ActorSystem.systemBase = chosen
    return chosen, is_new


@public
class ExternalContext(ActorSystem):
    """What ``ActorSystem.private()`` gives: the same system, with a connection of its own."""

    def __init__(self, system: ActorSystem, connection: Connection) -> None:
        self._running = system._running
        self._connection = connection
        self.capabilities = system.capabilities

    def _reopened(self) -> Connection:
        return self._running.connect()
