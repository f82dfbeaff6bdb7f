"""Actors in a corner: nothing is lost, nobody dies of it, and nobody waits for ever."""

from __future__ import annotations

import importlib.util
import sys
import time
from pathlib import Path

import pytest

from plugins.multiproc.tests.system.conftest import NewSystem
from plugins.multiproc.tests.system.odd_actors import PARTS, Flooder, Forgetful, Shouter, Slow
from thespian_core.api.system import ActorSystem
from thespian_core.messages import PoisonMessage
from thespian_core.testing.contract import PATIENCE_S
from thespian_multiproc.runtime.actorprocess import DRAIN_LIMIT_S

MIB = 1 << 20


@pytest.mark.slow
def test_what_an_actor_has_sent_arrives_though_it_ends_itself_while_it_is_held_back(
    new_system: NewSystem,
) -> None:
    asys = new_system(Max_Unsent_Bytes=MIB)
    slow, flooder = asys.createActor(Slow), asys.createActor(Flooder)
    assert asys.ask(slow, 0.5, PATIENCE_S) == "busy"
    asys.tell(flooder, ("end", slow))
    with asys.private() as other:
        parts = 0
        while parts < PARTS:
            parts = other.ask(slow, "parts?", PATIENCE_S)


@pytest.mark.slow
def test_threads_may_send_while_their_actor_is_held_back(internal_log: Path, new_system: NewSystem) -> None:
    asys = new_system(Max_Unsent_Bytes=MIB)
    slow, flooder = asys.createActor(Slow), asys.createActor(Flooder)
    assert asys.ask(slow, 2.0, PATIENCE_S) == "busy"
    asys.tell(flooder, ("murmur", slow))
    assert asys.ask(flooder, "well?", PATIENCE_S) == "well"
    assert not internal_log.exists() or "has failed" not in internal_log.read_text()


def test_what_an_actor_sends_itself_and_cannot_read_comes_back_to_it(asys: ActorSystem) -> None:
    kind, details = asys.ask(asys.createActor(Forgetful), "go", PATIENCE_S)
    assert kind == "poison"
    assert "not to be made again" in details


def test_what_an_actor_sends_itself_and_cannot_read_does_not_hold_up_its_end(
    internal_log: Path, asys: ActorSystem
) -> None:
    forgetful = asys.createActor(Forgetful)
    asys.tell(forgetful, "go, and end")
    began = time.monotonic()
    asys.shutdown()
    assert time.monotonic() - began < DRAIN_LIMIT_S - 1
    assert not internal_log.exists() or "has failed" not in internal_log.read_text()


@pytest.mark.slow
def test_reasons_of_any_size_come_back_with_the_message_and_others_go_on(new_system: NewSystem) -> None:
    asys = new_system(Max_Message_Bytes=MIB)
    shouter = asys.createActor(Shouter)
    poison = asys.ask(shouter, 70 * MIB, PATIENCE_S)
    assert isinstance(poison, PoisonMessage)
    assert poison.poisonMessage == 70 * MIB
    assert "characters left out" in poison.details
    assert len(poison.details) < MIB
    assert asys.ask(shouter, "hello", PATIENCE_S) == "hello"


@pytest.mark.slow
def test_a_system_message_that_no_frame_can_carry_holds_nobody_up(new_system: NewSystem) -> None:
    asys = new_system(Max_Message_Bytes=MIB)
    shouter, other = asys.createActor(Shouter), asys.createActor(Slow)
    assert asys.ask(other, "parts?", PATIENCE_S) == 0
    asys.tell(shouter, (70 * MIB, other))
    assert asys.ask(shouter, "hello", PATIENCE_S) == "hello"
    with asys.private() as program:
        while not program.ask(other, "parts?", PATIENCE_S):
            continue


def test_a_class_whose_module_only_this_program_has_is_told_with_the_file(
    asys: ActorSystem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "by_hand.py"
    file.write_text("from thespian.actors import Actor\nclass Quiet(Actor):\n    pass\n")
    spec = importlib.util.spec_from_file_location("some.by_hand", file)  # as test runners do
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "some.by_hand", module)
    spec.loader.exec_module(module)
    with pytest.raises(ModuleNotFoundError, match="No module named 'some'") as raised:
        asys.createActor(module.Quiet)
    assert f"this program has some.by_hand from {file}, and" in str(raised.value)
    assert str(raised.value).endswith("put the folder that some is in into sys.path")
    with pytest.raises(ModuleNotFoundError, match="No module named 'some'$"):
        asys.createActor("some.by_hand.Quiet")
