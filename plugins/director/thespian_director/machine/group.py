"""One group: its loaded versions, the one that is active, and those that are on their way.

Stages of a version, and what an event makes of it; what is gone has no record:

========== ========= ============== =============== ========================== ==========
stage      source    all its actors an actor cannot source unloaded            turn comes
           available live           be created
========== ========= ============== =============== ========================== ==========
validating waiting                                  gone: not accepted
waiting                                             gone                       starting
starting             loaded, active gone            gone
loaded                                              gone; if active, see below
========== ========= ============== =============== ========================== ==========

When the active version is unloaded, the newest of the others is active again.

One version of a group starts at a time: of those that wait, the one that was loaded first. What was active
remains so until all actors of the next one live; so a version that cannot start changes nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from thespian_core.addresses import ActorAddress
from thespian_director.machine.answers import source_loaded
from thespian_director.machine.effects import Changed, Create, Effect, End, Greet, Log, Send, Unload
from thespian_director.machine.plans import GroupPlan
from thespian_director.machine.versions import Life, Run, Stage, Version

MINIMUM_RUN_S = 2.0  # behaviour that operators know: what ends sooner is not started again
START_LIMIT_S = 60.0  # our choice: longer than the 50 s that a program waits for an actor
LAST_WORDS_S = 2.0  # our choice: the reason of a failed start may come after the notice of it

NOT_ACCEPTED = "the source authority did not accept it; the system's log says why"
UNLOADED_MEANWHILE = "it was unloaded before it had started"


class Group:
    """One group.

    Args:
        name: its name.

    Attributes:
        plan: what versions that are loaded from now on shall run.
        loaded: its loaded versions, the active one included, oldest first.
        active: the version that works, or None.
        coming: versions that are on their way.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.plan = GroupPlan()
        self.loaded: list[Version] = []
        self.active: Version | None = None
        self.coming: list[Version] = []

    def find(self, source_hash: str) -> Version | None:
        """Return the version with this source, loaded or coming."""
        versions = (*self.loaded, *self.coming)
        return next((version for version in versions if version.source_hash == source_hash), None)

    @property
    def runs(self) -> list[Run]:
        """All actors of all versions."""
        return [run for version in (*self.loaded, *self.coming) for run in version.runs]

    # Loading

    def load(self, version: Version, now: float) -> list[Effect]:
        """Somebody loads a version that this group does not have yet."""
        self.coming.append(version)
        return self.available(version, now) if version.was_there else []

    def available(self, version: Version, now: float) -> list[Effect]:
        """The source of a coming version can be used."""
        if version.stage is not Stage.VALIDATING:
            return []
        version.stage = Stage.WAITING
        return self._next(now)

    def switch(self, version: Version) -> list[Effect]:
        """Make a loaded version the active one, and the newest; start again what of it has ended."""
        if version is self.active:
            return [effect for run in version.runs if run.life is Life.ENDED for effect in _again(run)]
        effects = self._deactivate()
        self.loaded.remove(version)
        self.loaded.append(version)
        return [*effects, *self._reactivate(version), Changed()]

    def remove(self, version: Version, now: float, why: str = UNLOADED_MEANWHILE) -> list[Effect]:
        """The source of a version is gone, or is to be."""
        if version.stage is not Stage.LOADED:
            return self._give_up(version, why, now)
        effects = self._retire(version)
        if version is self.active:
            self.active = None
            if self.loaded:
                effects += self._reactivate(self.loaded[-1])
        return [*effects, Changed()]

    # Actors

    def created(
        self, run: Run, address: ActorAddress, at: datetime, is_known: bool, now: float
    ) -> list[Effect]:
        """An actor was created: it has an address, and perhaps no life.

        Args:
            run: which.
            address: its address.
            at: when, for people.
            is_known: it was found by its global name, and is the actor of another version.
            now: seconds on a clock that never runs backwards.
        """
        run.address, run.start_time, run.life = address, at, Life.CREATING
        run.due_at, run.why = now + START_LIMIT_S, f"it did not start within {START_LIMIT_S:.0f} s"
        effects: list[Effect] = []
        if not run.is_first:
            effects += [*_said(run, run.plan.on_load), Changed()]
        if is_known:
            text = (
                f"{run.plan.actor_class} of {run.version.path} was found by its global name "
                f"{run.plan.global_name!r}: an actor of another version goes on, and nothing new was created"
            )
            return [*effects, Log("warning", text), *self.lives(run, now)]
        return [Greet(address), *effects]

    def lives(self, run: Run, now: float) -> list[Effect]:
        """An actor has answered."""
        if run.life is not Life.CREATING:
            return []
        run.life, run.living_since, run.due_at = Life.LIVING, now, None
        version = run.version
        if version.stage is Stage.STARTING and all(each.life is Life.LIVING for each in version.runs):
            return self._activate(version, now)
        return []

    def failed(self, run: Run, why: str, now: float) -> list[Effect]:
        """An actor could not be created."""
        if run.life is not Life.CREATING:
            return []
        text = f"{run.plan.actor_class} was not created: {why}"
        if run.version.stage is Stage.STARTING:
            run.address = None
            return self._give_up(run.version, text, now)
        return self._left_dead(run, text)

    def exited(self, run: Run, now: float) -> list[Effect]:
        """An actor is gone."""
        if run.life is Life.CREATING:
            run.due_at, run.why = now + LAST_WORDS_S, "it ended while it started"
            return []
        if run.version.stage is not Stage.LOADED:
            run.address, run.life = None, Life.ENDED
            return self._give_up(run.version, f"{run.plan.actor_class} ended right after its start", now)
        if run.version is not self.active:
            run.address, run.life = None, Life.ENDED
            return [Changed()]
        ran_s = now - run.living_since
        if ran_s < MINIMUM_RUN_S:
            text = f"{run.plan.actor_class} ended after {ran_s:.1f} s, and is not started again: "
            return self._left_dead(run, f"{text}that takes {MINIMUM_RUN_S:.0f} s")
        text = f"{run.plan.actor_class} of group {self.name} ended after {ran_s:.0f} s, and is started again"
        return [Log("warning", text), *_again(run)]

    def tick(self, now: float) -> list[Effect]:
        """Time has passed: give up actors that were not heard of."""
        effects: list[Effect] = []
        for run in self.runs:
            is_due = run.due_at is not None and run.life is Life.CREATING and now >= run.due_at
            # Its version may just have been given up because of another one.
            if is_due and self.find(run.version.source_hash) is run.version:
                ends: list[Effect] = [] if run.address is None else [End(run.address)]
                effects += [*ends, *self.failed(run, run.why, now)]
        return effects

    # Inside

    def _next(self, now: float) -> list[Effect]:
        if any(version.stage is Stage.STARTING for version in self.coming):
            return []
        for version in self.coming:
            if version.stage is Stage.WAITING:
                version.stage = Stage.STARTING
                version.runs = [Run(plan, version) for plan in version.plan.actors]
                if not version.runs:
                    return self._activate(version, now)
                return [Create(run) for run in version.runs]
        return []

    def _activate(self, version: Version, now: float) -> list[Effect]:
        effects = self._deactivate()
        self.coming.remove(version)
        self.loaded.append(version)
        version.stage, self.active = Stage.LOADED, version
        for run in version.runs:
            run.is_first = False
            effects += _said(run, run.plan.on_load)
        keep = self.plan.keep
        for old in self.loaded[:-keep] if keep else []:
            effects += [*self._retire(old), Unload(old.source_hash)]
        effects += source_loaded(version, None)
        return [*effects, Changed(), *self._next(now)]

    def _give_up(self, version: Version, why: str, now: float) -> list[Effect]:
        effects: list[Effect] = []
        self.coming.remove(version)
        effects += self._ends(version)
        # What others had loaded before is theirs.
        if version.stage in {Stage.WAITING, Stage.STARTING} and not version.was_there:
            effects.append(Unload(version.source_hash))
        effects.append(Log("error", f"{version.path} was not loaded as group {self.name}: {why}"))
        effects += source_loaded(version, why)
        return [*effects, Changed(), *self._next(now)]

    def _retire(self, version: Version) -> list[Effect]:
        effects = self._deactivate() if version is self.active else []
        self.loaded.remove(version)
        return [*effects, *self._ends(version)]

    def _ends(self, version: Version) -> list[Effect]:
        # An actor that was found by its global name may work for another version, too.
        others = {run.address for run in self.runs if run.version is not version}
        return [End(address) for _run, address in version.living if address not in others]

    def _deactivate(self) -> list[Effect]:
        runs = self.active.runs if self.active else []
        return [effect for run in runs for effect in _said(run, run.plan.on_deactivate)]

    def _reactivate(self, version: Version) -> list[Effect]:
        self.active = version
        effects: list[Effect] = []
        for run in version.runs:
            effects += _again(run) if run.address is None else _said(run, run.plan.on_reactivate)
        return effects

    def _left_dead(self, run: Run, text: str) -> list[Effect]:
        run.address, run.life, run.due_at = None, Life.ENDED, None
        return [Log("warning", f"group {self.name}: {text}"), Changed()]


def _again(run: Run) -> list[Effect]:
    run.address, run.life, run.due_at = None, Life.CREATING, None
    return [Create(run)]


def _said(run: Run, message: Any) -> list[Effect]:
    return [] if message is None or run.address is None else [Send(run.address, message)]
