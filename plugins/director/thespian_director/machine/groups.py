"""All that a Director knows and decides: its groups, the sources of the system, and who wants to be told.

Events:

=================== =======================================================================
``handle``          a message with a ``DirectorOp``
``loading``         a file was handed to the system as a source
``unreadable``      it could not be
``available``       the system can use a source
``unavailable``     it no longer can, or did not accept it
``created``         an actor was created; it may not live yet
``lives``           it has answered
``failed``          it could not be created
``exited``          it is gone
``tick``            time has passed
``close``           the Director ends
=================== =======================================================================

Each returns the effects to be carried out, in order. Seconds are those of a clock that never runs backwards.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from thespian_core.addresses import ActorAddress
from thespian_core.texts import shown, told
from thespian_director.machine.answers import about_group, about_run, answer, source_loaded
from thespian_director.machine.effects import Changed, Effect, Log, Read, Unload
from thespian_director.machine.group import NOT_ACCEPTED, UNLOADED_MEANWHILE, Group
from thespian_director.machine.plans import BadPlan, read_plan
from thespian_director.machine.versions import Run, Stage, Version


class Groups:
    """The groups of one Director."""

    def __init__(self) -> None:
        self._groups: dict[str, Group] = {}
        self._sources: dict[str, Any] = {}
        self._unloading: Counter[str] = Counter()  # how often the system will yet tell of an unloading here
        self._curious: dict[Any, ActorAddress] = {}

    @property
    def next_due(self) -> float | None:
        """When :meth:`tick` has something to do; None for not before the next event."""
        return min((run.due_at for _, run in self._runs() if run.due_at is not None), default=None)

    # Messages

    def handle(self, message: dict[Any, Any], sender: ActorAddress, now: float) -> list[Effect]:
        """Somebody asks for something; see :class:`thespian_director.director.Director`."""
        match message:
            case {"DirectorOp": "DefineGroup"}:
                return [self._define(message, sender)]
            case {"DirectorOp": "LoadSource"}:
                return [self._load(message, sender)]
            case {"DirectorOp": "UnloadSource"}:
                return self._unload(message.get("SourceHash"), sender, now)
            case {"DirectorOp": "RetrieveAll"}:
                return [self._retrieve_all(message.get("Group"), sender)]
            case {"DirectorOp": "RetrieveRole"}:
                return [self._retrieve_role(message.get("Role"), message.get("Group"), sender)]
            case {"DirectorOp": "RequestNotification"}:
                self._curious[sender.key] = sender
                return []
        return [Log("warning", f"{sender} asks for what no Director does: {shown(message)}")]

    def _define(self, message: dict[Any, Any], sender: ActorAddress) -> Effect:
        name = message.get("Group")
        try:
            if not isinstance(name, str) or not name:
                raise BadPlan(f"Group is the name of a group, not {shown(name)}")
            plan = read_plan(message.get("Actors"), message.get("AutoUnload"))
        except BadPlan as why:
            return answer(sender, "DeclaredGroup", str(why), Group=name)
        self._groups.setdefault(name, Group(name)).plan = plan
        return answer(sender, "DeclaredGroup", Group=name)

    def _load(self, message: dict[Any, Any], sender: ActorAddress) -> Effect:
        name, path = message.get("Group"), message.get("Source")
        if not isinstance(name, str) or name not in self._groups:
            error = f"no group {shown(name)} is defined: send DefineGroup first"
        elif not isinstance(path, str):
            error = f"Source is the path of a file, not {shown(path)}"
        else:
            return Read(name, path, sender, message.get("Report") is True)
        return answer(sender, "SourceLoading", error, Group=name, SourceHash=None)

    def _unload(self, source_hash: Any, sender: ActorAddress, now: float) -> list[Effect]:
        found = self._find(source_hash)
        if found is None and (not isinstance(source_hash, str) or source_hash not in self._sources):
            error = f"no source {shown(source_hash)} is loaded"
            return [answer(sender, "SourceUnloaded", error, Group=None, SourceHash=source_hash)]
        if found is not None and found[1].stage is Stage.VALIDATING:
            self._unloading[source_hash] += 1  # the system tells of what it had not accepted yet, too
        effects, name = ([], None) if found is None else (found[0].remove(found[1], now), found[0].name)
        done = answer(sender, "SourceUnloaded", Group=name, SourceHash=source_hash)
        return self._finish([*effects, Unload(source_hash), done])

    def _retrieve_all(self, only: Any, sender: ActorAddress) -> Effect:
        groups = {name: about_group(group) for name, group in self._groups.items() if only in (None, name)}
        if only is not None and not groups:
            error = f"no group {shown(only)} is defined"
            return answer(sender, "AllAddresses", error, Groups={}, Others={})
        others = {key: told(info) for key, info in self._sources.items() if self._find(key) is None}
        return answer(sender, "AllAddresses", Groups=groups, Others=others)

    def _retrieve_role(self, role: Any, only: Any, sender: ActorAddress) -> Effect:
        for name, group in self._groups.items():
            if group.active is None or only not in (None, name):
                continue
            for run in group.active.runs:
                if run.plan.role is not None and run.plan.role == role and run.address is not None:
                    fields = {"Group": name, "SourceHash": group.active.source_hash, **about_run(run)}
                    return answer(sender, "RoleAddress", **fields)
        error = f"no actor has the role {shown(role)}" + ("" if only is None else f" in group {shown(only)}")
        nothing = dict.fromkeys(("Group", "SourceHash", "ActorClass", "ActorAddress", "StartTime"))
        return answer(sender, "RoleAddress", error, Role=role, **nothing)

    # Sources

    def loading(self, read: Read, source_hash: str, now: float) -> list[Effect]:
        """A file was handed to the system; its source may be available already."""
        found = self._find(source_hash)
        fields = {"Group": read.group, "SourceHash": source_hash}
        if found is not None and found[0].name != read.group:
            error = f"the same file is loaded as group {found[0].name!r}"
            return [answer(read.asked_by, "SourceLoading", error, **fields)]
        effects: list[Effect] = [answer(read.asked_by, "SourceLoading", **fields)]
        reports = [read.asked_by] if read.report else []
        if found is None:
            group, was_there = self._groups[read.group], source_hash in self._sources
            version = Version(group.name, source_hash, read.path, group.plan, was_there=was_there)
            version.report_to = reports
            return self._finish([*effects, *group.load(version, now)])
        group, version = found
        version.report_to += reports
        if version.stage is Stage.LOADED:
            effects += [*group.switch(version), *source_loaded(version, None)]
        return self._finish(effects)

    def unreadable(self, read: Read, why: str) -> list[Effect]:
        """A file could not be read, or is no source."""
        return [answer(read.asked_by, "SourceLoading", why, Group=read.group, SourceHash=None)]

    def available(self, source_hash: str, info: Any, now: float) -> list[Effect]:
        """The system can use a source, whoever has loaded it."""
        if source_hash in self._unloading:  # that was before it was unloaded here
            return []
        self._sources[source_hash] = info
        found = self._find(source_hash)
        return [] if found is None else self._finish(found[0].available(found[1], now))

    def unavailable(self, source_hash: str, now: float) -> list[Effect]:
        """The system can no longer use a source, or did not accept it."""
        self._sources.pop(source_hash, None)
        if source_hash in self._unloading:  # that was done here, and it may be loaded again by now
            self._unloading[source_hash] -= 1
            self._unloading += Counter()  # keeps what is above zero
            return []
        found = self._find(source_hash)
        if found is None:
            return []
        why = NOT_ACCEPTED if found[1].stage is Stage.VALIDATING else UNLOADED_MEANWHILE
        return self._finish(found[0].remove(found[1], now, why))

    # Actors

    def created(self, run: Run, address: ActorAddress, at: datetime, now: float) -> list[Effect]:
        """An actor was created: it has an address, and perhaps no life."""
        is_known = any(other.address == address for _, other in self._runs() if other is not run)
        group = self._groups[run.version.group_name]
        return self._finish(group.created(run, address, at, is_known, now))

    def lives(self, address: ActorAddress, now: float) -> list[Effect]:
        """An actor has answered."""
        return self._at(address, lambda group, run: group.lives(run, now))

    def failed(self, address: ActorAddress, why: str, now: float) -> list[Effect]:
        """An actor could not be created."""
        return self._at(address, lambda group, run: group.failed(run, why, now))

    def exited(self, address: ActorAddress, now: float) -> list[Effect]:
        """An actor is gone."""
        return self._at(address, lambda group, run: group.exited(run, now))

    def tick(self, now: float) -> list[Effect]:
        """Time has passed."""
        return self._finish([effect for group in self._groups.values() for effect in group.tick(now)])

    def close(self) -> list[Effect]:
        """The Director ends, and with it what it has created: nothing is started again."""
        effects = self._finish([Changed()])
        self._groups.clear()
        return effects

    # Inside

    def _find(self, source_hash: Any) -> tuple[Group, Version] | None:
        for group in self._groups.values():
            version = group.find(source_hash)
            if version is not None:
                return group, version
        return None

    def _runs(self) -> list[tuple[Group, Run]]:
        return [(group, run) for group in self._groups.values() for run in group.runs]

    def _at(self, address: ActorAddress, event: Callable[[Group, Run], list[Effect]]) -> list[Effect]:
        effects: list[Effect] = []
        for group, run in self._runs():
            if run.address == address:
                effects += event(group, run)
        return self._finish(effects)

    def _finish(self, effects: list[Effect]) -> list[Effect]:
        """Tell whoever wants to know of changes, and remember which sources are being unloaded."""
        for effect in effects:
            if isinstance(effect, Unload) and self._sources.pop(effect.source_hash, None) is not None:
                self._unloading[effect.source_hash] += 1
        if Changed() not in effects:
            return effects
        told: list[Effect] = [answer(to, "NotificationOfUpdate") for to in self._curious.values()]
        self._curious.clear()
        return [effect for effect in effects if effect != Changed()] + told
