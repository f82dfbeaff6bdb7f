"""A Director's machine in a world that is made up: files, actors and a clock are the test's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from thespian_core.addresses import ActorAddress
from thespian_director.machine.effects import Create, Effect, End, Greet, Log, Read, Send, Unload
from thespian_director.machine.groups import Groups
from thespian_director.machine.versions import Run

PROGRAM = ActorAddress("program")
NOON = datetime(2030, 1, 31, 12)


class World:
    """Carries out effects, and keeps what programs and actors were told.

    A file's hash is its name without what follows the first dot. An actor's address is made of its version's
    hash, its class and a number, unless it is named.

    Attributes:
        now: the time.
        told: each message that was sent, with to whom.
        ended: who was asked to exit.
        unloaded: hashes.
        logged: texts.
        greeted: who was asked whether it lives, and has not been heard of.
        accepts: whether sources are available as soon as they are loaded.
        starts: whether actors live as soon as they are greeted.
        tells: whether the Director learns at once of what was unloaded.
    """

    def __init__(self) -> None:
        self.machine = Groups()
        self.now = 100.0
        self.told: list[tuple[str, Any]] = []
        self.ended: list[str] = []
        self.unloaded: list[str] = []
        self.logged: list[str] = []
        self.greeted: list[str] = []
        self.accepts = True
        self.starts = True
        self.tells = True
        self._available: set[str] = set()
        self._born = 0

    def ask(self, op: str, **fields: Any) -> list[dict[str, Any]]:
        """Send the Director a message; return what the program is told of it."""
        before = len(self.told)
        self.carry_out(self.machine.handle({"DirectorOp": op, **fields}, PROGRAM, self.now))
        return [message for to, message in self.told[before:] if to == "program"]

    def define(self, group: str = "app", auto_unload: Any = False, **actors: dict[str, Any] | None) -> None:
        """Define a group whose classes are ``app.NAME``."""
        named = {f"app.{name}": stages for name, stages in actors.items()}
        (answer,) = self.ask("DefineGroup", Group=group, Actors=named, AutoUnload=auto_unload)
        assert answer == {"DirectorResponse": "DeclaredGroup", "Group": group, "Success": True}

    def load(self, path: str, group: str = "app") -> list[dict[str, Any]]:
        """Load a file, with a report; return the program's answers."""
        return self.ask("LoadSource", Group=group, Source=path, Report=True)

    def is_loaded(self, path: str, group: str = "app") -> bool:
        """Load a file; whether it was reported to be loaded by now."""
        return any(
            each["DirectorResponse"] == "SourceLoaded" and each["Success"] for each in self.load(path, group)
        )

    def group(self, name: str = "app") -> dict[str, Any]:
        """Return what the Director tells of a group."""
        (answer,) = self.ask("RetrieveAll", Group=name)
        found: dict[str, Any] = answer["Groups"][name]
        return found

    def accept(self, source_hash: str) -> None:
        """The source authority accepts a source."""
        self._available.add(source_hash)
        self.carry_out(self.machine.available(source_hash, f"{source_hash}.tls", self.now))

    def lose(self, source_hash: str) -> None:
        """A source is not accepted, or was unloaded."""
        self._available.discard(source_hash)
        self.carry_out(self.machine.unavailable(source_hash, self.now))

    def live(self, name: str) -> None:
        """An actor answers."""
        self.carry_out(self.machine.lives(ActorAddress(name), self.now))

    def fail(self, name: str, why: str) -> None:
        """An actor could not be created."""
        self.carry_out(self.machine.failed(ActorAddress(name), why, self.now))

    def exit(self, name: str) -> None:
        """An actor is gone."""
        self.carry_out(self.machine.exited(ActorAddress(name), self.now))

    def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds
        self.carry_out(self.machine.tick(self.now))

    def heard(self, name: str) -> list[Any]:
        """Return what an actor, or the program, was told, and forget it."""
        heard = [message for to, message in self.told if to == name]
        self.told = [(to, message) for to, message in self.told if to != name]
        return heard

    def carry_out(self, effects: list[Effect]) -> None:
        """Do what the machine wants."""
        while effects:
            effects = [*self._carry_out(effects[0]), *effects[1:]]

    def _carry_out(self, effect: Effect) -> list[Effect]:
        match effect:
            case Read(path=path):
                if "unreadable" in path:
                    return self.machine.unreadable(effect, f"cannot read {path}")
                return self._loaded(effect, path.partition(".")[0])
            case Create(run=run):
                return self.machine.created(run, self._address(run), NOON, self.now)
            case Greet(to=to):
                if self.starts:
                    return self.machine.lives(to, self.now)
                self.greeted.append(to.key)
            case Send(to=to, message=message):
                self.told.append((to.key, message))
            case End(to=to):
                self.ended.append(to.key)
            case Unload(source_hash=source_hash):
                self.unloaded.append(source_hash)
                self._available.discard(source_hash)
                return self.machine.unavailable(source_hash, self.now) if self.tells else []
            case Log(text=text):
                self.logged.append(text)
        return []

    def _loaded(self, read: Read, source_hash: str) -> list[Effect]:
        effects = self.machine.loading(read, source_hash, self.now)
        if self.accepts and source_hash not in self._available:
            self._available.add(source_hash)
            self.carry_out(effects)
            return self.machine.available(source_hash, read.path, self.now)
        return effects

    def _address(self, run: Run) -> ActorAddress:
        if run.plan.global_name is not None:
            return ActorAddress(run.plan.global_name)
        self._born += 1
        return ActorAddress(
            f"{run.version.source_hash} {run.plan.actor_class.removeprefix('app.')} {self._born}"
        )
