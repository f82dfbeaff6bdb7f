"""How the class of an actor that is to be is found by its name."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from thespian.actors import Actor
from thespian_core.semantics.birth import Refusal, Refused, find_class


class Outer(Actor):
    """Holds other classes."""

    class Inner(Actor):
        """A class in a class."""

        class Innermost(Actor):
            """A class in a class in a class."""

    number = 5


class Fussy(type):
    """A class of classes that cannot even be looked at."""

    def __getattr__(cls, name: str) -> Any:
        raise OSError("out of order")


class OutOfOrder(metaclass=Fussy):
    """Raises when a missing name is looked up in it."""


def only_here(name: str) -> ModuleType:
    """Import modules where there is but one."""
    if name != "some.where":
        raise ModuleNotFoundError(f"No module named {name!r}")
    module = ModuleType(name)
    vars(module).update(Outer=Outer, OutOfOrder=OutOfOrder)
    return module


def refusal(name: str) -> Refusal:
    """Return why no class of that name is found."""
    with pytest.raises(Refused) as refused:
        find_class(name, only_here)
    return refused.value.refusal


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("some.where.Outer", Outer),
        ("some.where:Outer", Outer),
        ("some.where:Outer.Inner", Outer.Inner),
        ("some.where:Outer.Inner.Innermost", Outer.Inner.Innermost),
    ],
)
def test_a_class_is_found_in_a_module_and_in_classes(name: str, found: type) -> None:
    assert find_class(name, only_here) is found


@pytest.mark.parametrize(
    "name", ["Outer", ".Outer", "where.", "", ":Outer", "where:", "where:Outer.", "a:.B"]
)
def test_a_name_without_module_or_class_is_refused(name: str) -> None:
    assert refusal(name).reason.startswith("the name lacks its module")
    assert refusal(name).kind == "specification"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("some.where:Nobody.Inner", "module 'some.where' has no 'Nobody'"),
        ("some.where:Outer.Nobody", "'Outer' in module 'some.where' has no 'Nobody'"),
        ("some.where:Outer.Inner.X", "'Inner' in 'Outer' in module 'some.where' has no 'X'"),
    ],
)
def test_a_missing_class_is_shown_with_dots_and_where_it_was_looked_for(name: str, reason: str) -> None:
    assert refusal(name) == Refusal("specification", name.replace(":", "."), reason)


def test_what_is_no_class_is_refused() -> None:
    assert refusal("some.where:Outer.number").reason.startswith("it is of type int")


def test_a_module_or_class_that_fails_is_refused_with_its_error() -> None:
    assert refusal("no.where:Outer.Inner") == Refusal(
        "import", "no.where.Outer.Inner", "ModuleNotFoundError: No module named 'no.where'"
    )
    assert refusal("some.where:OutOfOrder.Inner").reason == "OSError: out of order"
