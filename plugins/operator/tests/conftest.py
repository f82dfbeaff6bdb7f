"""Systems on each base of the engine, and the command ``thespian`` as an operator runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import attrs
import pytest

from plugins.operator.tests.town import Mayor
from thespian.actors import ActorAddress, ActorSystem
from thespian_core.hooks.records import SystemBaseSpec
from thespian_core.hooks.registry import default_registry
from thespian_multiproc.runtime import opaque
from tools.ports import free_port

PATIENCE_S = 60  # a deadline that only a failing test waits for


def shared_bases() -> list[str]:
    """Return the installed bases whose systems other programs can join."""
    registry = default_registry()
    specs = [registry.find(SystemBaseSpec, name) for name in registry.names(SystemBaseSpec)]
    return [spec.name for spec in specs if spec.transport is not None and spec.outlives_starter]


@pytest.fixture(autouse=True)
def _others_open_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator's program opens no values of users' classes, for good; later tests of this process do."""
    monkeypatch.setattr(opaque, "_keeps_closed", opaque._keeps_closed)


@attrs.frozen
class Command:
    """Runs ``thespian`` in a folder where none of the actors' code is, on one system.

    Attributes:
        folder: the working folder.
        options: what every command is given.
        environ: changes to the environment.
    """

    folder: Path
    options: tuple[str, ...] = ()
    environ: dict[str, str] = attrs.field(factory=dict)

    def words(self, name: str, *arguments: object) -> list[str]:
        """Return the command line."""
        return [sys.executable, "-m", "thespian_core.cli", name, *self.options, *map(str, arguments)]

    @property
    def environment(self) -> dict[str, str]:
        """The whole environment."""
        return {**os.environ, **self.environ}

    def run(self, name: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Run a command to its end; whatever happens, it must not end in a traceback."""
        ran = subprocess.run(
            self.words(name, *arguments),
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
        )
        assert "Traceback" not in ran.stderr, ran.stderr
        return ran

    def prints(self, name: str, *arguments: object) -> str:
        """Run a command that must succeed; return what it prints."""
        ran = self.run(name, *arguments)
        assert (ran.returncode, ran.stderr) == (0, "")
        return ran.stdout

    def json(self, name: str, *arguments: object) -> dict[str, Any]:
        """Return what a command prints for programs."""
        found: dict[str, Any] = json.loads(self.prints(name, "--json", *arguments))
        return found

    def fails(self, name: str, *arguments: object, status: int = 1) -> str:
        """Run a command that must fail; return what it says, in which nothing is printed."""
        ran = self.run(name, *arguments)
        assert (ran.returncode, ran.stdout) == (status, "")
        return ran.stderr


@attrs.frozen
class Town:
    """A system with a mayor.

    Attributes:
        system: for the test itself.
        base_name: its base.
        port: its Admin Port.
        mayor: its only actor at first.
        thespian: the command, for this system.
    """

    system: ActorSystem
    base_name: str
    port: int
    mayor: ActorAddress
    thespian: Command

    def hire(self, number: int) -> list[ActorAddress]:
        """Have the mayor create workers."""
        workers: list[ActorAddress] = self.system.ask(self.mayor, ("hire", number), PATIENCE_S)
        assert len(workers) == number
        for worker in workers:
            self.pid(worker)
        return workers

    def pid(self, worker: ActorAddress) -> int:
        """Return the number of a worker's process."""
        pid = self.system.ask(worker, ("pid",), PATIENCE_S)
        assert isinstance(pid, int)
        return pid

    def pass_on(self, worker: ActorAddress, times: int, what: Any) -> None:
        """Have the mayor send messages to a worker."""
        assert self.system.ask(self.mayor, ("pass on", worker, times, what), PATIENCE_S) == "passed on"

    def actor(self, address: ActorAddress) -> dict[str, Any]:
        """Return what ``thespian status`` tells of an actor."""
        (found,) = [one for one in self.thespian.json("status")["actors"] if one["address"] == str(address)]
        return dict(found)


@pytest.fixture
def thespian(tmp_path: Path) -> Command:
    """Return the command, without a system."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return Command(folder)


@pytest.fixture(params=shared_bases())
def base_name(request: pytest.FixtureRequest) -> str:
    """Each base in turn."""
    name: str = request.param
    return name


@pytest.fixture
def town(base_name: str, thespian: Command) -> Iterator[Town]:
    """Run a town."""
    port = free_port()
    system = ActorSystem(base_name, {"Admin Port": port}, logDefs=False, transientUnique=True)
    try:
        mayor = system.createActor(Mayor, globalName="mayor")
        command = attrs.evolve(thespian, options=("--base", base_name, "--port", str(port)))
        yield Town(system, base_name, port, mayor, command)
    finally:
        system.shutdown()


@attrs.frozen
class Gate:
    """A named pipe that workers wait at in their handler.

    Attributes:
        path: its name.
    """

    path: str

    @property
    def message(self) -> tuple[str, str]:
        """What has a worker wait."""
        return ("wait", self.path)

    def open(self) -> None:
        """Let whoever waits there go on; returns when somebody does."""
        with open(self.path, "w"):
            return


@pytest.fixture
def new_gate(tmp_path: Path) -> Iterator[Callable[[], Gate]]:
    """Make gates; in the end nobody is left waiting at one."""
    with ExitStack() as gates:

        def make() -> Gate:
            path = tmp_path / f"gate{len(os.listdir(tmp_path))}"
            os.mkfifo(path)
            # Whoever comes later finds nothing there to wait at.
            gates.callback(_let_all_through, path)
            return Gate(str(path))

        yield make


def _let_all_through(path: Path) -> None:
    number = os.open(path, os.O_RDWR)  # never waits, and lets go who waits to open it for reading
    os.unlink(path)
    os.close(number)
