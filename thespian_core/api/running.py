"""A system that runs, as this process knows it: its base, and the program's main connection to it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, Literal

from thespian_core.api.connection import Connection
from thespian_core.errors import ActorSystemFailure
from thespian_core.hooks.records import SystemBaseSpec
from thespian_core.hooks.registry import default_registry
from thespian_core.systembase import LogDefs, Plan, SystemBase

SHUTDOWN_LIMIT_S = 10.0  # behaviour that programs know: shutdown() never waits longer


class RunningSystem:
    """What ``ActorSystem.systemBase`` holds: programs keep it and give it back, and look no further.

    Args:
        base: it has been started.
        was_started: False when it was found running and joined.
    """

    def __init__(self, base: SystemBase, was_started: bool) -> None:
        self.base = base
        self.name = base.plan.base_name
        self.was_started = was_started
        self._main = Connection(base.connect())
        self._opening = threading.Lock()
        self._stopping = threading.Lock()
        self._stopped = False

    @classmethod
    def start(cls, base_name: str, capabilities: Mapping[str, Any], log_defs: LogDefs) -> RunningSystem:
        """Start the system base of this name, or join the running system that the capabilities name.

        Raises:
            PluginError: there is no such base, or it cannot be loaded.
            ActorSystemStartupFailure: it could not be started.
        """
        registry = default_registry()
        base_class = registry.open_class(SystemBaseSpec, base_name, SystemBase)
        version = registry.find(SystemBaseSpec, base_name).version
        offered = registry.capabilities(base_name, capabilities)
        base = base_class(Plan(base_name, version, offered, None if log_defs == {} else log_defs))
        return cls(base, base.start())

    @property
    def is_running(self) -> bool:
        """Whether it still runs, as far as this process knows."""
        return not self._stopped and self.base.is_running

    def require(self) -> RunningSystem:
        """Return this.

        Raises:
            ActorSystemFailure: the system was shut down.
        """
        if self._stopped:
            raise ActorSystemFailure(
                f"this ActorSystem ({self.name}) was shut down; make a new one with ActorSystem(...)"
            )
        return self

    def stop(self) -> bool:
        """End the system, once; whether this call did it."""
        with self._stopping:
            if self._stopped:
                return False
            self._stopped = True
        try:
            self.base.stop(SHUTDOWN_LIMIT_S)
        except BaseException:  # Ctrl-C: the next call goes on where this one was
            self._stopped = False
            raise
        return True

    @property
    def main(self) -> Connection:
        """The program's main connection; a fork of the program has one of its own."""
        if not self._main.is_usable:
            with self._opening:
                if not self._main.is_usable:
                    self._main = self.connect()
        return self._main

    def connect(self) -> Connection:
        """Open one more mailbox in it, for one thread."""
        return Connection(self.base.connect())

    def announce(
        self, hook: Literal["thespian_system_started", "thespian_system_stopped"], system: Any
    ) -> None:
        """Call an observer hook of every plugin."""
        default_registry().notify(hook, system=system)
