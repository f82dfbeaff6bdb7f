"""``thespian top`` shows the actors with most to do first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from plugins.operator.tests.conftest import Gate, Town


def test_whoever_computes_comes_first(town: Town, tmp_path: Path) -> None:
    _, worker = town.hire(2)
    until = tmp_path / "enough"
    town.system.tell(worker, ("spin", str(until)))
    try:
        first, *others = town.thespian.json("top")["actors"]
    finally:
        until.touch()
    assert first["address"] == str(worker)
    assert first["cpu_percent"] > 10
    assert [other["cpu_percent"] < first["cpu_percent"] for other in others] == [True, True]


def test_sorted_by_mail_who_has_most_of_it_comes_first(town: Town, new_gate: Callable[[], Gate]) -> None:
    _, one, other = town.hire(3)
    town.pass_on(one, 2, new_gate().message)
    town.pass_on(other, 3, new_gate().message)
    actors = town.thespian.json("top", "--sort", "mail")["actors"]
    assert [actor["address"] for actor in actors[:3]] == [str(who) for who in (town.mayor, other, one)]


def test_sorted_by_memory_the_largest_comes_first(town: Town) -> None:
    town.hire(3)
    sizes = [actor["memory_bytes"] for actor in town.thespian.json("top", "--sort", "memory")["actors"]]
    assert sizes == sorted(sizes, reverse=True)


def test_only_so_many_rows_are_shown(town: Town) -> None:
    town.hire(3)
    lines = town.thespian.prints("top", "-n", "2").split("\n\n")[1].splitlines()
    assert lines[0].split()[:4] == ["%cpu", "cpu", "pid", "state"]
    assert len(lines) == 3


def test_an_order_that_there_is_none_of_is_told_with_those_there_are(town: Town) -> None:
    said = town.thespian.fails("top", "--sort", "beauty", status=2)
    assert "'beauty' is not one of 'cpu', 'memory', 'mail'" in said
