"""The system base: starts the one-process system, and gives programs their ports."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import Any

from thespian_core.semantics.capabilities import SOURCE_AUTHORITY, all_capabilities
from thespian_core.sources.checking import checked_authority
from thespian_core.systembase import Plan, SystemBase
from thespian_simple.logs import apply_log_defs
from thespian_simple.port import SimplePort
from thespian_simple.scheduler import Scheduler


class SimpleSystemBase(SystemBase):
    """Runs actors in whichever thread calls, until the call has what it was made for."""

    not_promised = {
        "messages are passed as the objects they are, not as copies": (
            "test_a_message_is_what_it_was_when_it_was_sent",
            "test_an_object_of_one_source_is_poison_to_another",
            "test_an_object_of_a_source_is_poison_to_a_program",
        )
    }

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        capabilities = all_capabilities(
            plan.base_name,
            plan.base_version,
            int(time.time() * 1000),
            sys.version_info,
            {**plan.capabilities, "AllowRemoteActorSources": "No", "Thespian Watch Supported": False},
        )
        self._scheduler = Scheduler(
            plan.base_name, capabilities, checked_authority(capabilities.get(SOURCE_AUTHORITY))
        )

    @property
    def capabilities(self) -> Mapping[str, Any]:
        """What the system offers now."""
        return self._scheduler.capabilities

    @property
    def is_running(self) -> bool:
        """Whether neither a program nor an actor has ended it."""
        return not self._scheduler.has_ended

    def start(self) -> bool:
        """Apply the log definitions; there is never another system to join."""
        apply_log_defs(self.plan.log_defs)
        self._scheduler.begin()
        return True

    def connect(self) -> SimplePort:
        """Open a mailbox."""
        return SimplePort(self._scheduler)

    def stop(self, timeout_s: float) -> None:
        """Ask every actor to exit, and run until they have, or until the time is over."""
        self._scheduler.shut_down(timeout_s)

    def setProcessingLimit(self, messages: int | None) -> None:
        """Let one call run at most so many messages, then raise RuntimeError; None for no limit."""
        self._scheduler.processing_limit = messages
