"""The actor system of a director's folder: whether it runs, and how it is started or joined."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, Protocol

from thespian_core.api.running import RunningSystem
from thespian_core.api.system import ActorSystem
from thespian_core.errors import ActorSystemStartupFailure
from thespian_core.hooks.records import SystemBaseSpec
from thespian_core.hooks.registry import default_registry
from thespian_core.startup import require_systems_allowed
from thespian_core.systembase import Plan, SystemBase
from thespian_director.folder import FOLDER_VARIABLE, DirectorFolder


def base_of(folder: DirectorFolder, base_name: str, admin_port: int) -> SystemBase:
    """Return the system base with what the folder says a system is started with; nothing is started.

    Raises:
        PluginError: there is no such base, or it cannot be loaded.
        DirectorError: a setting cannot be read.
    """
    registry = default_registry()
    spec = registry.find(SystemBaseSpec, base_name)
    base_class = registry.open_class(SystemBaseSpec, base_name, SystemBase)
    own = capabilities(folder, admin_port)
    # A system within this process has this process's logging, which is changed only if somebody says so.
    leave_logging = not spec.outlives_starter and folder.setting("thesplog") is None
    log_defs = False if leave_logging else folder.log_definitions
    base: SystemBase = base_class(
        Plan(base_name, spec.version, registry.capabilities(base_name, own), log_defs)
    )
    return base


def capabilities(folder: DirectorFolder, admin_port: int) -> dict[str, Any]:
    """Return the capabilities of the folder's system; what ``othercaps.cfg`` says wins.

    Raises:
        DirectorError: a setting cannot be read.
    """
    leader = folder.convention_leader
    return {
        "Admin Port": admin_port,
        "Source Authority": "director",
        "DirectorFmt": [1],  # programs know that packages of the original's first form are read
        **({} if leader is None else {"Convention Address.IPv4": leader}),
        **folder.other_capabilities,
    }


def is_shared(base_name: str) -> bool:
    """Whether systems on a base go on when the program that started them ends, and others can join them."""
    return default_registry().find(SystemBaseSpec, base_name).outlives_starter


class HasState(Protocol):
    """What knows whether a system runs."""

    @property
    def is_running(self) -> bool:
        """Whether it does, as far as this process knows."""
        ...


class Opened(NamedTuple):
    """A system that was started or joined.

    Attributes:
        system: for programs.
        state: knows whether it still runs.
        was_started: whether it has been started now, and did not run before.
    """

    system: ActorSystem
    state: HasState
    was_started: bool


def open_system(folder: DirectorFolder, base: SystemBase) -> Opened:
    """Start the system, or join the one that runs.

    Raises:
        ActorSystemStartupFailure: it says why.
        DirectorError: a setting cannot be read.
    """
    with _environment(folder), _log_definitions_named(folder):
        if is_shared(base.plan.base_name):
            require_systems_allowed()
            running = RunningSystem(base, base.start())
            system = ActorSystem(running, transientUnique=True)
            if running.was_started:
                running.announce("thespian_system_started", system)
            return Opened(system, running, running.was_started)
        # Such a system is this process's alone, so it must be the one that the program itself uses.
        ours = getattr(ActorSystem, "systemBase", None)
        if ours is not None and ours.is_running and ours.name == base.plan.base_name:
            return Opened(ActorSystem(ours), ours, False)
        return Opened(ActorSystem(base), base, True)


@contextmanager
def _log_definitions_named(folder: DirectorFolder) -> Iterator[None]:
    """Tell where logDefs are from that a start refuses."""
    try:
        yield
    except ActorSystemStartupFailure as why:
        where = folder.path / "thesplog.cfg"
        if not str(why).startswith("logDefs") or not where.exists():
            raise
        raise ActorSystemStartupFailure(f"{why}\n  the logDefs are what {where} says") from why


@contextmanager
def _environment(folder: DirectorFolder) -> Iterator[None]:
    """Let the processes of a new system find the folder and the internal log; they inherit it."""
    path, size_bytes = folder.internal_log
    wanted = {FOLDER_VARIABLE: str(folder.path)}
    # What the environment says counts for more than what holds when nobody has said anything.
    if folder.setting("thesplogf") or "THESPLOG_FILE" not in os.environ:
        wanted["THESPLOG_FILE"] = path
    if folder.setting("thesplogs") or "THESPLOG_FILE_MAXSIZE" not in os.environ:
        wanted["THESPLOG_FILE_MAXSIZE"] = str(size_bytes)
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
