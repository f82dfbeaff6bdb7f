"""Whatever the start method, a kill of anything leaves nothing behind."""

from __future__ import annotations

import os
import signal

import pytest

from plugins.tcp.tests.system.families import (
    Family,
    Gate,
    Watched,
    base_name,
    bell,
    below,
    gate,
    listens,
    place,
    port,
    slow_module,
)
from plugins.tcp.tests.system.mortals import LastMail, Mortal, Mourner
from thespian_core.api.system import ActorSystem
from thespian_core.testing.contract import PATIENCE_S
from thespian_core.testing.doer import do

__all__ = ["base_name", "bell", "gate", "place", "port", "slow_module"]

pytestmark = pytest.mark.slow
METHODS = pytest.mark.parametrize("method", ["forkserver", "spawn"])


@METHODS
@pytest.mark.parametrize("head", ["admin", "launcher"])
def test_after_a_kill_of_admin_or_launcher_nothing_of_the_system_is_left(
    base_name: str, port: int, method: str, head: str
) -> None:
    system = ActorSystem(base_name, {"Admin Port": port, "Process Startup Method": method}, None, True)
    try:
        actor = system.createActor(Mortal)
        pids = [system.ask(actor, do("grandchild"), PATIENCE_S), system.ask(actor, do("fork"), PATIENCE_S)]
        family = Family.of(system, actor)
        with Watched(family.all | set(pids)) as watched:
            os.kill(getattr(family, head), signal.SIGKILL)
            watched.all_end()
        assert not listens(port)
    finally:
        system.shutdown()


@METHODS
def test_a_killed_child_is_reported_and_what_it_started_goes_with_it(
    base_name: str, port: int, method: str
) -> None:
    system = ActorSystem(base_name, {"Admin Port": port, "Process Startup Method": method}, None, True)
    try:
        parent = system.createActor(Mourner)
        child = system.ask(parent, do("mourn", LastMail), PATIENCE_S)
        grandchild = system.ask(child, do("grandchild"), PATIENCE_S)
        pid = Family.of(system, child).actor
        with Watched([pid, grandchild]) as watched:
            os.kill(pid, signal.SIGKILL)
            watched.all_end()
        assert system.listen(PATIENCE_S) == ("exited", child)
    finally:
        system.shutdown()


@METHODS
def test_a_parent_killed_while_its_child_is_imported_leaves_no_child(
    base_name: str, port: int, method: str, slow_module: None, gate: Gate, bell: Gate
) -> None:
    system = ActorSystem(base_name, {"Admin Port": port, "Process Startup Method": method}, None, True)
    try:
        parent = system.createActor(Mortal)
        family = Family.of(system, parent)
        system.ask(parent, do("create", "slow_to_import.Slow"), PATIENCE_S)
        bell.wait()
        with Watched(below(family.admin) - family.all | {family.actor}) as watched:
            os.kill(family.actor, signal.SIGKILL)
            gate.let_through()
            watched.all_end()
    finally:
        system.shutdown()
