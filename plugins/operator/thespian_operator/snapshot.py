"""What one look at a running system shows: its actors, their processes, and what these say of themselves.

All actors are asked at once, and whoever does not answer is not waited for: that one is *busy* (in a handler,
as the launcher sees it) or *silent* (in none, so it was stopped, or is busy with a wake-up of its own).
"""

from __future__ import annotations

import time
from collections import Counter
from typing import Literal

import attrs
import psutil

from thespian_multiproc.runtime.lastwords import LastWords
from thespian_multiproc.runtime.reports import ActorReport, ActorRow, Handling, SystemReport
from thespian_operator.visitor import Visitor

# All our choice; an actor that is not in a handler answers in a few milliseconds.
QUIET_S = 0.4  # when no answer has come for so long, the others are taken for busy
ANSWER_LIMIT_S = 5.0  # what answers after that is told the next time
ADMIN_LIMIT_S = 2.0

State = Literal["starting", "idle", "held back", "exiting", "busy", "silent", "stopped", "ended"]


@attrs.frozen
class Figures:
    """What the operating system says of one process.

    Attributes:
        memory_bytes: what it has in memory, with what it shares with others.
        cpu_s: processor time since it was started.
        is_stopped: whether it was stopped by a signal.
        age_s: how long it runs.
    """

    memory_bytes: int
    cpu_s: float
    is_stopped: bool
    age_s: float


@attrs.frozen
class Actor:
    """One actor.

    Attributes:
        row: what the admin knows of it.
        state: what it is doing.
        report: what it says itself; of one that does not answer now, what it has said last.
        figures: of its process; None when that cannot be seen.
        handling: what it is handling, if it does not answer: the sender, and the number of the message.
        mail_at_least: how much mail it has, if it does not answer, going by actors that have sent some.
    """

    row: ActorRow
    state: State
    report: ActorReport | None
    figures: Figures | None
    handling: tuple[str, int] | None = None
    mail_at_least: int | None = None

    @property
    def id(self) -> str:
        """The id of its mailbox."""
        return str(self.row.address.key)

    def counter(self, name: str) -> int | None:
        """Return one of its counters; None when it did not answer."""
        return None if self.report is None else self.report.counters.get(name)


@attrs.frozen
class Snapshot:
    """One look at a system.

    Attributes:
        system: what its admin says.
        figures: of its own processes, and of the programs that use it, by pid.
        actors: each after its parent, with how many ancestors it has among them.
        last_words: why the system before it ended, if that is news.
        taken_at: when, in seconds of a clock that never runs backwards.
    """

    system: SystemReport
    figures: dict[int, Figures]
    actors: tuple[tuple[int, Actor], ...]
    last_words: LastWords | None
    taken_at: float


def take(visitor: Visitor, last_words: LastWords | None, number: int) -> Snapshot:
    """Look at a system.

    Args:
        visitor: who has joined it.
        last_words: why the system before it ended, if that is news.
        number: of this look; no other of the same visitor has it.

    Raises:
        SystemSilent: its admin does not answer.
    """
    system = visitor.system(time.monotonic() + ADMIN_LIMIT_S)
    asked = {str(row.address.key): row for row in system.actors if row.is_living}
    visitor.ask_actors(asked.values(), number)
    figures = _figures_of(system)
    _hear(visitor, set(asked), number)
    reports = visitor.reports = {id_: one for id_, one in visitor.reports.items() if id_ in asked}
    quiet = {id_: None for id_ in asked if id_ not in reports or reports[id_].number != number}
    handling: dict[str, Handling] = {}
    if quiet:
        handling = {one.id: one for one in visitor.handling(quiet, time.monotonic() + QUIET_S)}
    sent = Counter[str]()
    for report in reports.values():
        if report.number == number:
            sent.update(dict(report.unhandled))
    classes = {str(row.address.key): row.actor_class for row in system.actors}
    actors = {}
    for row in system.actors:
        id_ = str(row.address.key)
        seen = None if row.pid is None else figures.get(row.pid)
        said, at_work, doing = reports.get(id_), handling.get(id_), None
        if at_work is not None:
            doing = (classes.get(at_work.peer) or _stranger(at_work.peer, system), at_work.number)
        answered = None if id_ in quiet else said
        state = _state(row, answered, at_work, seen)
        actors[id_] = Actor(row, state, said, seen, doing, None if answered else sent[id_])
    return Snapshot(system, figures, tuple(_tree(actors)), last_words, time.monotonic())


def _hear(visitor: Visitor, missing: set[str], number: int) -> None:
    """Wait until all have answered, or nobody does any more."""
    limit = time.monotonic() + ANSWER_LIMIT_S
    while missing and visitor.hear_actors(min(limit, time.monotonic() + QUIET_S)):
        reports = visitor.reports
        missing = {id_ for id_ in missing if id_ not in reports or reports[id_].number != number}


def _figures_of(system: SystemReport) -> dict[int, Figures]:
    pids = [system.admin_pid, system.launcher_pid, system.log_pid, *system.programs]
    found = {}
    for pid in [*pids, *(row.pid for row in system.actors)]:
        if pid is not None:
            try:
                found[pid] = figures_of(pid)
            except (psutil.Error, OSError):  # it has ended meanwhile, or may not be seen
                continue
    return found


def figures_of(pid: int) -> Figures:
    """Return what the operating system says of a process.

    Raises:
        psutil.Error: there is none, or it may not be seen.
    """
    process = psutil.Process(pid)
    with process.oneshot():
        times = process.cpu_times()
        return Figures(
            memory_bytes=process.memory_info().rss,
            cpu_s=times.user + times.system,
            is_stopped=process.status() == psutil.STATUS_STOPPED,
            age_s=max(0.0, time.time() - process.create_time()),
        )


def _state(
    row: ActorRow, report: ActorReport | None, handling: Handling | None, figures: Figures | None
) -> State:
    if figures is not None and figures.is_stopped:
        return "stopped"
    if not row.is_living:
        return "starting"
    if report is None:
        if figures is None:
            return "ended"
        return "silent" if handling is None else "busy"
    if report.exiting:
        return "exiting"
    return "held back" if report.held_back else "idle"


def _stranger(peer: str, system: SystemReport) -> str:
    return "the admin" if peer == system.system_id else "a program, or an actor that has ended"


def _tree(actors: dict[str, Actor]) -> list[tuple[int, Actor]]:
    """Return each actor after its parent, in the order in which they were created."""
    children: dict[str | None, list[Actor]] = {}
    for actor in actors.values():
        parent = actor.row.parent if actor.row.parent in actors else None
        children.setdefault(parent, []).append(actor)
    found = []
    waiting = [(0, actor) for actor in reversed(children.get(None, []))]
    while waiting:
        depth, actor = waiting.pop()
        found.append((depth, actor))
        waiting += [(depth + 1, child) for child in reversed(children.get(actor.id, []))]
    return found
