"""The Director's answers: dictionaries of what every program can read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from thespian_core.addresses import ActorAddress
from thespian_director.machine.effects import Effect, Send
from thespian_director.machine.versions import Run, Version

if TYPE_CHECKING:
    from thespian_director.machine.group import Group


def answer(to: ActorAddress, response: str, error: str | None = None, **fields: Any) -> Send:
    """Return what is answered; an error is a failure."""
    told = {} if error is None else {"Error": error}
    return Send(to, {"DirectorResponse": response, **fields, "Success": error is None, **told})


def source_loaded(version: Version, error: str | None) -> list[Effect]:
    """Tell whoever asked for it what has become of a load."""
    fields = {"Group": version.group_name, "SourceHash": version.source_hash}
    told: list[Effect] = [answer(to, "SourceLoaded", error, **fields) for to in version.report_to]
    version.report_to = []
    return told


def about_group(group: Group) -> dict[str, Any]:
    """Return what is told of a group."""
    return {
        "ActiveHash": None if group.active is None else group.active.source_hash,
        "Loaded": [version.source_hash for version in group.loaded],
        "Loading": [version.source_hash for version in group.coming],
        "Running": {
            version.source_hash: [about_run(run) for run in version.runs] for version in group.loaded
        },
    }


def about_run(run: Run) -> dict[str, Any]:
    """Return what is told of an actor."""
    return {
        "ActorClass": run.plan.actor_class,
        "Role": run.plan.role,
        "ActorAddress": run.address,
        "StartTime": run.start_time,
    }
