"""The end of a system: it asks, then kills, then waits no longer."""

from __future__ import annotations

from thespian_multiproc.protocol.farewell import KILL_S, ORPHANED_POLITE_S, POLITE_S, Farewell, Step


def begun_at(now: float) -> Farewell:
    farewell = Farewell()
    farewell.begin(now)
    return farewell


def test_a_system_that_nobody_asked_to_end_goes_on_though_nobody_lives() -> None:
    farewell = Farewell()
    assert farewell.look(1000.0, all_gone=True) is None
    assert farewell.next_look is None
    assert not farewell.has_begun


def test_it_is_over_as_soon_as_everybody_is_gone() -> None:
    farewell = begun_at(10.0)
    assert farewell.look(10.1, all_gone=False) is None
    assert farewell.look(10.2, all_gone=True) is Step.OVER


def test_whoever_is_there_when_the_time_for_asking_is_over_is_killed_once() -> None:
    farewell = begun_at(10.0)
    assert farewell.next_look == 10.0 + POLITE_S
    assert farewell.look(10.0 + POLITE_S, all_gone=False) is Step.KILL
    assert farewell.has_killed
    assert farewell.look(10.1 + POLITE_S, all_gone=False) is None
    assert farewell.next_look == 10.0 + POLITE_S + KILL_S


def test_nobody_waits_for_ever_for_those_that_were_killed() -> None:
    farewell = begun_at(10.0)
    farewell.look(10.0 + POLITE_S, all_gone=False)
    assert farewell.look(10.0 + POLITE_S + KILL_S, all_gone=False) is Step.GIVE_UP


def test_asking_again_gives_no_more_time() -> None:
    farewell = begun_at(10.0)
    farewell.begin(15.0)
    assert farewell.next_look == 10.0 + POLITE_S


def test_all_that_were_killed_being_gone_ends_it() -> None:
    farewell = begun_at(10.0)
    farewell.look(10.0 + POLITE_S, all_gone=False)
    assert farewell.look(10.1 + POLITE_S, all_gone=True) is Step.OVER


def test_whoever_leaves_less_time_is_heard_until_actors_are_killed() -> None:
    farewell = Farewell()
    farewell.begin(10.0)
    farewell.polite_s = ORPHANED_POLITE_S
    farewell.begin(11.0)
    assert farewell.next_look == 11.0 + ORPHANED_POLITE_S
    farewell.look(11.0 + ORPHANED_POLITE_S, all_gone=False)
    farewell.begin(10.0)
    assert farewell.next_look == 11.0 + ORPHANED_POLITE_S + KILL_S
