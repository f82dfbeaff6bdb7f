"""By which name another process finds a class."""

from __future__ import annotations

import sys

import pytest

from thespian.actors import Actor
from thespian_core.semantics.birth import Refused
from thespian_multiproc.runtime.origin import class_reference


class Outer:
    """Holds a class."""

    class Inner(Actor):
        """A class in a class."""


def test_a_class_is_referred_to_by_module_and_name() -> None:
    assert class_reference(Outer) == f"{__name__}.Outer"
    assert class_reference(Actor) == "thespian.actors.Actor"


def test_a_class_in_a_class_is_referred_to_with_a_colon() -> None:
    assert class_reference(Outer.Inner) == f"{__name__}:Outer.Inner"


def improved(actor_class: type) -> type:
    """Return a class in the place of another one, as decorators do."""

    class Improved(actor_class):  # type: ignore[valid-type, misc]
        pass

    Improved.__name__, Improved.__module__ = actor_class.__name__, actor_class.__module__
    return Improved


@improved
class Decorated(Actor):
    """Is one that was made in a function, but has its place here."""


def test_a_class_that_was_made_in_a_function_is_found_by_the_name_it_has_outside() -> None:
    assert "<locals>" in Decorated.__qualname__
    assert class_reference(Decorated) == f"{__name__}.Decorated"


def test_text_is_its_own_reference_and_plain() -> None:
    class Text(str):
        __slots__ = ()

    assert class_reference("any.Thing") == "any.Thing"
    assert type(class_reference(Text("any.Thing"))) is str


def local_class() -> type:
    """Return a class that only a running function has."""

    class Local(Actor):
        pass

    return Local


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        (local_class(), "it is defined inside a function, where no other process can find it; move it"),
        (17, "it is of type int, and neither a class nor the name of one"),
        (type("Odd", (), {"__module__": None}), "it does not say in which module it is defined"),
    ],
)
def test_what_no_other_process_can_find_is_refused(what: object, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        class_reference(what)
    assert refused.value.refusal.kind == "specification"
    assert refused.value.refusal.reason.startswith(reason)


def test_a_class_of_a_script_that_another_program_executes_is_told_where_other_processes_would_look(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As under a profiler: the script's classes say that they are in ``__main__``, which is the profiler."""
    monkeypatch.setattr(sys.modules["__main__"], "__file__", __file__, raising=False)
    profiled = type("OfTheScript", (Actor,), {"__module__": "__main__"})
    with pytest.raises(Refused) as refused:
        class_reference(profiled)
    assert refused.value.refusal.reason == (
        f"other processes look for it in {__file__}, which this program's __main__ is, and which has no "
        "'OfTheScript'; put it in a file of its own and import it from there"
    )
