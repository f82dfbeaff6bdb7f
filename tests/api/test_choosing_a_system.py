"""Which system ``ActorSystem(...)`` gives, and that the process keeps one."""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from thespian.actors import Actor, ActorAddress, ActorSystem, ActorSystemFailure
from thespian_core.hooks.errors import PluginNotFound
from thespian_core.hooks.registry import PluginRegistry, use_registry
from thespian_core.hooks.selection import PluginOrigin, Selection


class Echo(Actor):
    """Answers with what it is sent."""

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Answer."""
        if isinstance(message, str):
            self.send(sender, message)


@pytest.fixture(autouse=True)
def _two_bases() -> Iterator[None]:
    """Let two bases be installed, and leave the process without a system."""
    used = (
        PluginOrigin("simple", "thespian_simple.plugin"),
        PluginOrigin("liars", "tests.testing.liars_plugin"),
    )
    before = use_registry(PluginRegistry.from_selection(Selection(used=used)))
    yield
    if getattr(ActorSystem, "systemBase", None) is not None:
        ActorSystem().shutdown()
    use_registry(before)


def test_the_first_call_starts_the_simple_base() -> None:
    system = ActorSystem()
    assert system.capabilities["Thespian ActorSystem Name"] == "simpleSystemBase"
    assert ActorSystem.systemBase is not None


def test_later_calls_give_the_same_system_and_ignore_what_they_are_given() -> None:
    system = ActorSystem()
    actor = system.createActor(Echo)
    again = ActorSystem("simpleSystemBase", {"mine": 1})
    assert again.capabilities == {"mine": 1}
    assert "mine" not in ActorSystem().capabilities
    assert again.ask(actor, "hello", 5) == "hello"
    system.tell(actor, "one inbox")
    assert again.listen(5) == "one inbox"


def test_another_base_replaces_the_process_system_and_leaves_the_old_one_running() -> None:
    old = ActorSystem("simpleSystemBase")
    actor = old.createActor(Echo)
    new = ActorSystem("NeverCloses")
    assert ActorSystem().capabilities["Thespian ActorSystem Name"] == "NeverCloses"
    assert old.ask(actor, "still there", 5) == "still there"
    old.shutdown()
    assert ActorSystem.systemBase is not None
    new.shutdown()
    assert not hasattr(ActorSystem, "systemBase")


def test_a_transient_system_is_nobody_elses() -> None:
    mine = ActorSystem(transientUnique=True, logDefs=False)
    assert not hasattr(ActorSystem, "systemBase")
    actor = mine.createActor(Echo)
    assert ActorSystem(logDefs=False).ask(actor, "hello", 0.1) is None
    mine.shutdown()


def test_the_base_of_the_process_can_be_given_back() -> None:
    system = ActorSystem(logDefs=False)
    actor = system.createActor(Echo)
    kept = ActorSystem.systemBase
    ActorSystem.systemBase = None
    again = ActorSystem(kept)
    assert again.ask(actor, "hello", 5) == "hello"
    assert ActorSystem.systemBase is kept


def test_a_forgotten_system_goes_on_and_a_new_one_is_started() -> None:
    old = ActorSystem(logDefs=False)
    actor = old.createActor(Echo)
    ActorSystem.systemBase = None
    assert ActorSystem(logDefs=False).ask(actor, "hello", 0.1) is None
    assert old.ask(actor, "hello", 5) == "hello"
    old.shutdown()
    assert ActorSystem.systemBase is not None


def test_a_program_can_delete_the_base_of_the_process_to_forget_it() -> None:
    old = ActorSystem(logDefs=False)
    actor = old.createActor(Echo)
    del ActorSystem.systemBase
    assert ActorSystem(logDefs=False).ask(actor, "hello", 0.1) is None
    assert old.ask(actor, "hello", 5) == "hello"
    old.shutdown()


def test_a_copy_of_a_system_is_the_same_system() -> None:
    system = ActorSystem(logDefs=False)
    actor = system.createActor(Echo)
    again = copy.copy(system)
    assert again.ask(actor, "hello", 5) == "hello"
    with system.private() as mine:
        assert copy.copy(mine).ask(actor, "mine", 5) == "mine"
    again.shutdown()
    with pytest.raises(ActorSystemFailure, match="shut down"):
        system.createActor(Echo)


def test_after_a_shutdown_the_next_call_starts_anew() -> None:
    ActorSystem(logDefs=False).shutdown()
    system = ActorSystem(logDefs=False)
    assert system.ask(system.createActor(Echo), "hello", 5) == "hello"


def test_every_holder_of_a_system_that_was_shut_down_is_told_so() -> None:
    one, two = ActorSystem(logDefs=False), ActorSystem()
    one.shutdown()
    two.shutdown()
    with pytest.raises(ActorSystemFailure, match="shut down"):
        two.createActor(Echo)


def test_a_base_that_was_shut_down_is_not_taken_back() -> None:
    system = ActorSystem(logDefs=False)
    kept = ActorSystem.systemBase
    system.shutdown()
    with pytest.raises(ActorSystemFailure, match="shut down"):
        ActorSystem(kept)


def test_threads_that_ask_at_once_get_one_system() -> None:
    got: list[Any] = []
    barrier = threading.Barrier(8)

    def ask_for_it() -> None:
        barrier.wait()
        ActorSystem(logDefs=False)
        got.append(ActorSystem.systemBase)

    threads = [threading.Thread(target=ask_for_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 8
    assert len(set(map(id, got))) == 1


def test_an_unknown_base_is_an_import_error_that_names_what_there_is() -> None:
    with pytest.raises(PluginNotFound) as missing:
        ActorSystem("simpleSystemBas")
    assert isinstance(missing.value, ImportError)
    assert "no system base named 'simpleSystemBas' is installed" in str(missing.value)
    assert "simpleSystemBase" in str(missing.value)
    assert not hasattr(ActorSystem, "systemBase")


@pytest.mark.parametrize(
    "arguments",
    [
        {"systemBase": 5},
        {"capabilities": "Admin Port"},
        {"capabilities": 5},
        {"logDefs": "INFO"},
        {"logDefs": True},
    ],
)
def test_an_argument_of_another_type_is_named_and_starts_nothing(arguments: dict[str, Any]) -> None:
    (name, value) = next(iter(arguments.items()))
    with pytest.raises(TypeError, match=f"{name}.*{type(value).__name__}.*{value}"):
        ActorSystem(**arguments)
    assert not hasattr(ActorSystem, "systemBase")


@pytest.mark.parametrize("name", [1, None, b"Admin Port", ("Admin", "Port")])
def test_a_capability_whose_name_is_no_text_is_named_and_starts_nothing(name: Any) -> None:
    with pytest.raises(TypeError, match="capability") as refused:
        ActorSystem("simpleSystemBase", {"Admin Port": 1900, name: 2})
    assert f"not {type(name).__name__} ({name!r})" in str(refused.value)
    assert not hasattr(ActorSystem, "systemBase")


def test_asking_for_another_port_returns_the_running_system_and_warns(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ActorSystem(capabilities={"Admin Port": 1900}, logDefs=False)
    ActorSystem("simpleSystemBase", {"Admin Port": 1900})
    assert caplog.messages == []
    ActorSystem("simpleSystemBase", {"Admin Port": 1901})
    assert any("1901" in message and "transientUnique" in message for message in caplog.messages)
