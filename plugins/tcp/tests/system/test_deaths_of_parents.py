"""Whoever is killed in the middle of creating an actor leaves none behind that nobody will ever end."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from plugins.tcp.tests.system.families import (
    Family,
    Gate,
    Watched,
    asys,
    base_name,
    bell,
    gate,
    in_session,
    place,
    port,
    slow_module,
)
from plugins.tcp.tests.system.mortals import LastMail, Mortal, Mourner
from thespian_core.api.system import ActorSystem
from thespian_core.testing.contract import PATIENCE_S
from thespian_core.testing.doer import do
from thespian_core.testing.steps import wait_until

__all__ = ["asys", "base_name", "bell", "gate", "place", "port", "slow_module"]


@pytest.mark.slow
def test_a_parent_killed_right_after_it_ordered_a_child_leaves_no_child(asys: ActorSystem) -> None:
    family = Family.of(asys)
    alone = wait_until(asys, lambda status: True).childActors
    before = in_session(family.admin)
    for _ in range(5):
        asys.tell(asys.createActor(Mortal), do("create_and_be_killed", LastMail))
    wait_until(asys, lambda status: status.childActors == alone)
    with Watched(in_session(family.admin) - before) as watched:
        watched.all_end()


@pytest.mark.slow
def test_a_parent_killed_while_its_child_is_imported_leaves_no_child(
    asys: ActorSystem, slow_module: None, gate: Gate, bell: Gate
) -> None:
    parent = asys.createActor(Mortal)
    family = Family.of(asys, parent)
    before = in_session(family.admin)
    asys.ask(parent, do("create", "slow_to_import.Slow"), PATIENCE_S)
    bell.wait()
    with Watched(in_session(family.admin) - before | {family.actor}) as watched:
        os.kill(family.actor, signal.SIGKILL)
        gate.let_through()
        watched.all_end()


@pytest.mark.slow
def test_a_parent_killed_when_its_children_live_takes_them_along_and_they_are_asked_first(
    asys: ActorSystem,
) -> None:
    parent = asys.createActor(Mortal)
    children = [asys.ask(parent, do("create", LastMail), PATIENCE_S) for _ in range(3)]
    for child in children:
        assert asys.ask(child, do("tell_end"), PATIENCE_S) == "will tell"
    family = Family.of(asys, parent, *children)
    others = {family.admin, family.launcher, family.log, Family.of(asys).actor}
    with Watched(family.all - others) as watched:
        os.kill(family.actor, signal.SIGKILL)
        watched.all_end()
    assert [asys.listen(PATIENCE_S) for _ in children] == ["asked to exit"] * 3


def test_a_child_killed_while_it_is_imported_is_reported_as_exited(
    asys: ActorSystem, slow_module: None, bell: Gate
) -> None:
    parent = asys.createActor(Mourner)
    family = Family.of(asys, parent)
    before = in_session(family.admin)
    child = asys.ask(parent, do("mourn", "slow_to_import.Slow"), PATIENCE_S)
    bell.wait()
    (pid,) = in_session(family.admin) - before
    os.kill(pid, signal.SIGKILL)
    assert asys.listen(PATIENCE_S) == ("exited", child)


def test_a_created_actor_that_is_killed_while_it_is_imported_fails_the_create_and_says_how(
    asys: ActorSystem, slow_module: None, bell: Gate
) -> None:
    family = Family.of(asys)
    before = in_session(family.admin)
    with ThreadPoolExecutor() as threads:
        creating = threads.submit(asys.createActor, "slow_to_import.Slow")
        bell.wait()
        (pid,) = in_session(family.admin) - before
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(Exception, match="killed by SIGKILL"):
            creating.result(PATIENCE_S)
