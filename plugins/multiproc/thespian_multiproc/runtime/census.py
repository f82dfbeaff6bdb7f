"""What the admin tells an operator of its system."""

from __future__ import annotations

import os
import pickle
import time
from collections import deque

from thespian_core.addresses import ActorAddress
from thespian_core.semantics.admin import Admin
from thespian_core.status import Thespian_SystemStatus
from thespian_core.texts import told
from thespian_multiproc.runtime import wire
from thespian_multiproc.runtime.exchange import Exchange
from thespian_multiproc.runtime.inquiries import Joined
from thespian_multiproc.runtime.launching import Launching
from thespian_multiproc.runtime.living import exists
from thespian_multiproc.runtime.opaque import Opaque
from thespian_multiproc.runtime.plan import EnginePlan
from thespian_multiproc.runtime.reports import ActorRow, Handling, Look, SystemReport
from thespian_multiproc.runtime.whereabouts import Whereabouts

SEEN_WITHIN_S = 0.5  # our choice: a launcher answers in a few milliseconds, unless it was stopped
_VM_EVENTS = "/proc/vmstat"  # Linux; proc(5)


class Census:
    """Counts a system's actors and processes.

    Args:
        plan: of the system.
        admin: its rules.
        whereabouts: of its processes.
        launching: its launcher.
        exchange: the admin's.

    Attributes:
        died: how many actors ended without having been asked to.
    """

    def __init__(
        self,
        plan: EnginePlan,
        admin: Admin,
        whereabouts: Whereabouts,
        launching: Launching,
        exchange: Exchange,
    ) -> None:
        self.died = 0
        self._plan = plan
        self._admin = admin
        self._whereabouts = whereabouts
        self._launching = launching
        self._exchange = exchange
        self._started_at = time.monotonic()
        self._killed_before = killed_for_memory()
        self._askers: deque[tuple[float, ActorAddress]] = deque()
        self._handling: tuple[Handling, ...] = ()

    def joined(self) -> Joined:
        """Return the answer to ``Join``."""
        return Joined(
            os.getpid(),
            self._plan.admin_id,
            self._plan.base_name,
            pickle.dumps(self._admin.capabilities, wire.PROTOCOL),
            self._admin.shutting_down,
            self._plan.max_message_bytes,
        )

    def report(self) -> SystemReport:
        """Return the answer to ``AskSystem``."""
        admin, whereabouts = self._admin, self._whereabouts
        living = {address.key for address in admin.living()}
        handler = admin.dead_letter_handler
        return SystemReport(
            place=self._plan.admin_place,
            system_id=self._plan.admin_id,
            base_name=self._plan.base_name,
            base_version=self._plan.base_version,
            up_s=time.monotonic() - self._started_at,
            shutting_down=admin.shutting_down,
            admin_pid=os.getpid(),
            launcher_pid=self._launching.pid,
            log_pid=self._launching.log_pid,
            log_restarts=self._launching.log_restarts,
            died=self.died,
            dead_letters=admin.status().miscKeyVals["Admin Dead Letters.Total"],
            dead_letter_handler=None if handler is None else str(handler.key),
            unhandled=sum(number for _, number in self._exchange.unhandled()),
            capabilities=tuple((told(name), _as_text(value)) for name, value in admin.capabilities.items()),
            plugins=tuple((one.name, one.distribution, one.version) for one in self._plan.selection.used),
            programs=tuple(pid for pid in whereabouts.programs.values() if exists(pid)),
            actors=tuple(
                ActorRow(
                    birth.address,
                    None if birth.parent is None else str(birth.parent.key),
                    str(birth.actor_class),
                    whereabouts.pids.get(id_),
                    birth.global_name,
                    birth.source_hash,
                    birth.address.key in living,
                )
                for id_, birth in whereabouts.births.items()
            ),
        )

    def look(self, asker: ActorAddress, now: float) -> None:
        """Ask the launcher which actors are busy, for somebody who wants the system's status."""
        self._launching.order(Look(self._exchange.address, tuple(self._whereabouts.births)))
        self._askers.append((now + SEEN_WITHIN_S, asker))

    @property
    def next_due(self) -> float | None:
        """When the launcher is not waited for any more."""
        return self._askers[0][0] if self._askers else None

    def seen(self, handling: tuple[Handling, ...]) -> list[ActorAddress]:
        """Take in what the launcher has seen; return who is to be told the status."""
        self._handling = handling
        return [self._askers.popleft()[1]] if self._askers else []

    def overdue(self, now: float) -> list[ActorAddress]:
        """Return who is to be told the status without that."""
        found = []
        while self._askers and self._askers[0][0] <= now:
            found.append(self._askers.popleft()[1])
            self._handling = ()
        return found

    def complete(self, status: Thespian_SystemStatus) -> None:
        """Add what only the admin's process knows."""
        births = self._whereabouts.births
        for one in self._handling:
            if one.id in births:
                peer = births[one.peer].address if one.peer in births else self._who_is(one.peer)
                text = f"handling message {one.number} from {peer}"
                status.busyActors.append((births[one.id].address, text))
        for to, number in self._exchange.unhandled():
            status.pendingMessages.append((self._exchange.address, to, f"{number} messages not handled yet"))
        status.miscKeyVals |= {
            "Admin Actors Died.Total": self.died,
            "Admin Log Process Restarted.Total": self._launching.log_restarts,
            "Admin Links.Open": self._exchange.links,
        }

    def _who_is(self, peer: str) -> str:
        if peer == self._plan.admin_id:
            return "the admin"
        pid = self._whereabouts.programs.get(peer)
        return "somebody who has ended" if pid is None else f"a program (process {pid})"

    def why_no_launcher(self) -> str:
        """Say why a system whose launcher is gone ends."""
        why = f"its launcher, process {self._launching.pid}, is gone: {self._launching.how_it_ended()}"
        return why + told_of_memory(self._killed_before, killed_for_memory())


def told_of_memory(before: int | None, now: int | None) -> str:
    """Say what the kernel has done for lack of memory since a system started; nothing if that is nothing.

    >>> told_of_memory(3, 5)
    '; the kernel has killed 2 processes for lack of memory since the system started'
    >>> told_of_memory(3, 4)
    '; the kernel has killed 1 process for lack of memory since the system started'
    >>> told_of_memory(3, 3), told_of_memory(None, 3), told_of_memory(3, None)
    ('', '', '')
    """
    if before is None or now is None or now <= before:
        return ""
    processes = "1 process" if now == before + 1 else f"{now - before} processes"
    return f"; the kernel has killed {processes} for lack of memory since the system started"


def killed_for_memory(events: str = _VM_EVENTS) -> int | None:
    """Return how many processes of this machine the kernel has killed for lack of memory; None if unknown."""
    try:
        with open(events, encoding="ascii") as file:
            for line in file:
                if line.startswith("oom_kill "):
                    return int(line.split()[1])
    except (OSError, ValueError):
        pass
    return None


def _as_text(value: object) -> str:
    return "(of a class of the user's)" if isinstance(value, Opaque) else told(value)
