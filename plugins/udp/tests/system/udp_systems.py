"""Systems on UDP, good and bad."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from thespian_core.api.system import ActorSystem
from thespian_core.hooks.registry import PluginRegistry, default_registry, use_registry
from thespian_core.hooks.selection import PluginOrigin
from tools.ports import free_port

HOST = "127.0.0.1"


@pytest.fixture
def port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """An Admin Port that nobody has, with a folder of its own for the internal log."""
    monkeypatch.setenv("THESPLOG_FILE", str(tmp_path / "internal.log"))
    return free_port()


@pytest.fixture
def asys(port: int) -> Iterator[ActorSystem]:
    """A system of its own for each test."""
    system = ActorSystem("multiprocUDPBase", {"Admin Port": port}, transientUnique=True)
    try:
        yield system
    finally:
        system.shutdown()


@pytest.fixture
def bad_asys(port: int) -> Iterator[ActorSystem]:
    """A system of which each process sends on a bad line."""
    usual = default_registry().selection()
    bad = PluginOrigin("bad", "plugins.udp.tests.system.bad_line")
    with_bad = usual._replace(used=(*usual.used, bad))
    before = use_registry(PluginRegistry.from_selection(with_bad))
    try:
        system = ActorSystem("badUDPBase", {"Admin Port": port}, transientUnique=True)
        try:
            yield system
        finally:
            system.shutdown()
    finally:
        use_registry(before)
