"""Which capabilities that steer a system are taken, and which are refused before anything is started."""

from __future__ import annotations

import os
from typing import Any

import pytest

from thespian_core.errors import ActorSystemStartupFailure
from thespian_core.systembase import Plan
from thespian_multiproc.runtime.plan import (
    EnginePlan,
)
from thespian_multiproc.runtime.planning import engine_plan


def planned(**capabilities: Any) -> EnginePlan:
    """Return the plan of a system with these capabilities, whose names are written with underscores."""
    own = {name.replace("_", " "): value for name, value in capabilities.items()}
    return engine_plan(Plan("multiprocTCPBase", 1, own), "T", b"k" * 32, "127.0.0.1:1900")


def refusal(**capabilities: Any) -> str:
    with pytest.raises(ActorSystemStartupFailure) as caught:
        planned(**capabilities)
    return str(caught.value)


class Unreadable:
    def __reduce__(self) -> tuple[Any, ...]:
        return int, ("five",)


def test_a_capability_that_no_process_could_read_is_refused_and_named() -> None:
    said = refusal(Colour=Unreadable())
    assert said.startswith("the capability 'Colour' cannot be given to other processes: invalid literal")


@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
def test_processes_are_started_by_the_method_that_was_asked_for(method: str) -> None:
    assert planned(Process_Startup_Method=method).start_method == method


def test_processes_are_forked_when_no_method_was_asked_for() -> None:
    assert planned().start_method == "fork"


@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
def test_a_method_that_the_platform_lacks_is_replaced_by_spawn(
    monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    monkeypatch.delattr(os, "fork")
    assert planned(Process_Startup_Method=method).start_method == "spawn"


@pytest.mark.parametrize("method", ["frok", "Spawn", "", 5, None, b"fork", ["fork"]])
def test_a_method_that_there_is_not_is_refused_and_named(method: object) -> None:
    assert refusal(Process_Startup_Method=method) == (
        f"the capability 'Process Startup Method' is 'fork', 'forkserver' or 'spawn', not {method!r}"
    )


def test_a_method_that_there_is_not_is_refused_where_nothing_forks_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(os, "fork")
    assert "not 'frok'" in refusal(Process_Startup_Method="frok")
