"""A parent hears of a child's end once, and after all that the child had sent."""

from __future__ import annotations

import pytest

from plugins.multiproc.tests.system.message_actors import Parent
from thespian_core.api.system import ActorSystem
from thespian_core.testing.contract import PATIENCE_S

HOW = ["SystemExit", "sys.exit(3)", "os._exit", "SIGKILL"]


@pytest.mark.parametrize("how", HOW)
def test_a_parent_hears_of_an_end_once_and_after_the_last_message(asys: ActorSystem, how: str) -> None:
    parent = asys.createActor(Parent)
    assert asys.ask(parent, "again?", PATIENCE_S) == []
    asys.tell(parent, (how, 0, 0))  # so that the next child finds a parent that it is connected to
    assert asys.ask(parent, "heard?", PATIENCE_S) == ["exited"]
    asys.tell(parent, (how, 1000, 10))
    heard: list[object] = []
    while heard.count("exited") < 2:
        heard = asys.ask(parent, "heard?", PATIENCE_S)
    numbers = heard[1:-1]
    assert heard[-1] == "exited"
    assert numbers == list(range(len(numbers)))
    if how in HOW[:2]:
        assert len(numbers) == 1000
    assert asys.ask(parent, "again?", PATIENCE_S) == heard
