"""ActorTypeDispatcher: which method gets a message."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from thespian.actors import ActorAddress, ActorSystem, ActorTypeDispatcher


class Base:
    """A message."""


class Short(Base):
    """A more special one."""


class Long(Base):
    """Another."""


class Typer(ActorTypeDispatcher):
    """Has methods for some types."""

    def receiveMsg_str(self, message: str, sender: ActorAddress) -> None:
        """Answer."""
        self.send(sender, "a string")

    def receiveMsg_Long(self, message: Long, sender: ActorAddress) -> None:
        """Answer."""
        self.send(sender, "a long one")

    def receiveMsg_Base(self, message: Base, sender: ActorAddress) -> None:
        """Answer."""
        self.send(sender, "some message")


class Subtyper(Typer):
    """Adds a method, and passes some messages on."""

    def receiveMsg_Short(self, message: Short, sender: ActorAddress) -> Any:
        """Pass on what is private."""
        if getattr(message, "private", False):
            return self.SUPER
        return self.send(sender, "a short one")

    def receiveMsg_Long(self, message: Long, sender: ActorAddress) -> Any:
        """Pass on everything."""
        return self.SUPER


class Counting(Typer):
    """Counts how often its only handler is called."""

    calls = 0

    def receiveMsg_int(self, message: int, sender: ActorAddress) -> Any:
        """Count, and pass on."""
        type(self).calls += 1
        return self.SUPER

    def receiveUnrecognizedMessage(self, message: Any, sender: ActorAddress) -> None:
        """Answer to the rest."""
        self.send(sender, f"unrecognized {type(message).__name__}")


class Heir(Counting):
    """Inherits everything."""


class CatchAll(Typer):
    """Takes everything that is nothing special."""

    def receiveMsg_object(self, message: Any, sender: ActorAddress) -> None:
        """Answer."""
        self.send(sender, "an object")


class Mixin:
    """No actor, but has a handler."""

    def receiveMsg_bytes(self, message: bytes, sender: ActorAddress) -> None:
        """Answer."""
        self.send(sender, "bytes")  # type: ignore[attr-defined]


def _answer(actor: Any, message: Any, sender: ActorAddress) -> None:
    actor.send(sender, "from a function")


class Mixed(Mixin, Typer):
    """Has handlers of many kinds."""

    @staticmethod
    def receiveMsg_float(message: float, sender: ActorAddress) -> Any:
        """Pass on."""
        return ActorTypeDispatcher.SUPER

    receiveMsg_list = _answer
    receiveMsg_dict = staticmethod(partial(lambda message, sender: ActorTypeDispatcher.SUPER))

    def receiveUnrecognizedMessage(self, message: Any, sender: ActorAddress) -> None:
        """Answer to the rest."""
        self.send(sender, "the rest")


@pytest.fixture
def asys() -> Iterator[ActorSystem]:
    """A system of its own for each test."""
    system = ActorSystem("simpleSystemBase", logDefs=False, transientUnique=True)
    yield system
    system.shutdown()


def private() -> Short:
    """Return a message that a subclass passes on."""
    message = Short()
    message.private = True  # type: ignore[attr-defined]
    return message


@pytest.mark.parametrize(
    ("actor", "message", "answer"),
    [
        (Typer, "text", "a string"),
        (Typer, Long(), "a long one"),
        (Typer, Short(), "some message"),
        (Typer, 1.0, None),
        (Subtyper, Short(), "a short one"),
        (Subtyper, private(), "some message"),
        (Subtyper, Long(), "a long one"),
        (Counting, 1.0, "unrecognized float"),
        (CatchAll, 1.0, "an object"),
        (CatchAll, None, "an object"),
        (Mixed, b"bytes", "bytes"),
        (Mixed, 1.0, "the rest"),
        (Mixed, [1], "from a function"),
        (Mixed, {}, "the rest"),
    ],
)
def test_a_message_goes_to_the_method_for_its_type(
    asys: ActorSystem, actor: type[ActorTypeDispatcher], message: Any, answer: Any
) -> None:
    assert asys.ask(asys.createActor(actor), message, 5) == answer


def test_an_inherited_handler_that_passes_on_is_called_once(asys: ActorSystem) -> None:
    Counting.calls = Heir.calls = 0
    assert asys.ask(asys.createActor(Heir), 1, 5) == "unrecognized int"
    assert Heir.calls == 1


def test_a_bool_is_an_int_too(asys: ActorSystem) -> None:
    Counting.calls = 0
    asys.ask(asys.createActor(Counting), True, 5)
    assert Counting.calls == 1


def test_a_handler_that_is_set_and_taken_away_later_counts_while_it_is_there(
    asys: ActorSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = asys.createActor(Subtyper)
    assert asys.ask(actor, "text", 5) == "a string"
    with monkeypatch.context() as patch:
        patch.setattr(Subtyper, "receiveMsg_str", _answer)
        assert asys.ask(actor, "text", 5) == "from a function"
    assert asys.ask(actor, "text", 5) == "a string"
