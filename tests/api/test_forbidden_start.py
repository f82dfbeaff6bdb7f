"""While code is loaded that is only to define things, no system is started or joined."""

from __future__ import annotations

import threading

import pytest

from thespian.actors import ActorSystem, ActorSystemStartupFailure
from thespian_core.startup import forbid_systems


def test_a_forbidden_system_is_not_started_and_the_reason_is_its_text() -> None:
    with forbid_systems("not while it rains"), pytest.raises(ActorSystemStartupFailure) as failed:
        ActorSystem("simpleSystemBase")
    assert str(failed.value) == "not while it rains"
    assert not hasattr(ActorSystem, "systemBase")


def test_a_running_system_is_not_joined_either_and_runs_on() -> None:
    system = ActorSystem("simpleSystemBase")
    try:
        with forbid_systems("not now"), pytest.raises(ActorSystemStartupFailure, match="not now"):
            ActorSystem()
        assert ActorSystem().capabilities == system.capabilities
    finally:
        system.shutdown()


def test_it_is_forbidden_in_every_thread() -> None:
    failures: list[str] = []

    def start() -> None:
        try:
            ActorSystem("simpleSystemBase")
        except ActorSystemStartupFailure as failure:
            failures.append(str(failure))

    with forbid_systems("not now"):
        thread = threading.Thread(target=start)
        thread.start()
        thread.join(10)
    assert failures == ["not now"]


def test_when_the_code_fails_systems_may_be_started_again() -> None:
    with pytest.raises(ValueError, match="oops"), forbid_systems("not now"):
        raise ValueError("oops")
    ActorSystem("simpleSystemBase").shutdown()
