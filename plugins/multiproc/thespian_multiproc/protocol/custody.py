"""What the launcher knows of its processes, and what follows from all that it learns of them.

Each process of an actor:

========= ================ ================ =========== ================================================
state     ``started``      ``not_started``  ``ending``  ``ended``
========= ================ ================ =========== ================================================
unknown   nothing          nothing          nothing     nothing
starting  ``PassOn``;      ``PassOn``;      ending      ``KillGroup``, ``TellNotStarted``, ``TellDied``
          alive            ending                       (abrupt)
alive     nothing          nothing          ending      ``KillGroup``, ``TellDied`` (abrupt)
ending    nothing          nothing          nothing     ``KillGroup``, ``TellDied`` (as it was announced);
                                                        before it ``TellNotStarted``, when its creator was
                                                        told neither that it started nor that it did not
========= ================ ================ =========== ================================================

``ended`` leads to unknown. ``ordered`` asks for ``Fork`` of an unknown one; ``forked`` makes it starting and
is told as ``TellBorn``. One that got no process is told in full: born without one, not started, died.

The launcher as a whole:

========== ============= ============= ==================== ============================ ===================
state      ``ordered``   ``kill_all``  ``finish``           ``admin_gone``               log process ended
========== ============= ============= ==================== ============================ ===================
serving    ``Fork``      ``KillGroup`` ``KillGroup`` of     ``KillGroup`` of actors and  ``StartLog``
                         of all;       all; finishing       log process; leaving
                         clearing
clearing   refused       the same      the same             the same                     ``StartLog``
finishing  refused       nothing       nothing              the same                     see below
leaving    refused       nothing       nothing              nothing                      see below
========== ============= ============= ==================== ============================ ===================

Finishing asks for ``StopLog`` once the last actor has ended; finishing and leaving ask for ``Quit`` once
nothing is left. ``overdue`` kills what is left then; a second one asks for ``Quit`` whatever is left.

Pure: it knows ids, numbers of processes and texts only; times are seconds on a clock that never runs
backwards.

>>> custody = Custody()
>>> custody.ordered("a1")
[Fork(id='a1')]
>>> custody.forked("a1", pid=7)
[TellBorn(id='a1', pid=7)]
>>> custody.started("a1")
[PassOn()]
>>> custody.ended(7, "killed by SIGKILL", now=0.0)
[KillGroup(pid=7), TellDied(id='a1', abruptly=True, how='killed by SIGKILL')]
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

import attrs

from thespian_multiproc.protocol.custody_effects import (
    Effect,
    Fork,
    KillGroup,
    PassOn,
    Quit,
    StartLog,
    StopLog,
    TellBorn,
    TellDied,
    TellLogDied,
    TellNotStarted,
    TellReady,
    Unstarted,
)

NO_PROCESS = 0  # what TellBorn says of an actor that got none
# Our choice: a log process that cannot work must not keep a processor busy with being started again.
LOG_RETRY_S = 0.5
LONGEST_LOG_RETRY_S = 30.0
STEADY_LOG_S = 10.0  # one that ran for so long is started again at once


class _State(Enum):
    STARTING = "starting"
    ALIVE = "alive"
    ENDING = "ending"


class _Phase(Enum):
    SERVING = "serving"
    CLEARING = "clearing"
    FINISHING = "finishing"
    LEAVING = "leaving"


@attrs.define
class _Child:
    id: str
    state: _State = _State.STARTING
    answered: bool = False  # its creator was told whether it started
    abruptly: bool = True


class Custody:
    """The processes that one launcher answers for."""

    def __init__(self) -> None:
        self._phase = _Phase.SERVING
        self._children: dict[int, _Child] = {}
        self._pids: dict[str, int] = {}
        self._log_pid: int | None = None
        self._log_started_at_s = 0.0
        self._log_retry_s = 0.0
        self._log_ended_how: str | None = None
        self._was_overdue = False

    @property
    def pids(self) -> tuple[int, ...]:
        """All processes that were not seen to end."""
        return (*self._children, *(() if self._log_pid is None else (self._log_pid,)))

    @property
    def log_pid(self) -> int | None:
        """The log process, if it was not seen to end."""
        return self._log_pid

    @property
    def keeps_log(self) -> bool:
        """Whether there must be a log process."""
        return self._phase in {_Phase.SERVING, _Phase.CLEARING}

    def ordered(self, id: str) -> list[Effect]:
        """Take the order for an actor; one that is known already changes nothing."""
        if id in self._pids:
            return []
        if self._phase is not _Phase.SERVING:
            return self._stillborn(id, "shutdown", "the system is shutting down")
        return [Fork(id)]

    def forked(self, id: str, pid: int) -> list[Effect]:
        """The process of an actor runs."""
        self._children[pid] = _Child(id)
        self._pids[id] = pid
        return [TellBorn(id, pid)]

    def could_not_fork(self, id: str, reason: str) -> list[Effect]:
        """An actor got no process."""
        return self._stillborn(id, "specification", reason)

    def _stillborn(self, id: str, kind: Unstarted, reason: str) -> list[Effect]:
        return [
            TellBorn(id, NO_PROCESS),
            TellNotStarted(id, kind, reason),
            TellDied(id, abruptly=False, how="it got no process"),
        ]

    def started(self, id: str) -> list[Effect]:
        """An actor says that it is alive."""
        child = self._child(id)
        if child is None or child.state is not _State.STARTING:
            return []
        child.state, child.answered = _State.ALIVE, True
        return [PassOn()]

    def not_started(self, id: str) -> list[Effect]:
        """A process says that it could not make its actor."""
        child = self._child(id)
        if child is None or child.state is not _State.STARTING:
            return []
        child.state, child.answered, child.abruptly = _State.ENDING, True, False
        return [PassOn()]

    def ending(self, id: str, abruptly: bool) -> list[Effect]:
        """An actor says that it is gone; the first such word counts."""
        child = self._child(id)
        if child is not None and child.state is not _State.ENDING:
            child.state, child.abruptly = _State.ENDING, abruptly
        return []

    def _child(self, id: str) -> _Child | None:
        pid = self._pids.get(id)
        return None if pid is None else self._children[pid]

    def ended(self, pid: int, how: str, now: float) -> list[Effect]:
        """A process has ended, and all that it had said was heard.

        Args:
            pid: its number, which no other process can have yet.
            how: one sentence without a dot, as "killed by SIGKILL".
            now: the time.
        """
        if pid == self._log_pid:
            return self._log_ended(pid, how, now)
        child = self._children.pop(pid, None)
        if child is None:
            return []
        del self._pids[child.id]
        effects: list[Effect] = [KillGroup(pid)]
        if not child.answered:
            reason = f"its process ended before it started: {how}"
            effects.append(TellNotStarted(child.id, "specification", reason))
        effects.append(TellDied(child.id, child.abruptly, how))
        return effects + self._perhaps_the_last()

    def _log_ended(self, pid: int, how: str, now: float) -> list[Effect]:
        self._log_pid = None
        effects: list[Effect] = [KillGroup(pid)]
        if not self.keeps_log:
            return effects if self._children else [*effects, Quit()]
        if now - self._log_started_at_s >= STEADY_LOG_S:
            self._log_retry_s = 0.0
        effects.append(StartLog(after_s=self._log_retry_s))
        self._log_retry_s = min(max(LOG_RETRY_S, 2 * self._log_retry_s), LONGEST_LOG_RETRY_S)
        self._log_ended_how = how
        return effects

    def log_forked(self, pid: int, now: float) -> list[Effect]:
        """A log process runs, the first or another one."""
        self._log_pid, self._log_started_at_s = pid, now
        how = self._log_ended_how
        return [TellReady(pid) if how is None else TellLogDied(pid, how)]

    def could_not_fork_log(self) -> list[Effect]:
        """There is still no log process; it is tried again, also when the first one was."""
        return [StartLog(after_s=LOG_RETRY_S)] if self.keeps_log else []

    def kill_all(self) -> list[Effect]:
        """Every actor must end at once, and none may be started any more."""
        if self._phase is _Phase.SERVING:
            self._phase = _Phase.CLEARING
        return _kill(tuple(self._children)) if self._phase is _Phase.CLEARING else []

    def finish(self) -> list[Effect]:
        """The system has ended."""
        if not self.keeps_log:
            return []
        self._phase = _Phase.FINISHING
        return _kill(tuple(self._children)) + self._perhaps_the_last()

    def admin_gone(self) -> list[Effect]:
        """Nobody is there any more whom the processes could serve."""
        if self._phase is _Phase.LEAVING:
            return []
        self._phase = _Phase.LEAVING
        return _kill(self.pids) + self._perhaps_the_last()

    def _perhaps_the_last(self) -> list[Effect]:
        if self._children or self.keeps_log:
            return []
        if self._log_pid is None:
            return [Quit()]
        return [StopLog()] if self._phase is _Phase.FINISHING else []

    def overdue(self) -> list[Effect]:
        """What must end takes too long over it."""
        if self.keeps_log:
            return []
        if self._was_overdue:
            return [Quit()]
        self._was_overdue = True
        return _kill(self.pids)


def _kill(pids: Sequence[int]) -> list[Effect]:
    return [KillGroup(pid) for pid in pids]
