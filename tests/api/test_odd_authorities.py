"""A source authority that fails, dies or hangs lets nothing in, and hurts nobody else."""

from __future__ import annotations

import io
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from thespian_core.api.system import ActorSystem
from thespian_core.errors import ActorSystemStartupFailure, InvalidActorSourceHash
from thespian_core.hooks.errors import PluginError
from thespian_core.hooks.records import SystemBaseSpec
from thespian_core.hooks.registry import PluginRegistry, default_registry, use_registry
from thespian_core.hooks.selection import PluginOrigin
from thespian_core.sources.reading import source_hash
from thespian_core.testing.actors import Quiet
from thespian_core.testing.contract import PATIENCE_S
from thespian_core.testing.sourcekit import program

NewSystem = Callable[[str, Any], ActorSystem]
BASES = default_registry().names(SystemBaseSpec)
OF_PROCESSES = [name for name in BASES if default_registry().find(SystemBaseSpec, name).transport]


@pytest.fixture
def new_system() -> Iterator[NewSystem]:
    """Start systems on a base with a source authority, among which are the odd ones."""
    odd = PluginOrigin("odd", "tests.api.odd_authorities")
    usual = default_registry().selection()
    before = use_registry(PluginRegistry.from_selection(usual._replace(used=(*usual.used, odd))))
    try:
        with ExitStack() as systems, socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
            probe.close()

            def start(base_name: str, authority: Any) -> ActorSystem:
                capabilities = {"Admin Port": port, "Source Authority": authority}
                system = ActorSystem(base_name, capabilities, logDefs=False, transientUnique=True)
                systems.callback(system.shutdown)
                return system

            yield start
    finally:
        use_registry(before)


def refused(system: ActorSystem, data: bytes) -> float:
    """Load something that must be refused, and return how long that took."""
    began = time.monotonic()
    source = system.loadActorSource(io.BytesIO(data))
    with pytest.raises(InvalidActorSourceHash):
        system.createActor("app.actors.Teller", sourceHash=source)
    return time.monotonic() - began


def loads(system: ActorSystem) -> Any:
    source = system.loadActorSource(io.BytesIO(program(1)))
    teller = system.createActor("app.actors.Teller", sourceHash=source)
    return system.ask(teller, ("hello",), PATIENCE_S)


@pytest.mark.parametrize("base_name", BASES)
@pytest.mark.parametrize("authority", ["raising", "answering_oddly", "leaving", "panicking"])
def test_a_function_that_fails_has_rejected(new_system: NewSystem, base_name: str, authority: str) -> None:
    system = new_system(base_name, authority)
    assert refused(system, program(1)) < PATIENCE_S
    assert refused(system, program(2)) < PATIENCE_S


@pytest.mark.parametrize("base_name", BASES)
def test_an_authority_that_cannot_be_loaded_stops_the_start(new_system: NewSystem, base_name: str) -> None:
    with pytest.raises(PluginError, match="missing"):
        new_system(base_name, "missing")
    with pytest.raises(ActorSystemStartupFailure, match="'Source Authority' is the name of"):
        new_system(base_name, 5)


@pytest.mark.parametrize("base_name", BASES)
def test_a_source_under_the_hash_of_another_is_rejected(new_system: NewSystem, base_name: str) -> None:
    system = new_system(base_name, "accept-all")
    forged = source_hash(program(1))
    system._connection.load_source(forged, program(2), "forged")
    with pytest.raises(InvalidActorSourceHash):
        system.createActor("app.actors.Teller", sourceHash=forged)
    assert loads(system) == "hello"


@pytest.mark.slow
@pytest.mark.parametrize("base_name", OF_PROCESSES)
def test_an_authority_whose_process_dies_is_started_again(new_system: NewSystem, base_name: str) -> None:
    system = new_system(base_name, "dying")
    for _ in range(2):
        assert refused(system, b"die") < PATIENCE_S
    assert loads(system) == "hello"


@pytest.mark.slow  # a process that hangs is killed when the system ends, after 7.5 s
@pytest.mark.parametrize("base_name", OF_PROCESSES)
def test_an_authority_that_hangs_holds_up_nothing_but_sources(new_system: NewSystem, base_name: str) -> None:
    system = new_system(base_name, "hanging")
    assert loads(system) == "hello"
    system.loadActorSource(io.BytesIO(b"hang"))
    assert system.ask(system.createActor(Quiet), "still here", PATIENCE_S) == "still here"


@pytest.mark.parametrize("base_name", BASES)
@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("NUMBER", "odd_authorities:NUMBER is 5, not a function"),
        ("hasty", "odd_authorities:hasty cannot be asked: too many positional arguments"),
        ("Unmade", "odd_authorities:Unmade cannot be asked: too many positional arguments"),
    ],
)
def test_what_can_decide_nothing_is_told_when_the_system_starts(
    new_system: NewSystem, base_name: str, name: str, why: str
) -> None:
    with pytest.raises(PluginError, match=why) as raised:
        new_system(base_name, name)
    assert "plugin odd" in str(raised.value)
