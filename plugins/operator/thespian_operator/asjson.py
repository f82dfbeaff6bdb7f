"""Snapshots for programs: one object of plain JSON, whose keys the documentation lists."""

from __future__ import annotations

from typing import Any

from thespian_operator.snapshot import Actor, Figures, Snapshot
from thespian_operator.tables import cpu_share


def as_json(snapshot: Snapshot, before: Snapshot | None = None) -> dict[str, Any]:
    """Return a snapshot as objects, lists, text and numbers.

    Args:
        snapshot: the look.
        before: an earlier look; with it, actors have ``cpu_percent``.
    """
    system = snapshot.system
    own = {
        "admin": _process(system.admin_pid, snapshot),
        "launcher": _process(system.launcher_pid, snapshot),
        "log": None if system.log_pid is None else _process(system.log_pid, snapshot),
    }
    words = snapshot.last_words
    return {
        "base": system.base_name,
        "base_version": system.base_version,
        "place": system.place,
        "up_s": round(system.up_s, 3),
        "shutting_down": system.shutting_down,
        "processes": own,
        "log_restarts": system.log_restarts,
        "died": system.died,
        "dead_letters": system.dead_letters,
        "dead_letter_handler": system.dead_letter_handler,
        "programs": sorted(system.programs),
        "capabilities": dict(system.capabilities),
        "plugins": [
            {"plugin": name, "distribution": distribution, "version": version}
            for name, distribution, version in system.plugins
        ],
        "last_end": None if words is None else {"at": words.at, "why": words.why},
        "actors": [_actor(depth, actor, snapshot, before) for depth, actor in snapshot.actors],
    }


def _actor(depth: int, actor: Actor, snapshot: Snapshot, before: Snapshot | None) -> dict[str, Any]:
    row = actor.row
    oldest_ms = actor.counter("Mail.Waiting.Oldest ms")
    found: dict[str, Any] = {
        "id": actor.id,
        "address": str(row.address),
        "parent": row.parent,
        "depth": depth,
        "class": row.actor_class,
        "name": row.global_name,
        "source_hash": row.source_hash,
        "state": actor.state,
        "mail_in": actor.counter("Mail.Waiting") if actor.mail_at_least is None else actor.mail_at_least,
        "mail_in_is_at_least": actor.mail_at_least is not None,
        "oldest_s": None if oldest_ms is None or actor.mail_at_least is not None else oldest_ms / 1000,
        "mail_out": actor.counter("Mail.Sent.Not Handled"),
        "unsent_bytes": actor.counter("Mail.Sent.Unsent Bytes"),
        "wakeups": actor.counter("Wakeups.Pending"),
        "handled": actor.counter("Actor.Message Received.Total"),
        "failed": actor.counter("Actor.Message Received.Failed"),
        "links": actor.counter("Links.Open"),
        "handling": None
        if actor.handling is None
        else {"from": actor.handling[0], "number": actor.handling[1]},
        **_of(row.pid, actor.figures),
    }
    if before is not None:
        found["cpu_percent"] = round(cpu_share(actor, before, snapshot), 1)
    return found


def _process(pid: int, snapshot: Snapshot) -> dict[str, Any]:
    figures = snapshot.figures.get(pid)
    stopped = None if figures is None else figures.is_stopped
    return {**_of(pid, figures), "stopped": stopped}


def _of(pid: int | None, figures: Figures | None) -> dict[str, Any]:
    return {
        "pid": pid,
        "memory_bytes": None if figures is None else figures.memory_bytes,
        "cpu_s": None if figures is None else round(figures.cpu_s, 3),
    }
