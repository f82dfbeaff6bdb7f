"""Systems on each base of the engine that is installed; no test says which."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from thespian_core.api.system import ActorSystem
from thespian_core.hooks.records import SystemBaseSpec
from thespian_core.hooks.registry import default_registry
from tools.ports import free_port

NewSystem = Callable[..., ActorSystem]


def engine_bases() -> list[str]:
    """Return the installed bases that have a process for every actor."""
    registry = default_registry()
    return [
        name
        for name in registry.names(SystemBaseSpec)
        if registry.find(SystemBaseSpec, name).transport is not None
    ]


def shared_bases() -> list[str]:
    """Return those whose systems several programs can use: they go on when their starter ends."""
    registry = default_registry()
    return [name for name in engine_bases() if registry.find(SystemBaseSpec, name).outlives_starter]


@pytest.fixture(params=engine_bases())
def base_name(request: pytest.FixtureRequest) -> str:
    """Each base in turn."""
    name: str = request.param
    return name


@pytest.fixture
def new_system(base_name: str) -> Iterator[NewSystem]:
    """Start systems, given capabilities; all are shut down in the end."""
    with ExitStack() as systems:

        def start(**capabilities: Any) -> ActorSystem:
            own = {"Admin Port": free_port()}
            own |= {name.replace("_", " "): value for name, value in capabilities.items()}
            system = ActorSystem(base_name, own, transientUnique=True)
            systems.callback(system.shutdown)
            return system

        yield start


@pytest.fixture
def asys(new_system: NewSystem) -> ActorSystem:
    """Return a system with nothing special about it."""
    return new_system()


@pytest.fixture
def log_file(tmp_path: Path) -> Path:
    """Where records are written."""
    return tmp_path / "written.log"


@pytest.fixture
def internal_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The internal log of this test's systems."""
    path = tmp_path / "internal.log"
    monkeypatch.setenv("THESPLOG_FILE", str(path))
    return path
