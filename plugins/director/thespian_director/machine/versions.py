"""One version of a group: a source, and the actors that run from it."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

import attrs

from thespian_core.addresses import ActorAddress
from thespian_director.machine.plans import ActorPlan, GroupPlan


class Stage(Enum):
    """How far a version is."""

    VALIDATING = "the source authority decides about its source"
    WAITING = "another version of its group is starting"
    STARTING = "its actors are being created"
    LOADED = "it is the active version, or a former one"


class Life(Enum):
    """What is known of an actor."""

    CREATING = "it was created, and has not been heard of"
    LIVING = "it has answered"
    ENDED = "it is gone"


@attrs.define(eq=False)
class Run:
    """One actor of one version; when it is created again, it is the same run.

    Attributes:
        plan: what was asked for.
        version: that it belongs to.
        life: what is known of it.
        address: None when it has not been created, or is gone.
        start_time: when it was created, for people.
        living_since: when it was first heard of, in seconds on the machine's clock.
        due_at: when it is given up unless it is heard of.
        why: what is to be said then.
        is_first: whether its version's actors are still awaited; else its OnLoad message is sent at once.
    """

    plan: ActorPlan
    version: Version
    life: Life = Life.CREATING
    address: ActorAddress | None = None
    start_time: datetime | None = None
    living_since: float = 0.0
    due_at: float | None = None
    why: str = ""
    is_first: bool = True


@attrs.define(eq=False)
class Version:
    """One version of a group.

    Attributes:
        group_name: of its group.
        source_hash: of its source.
        path: of the file.
        plan: of the group, when this version was loaded.
        stage: how far it is.
        was_there: whether its source had been loaded before anybody asked for it here.
        runs: its actors.
        report_to: who is told what becomes of the load.
    """

    group_name: str
    source_hash: str
    path: str
    plan: GroupPlan
    stage: Stage = Stage.VALIDATING
    was_there: bool = False
    runs: list[Run] = attrs.field(factory=list)
    report_to: list[ActorAddress] = attrs.field(factory=list)

    @property
    def living(self) -> list[tuple[Run, ActorAddress]]:
        """The actors that have an address."""
        return [(run, run.address) for run in self.runs if run.address is not None]
