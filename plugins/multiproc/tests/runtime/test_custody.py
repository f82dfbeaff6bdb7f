"""The custody of processes tells of each actor what happened to it, once and in order."""

from __future__ import annotations

import doctest

from hypothesis import given
from hypothesis import strategies as st

from thespian_multiproc.protocol import custody as module
from thespian_multiproc.protocol.custody import NO_PROCESS, STEADY_LOG_S, Custody
from thespian_multiproc.protocol.custody_effects import (
    Effect,
    Fork,
    KillGroup,
    PassOn,
    Quit,
    StartLog,
    StopLog,
    TellBorn,
    TellDied,
    TellLogDied,
    TellNotStarted,
    TellReady,
)

KILLED = "killed by SIGKILL"


def serving(*ids: str) -> Custody:
    """Return a custody with a log process, 1, and actors that have started: 10, 11, ..."""
    custody = Custody()
    assert custody.log_forked(1, now=0.0) == [TellReady(1)]
    for pid, name in enumerate(ids, start=10):
        assert custody.ordered(name) == [Fork(name)]
        assert custody.forked(name, pid) == [TellBorn(name, pid)]
        assert custody.started(name) == [PassOn()]
    return custody


def test_the_examples_in_its_docstring_hold() -> None:
    assert doctest.testmod(module).failed == 0


def test_a_process_that_ends_without_a_word_had_not_started_and_its_creator_is_told_why() -> None:
    custody = serving()
    custody.forked("a", 10)
    assert custody.ended(10, KILLED, now=1.0) == [
        KillGroup(10),
        TellNotStarted("a", "specification", "its process ended before it started: killed by SIGKILL"),
        TellDied("a", abruptly=True, how=KILLED),
    ]


def test_a_refusal_is_passed_on_and_the_end_after_it_is_no_surprise() -> None:
    custody = serving()
    custody.forked("a", 10)
    assert custody.not_started("a") == [PassOn()]
    assert custody.ended(10, "exited with status 0", now=1.0) == [
        KillGroup(10),
        TellDied("a", abruptly=False, how="exited with status 0"),
    ]


def test_only_an_announced_end_is_not_abrupt() -> None:
    custody = serving("asked", "abrupt", "killed")
    assert custody.ending("asked", abruptly=False) == custody.ending("abrupt", abruptly=True) == []
    abruptly = {}
    for pid in (10, 11, 12):
        *_, died = custody.ended(pid, KILLED, now=1.0)
        assert isinstance(died, TellDied)
        abruptly[died.id] = died.abruptly
    assert abruptly == {"asked": False, "abrupt": True, "killed": True}


def test_the_first_word_about_an_end_counts() -> None:
    custody = serving("a")
    custody.ending("a", abruptly=True)
    custody.ending("a", abruptly=False)
    assert custody.ended(10, KILLED, now=1.0)[-1] == TellDied("a", abruptly=True, how=KILLED)


def test_words_about_an_actor_that_is_gone_or_was_never_there_are_dropped() -> None:
    custody = serving("a")
    custody.ended(10, KILLED, now=1.0)
    for name in ("a", "nobody"):
        assert custody.started(name) == custody.not_started(name) == custody.ending(name, True) == []
    assert custody.ended(10, KILLED, now=1.0) == []


def test_the_same_order_twice_makes_one_process() -> None:
    assert serving("a").ordered("a") == []


def test_an_actor_without_a_process_is_told_of_in_full() -> None:
    assert serving().could_not_fork("a", "no more") == [
        TellBorn("a", NO_PROCESS),
        TellNotStarted("a", "specification", "no more"),
        TellDied("a", abruptly=False, how="it got no process"),
    ]


def test_after_kill_all_every_actor_is_killed_and_none_is_started_any_more() -> None:
    custody = serving("a", "b")
    assert custody.kill_all() == [KillGroup(10), KillGroup(11)]
    assert custody.ordered("c")[1] == TellNotStarted("c", "shutdown", "the system is shutting down")


def test_finish_kills_who_still_lives_then_stops_the_log_then_quits() -> None:
    custody = serving("a")
    assert custody.finish() == [KillGroup(10)]
    assert custody.ended(10, KILLED, now=1.0) == [KillGroup(10), TellDied("a", True, KILLED), StopLog()]
    assert custody.ended(1, "exited with status 0", now=1.1) == [KillGroup(1), Quit()]


def test_finish_of_a_system_without_actors_stops_the_log_at_once() -> None:
    assert serving().finish() == [StopLog()]


def test_without_an_admin_everything_is_killed_the_log_process_too() -> None:
    custody = serving("a")
    assert custody.admin_gone() == [KillGroup(10), KillGroup(1)]
    assert custody.ended(1, KILLED, now=1.0) == [KillGroup(1)]
    assert custody.ended(10, KILLED, now=1.0)[-1] == Quit()


def test_a_log_process_that_does_not_end_is_killed_and_then_left() -> None:
    custody = serving()
    custody.finish()
    assert custody.overdue() == [KillGroup(1)]
    assert custody.overdue() == [Quit()]


def test_another_log_process_takes_over_at_once_but_not_ever_faster() -> None:
    custody = serving()
    waits, pid, now = [], 1, 0.0
    for _ in range(9):
        killed, start = custody.ended(pid, "exited with status 4", now)
        assert killed == KillGroup(pid)
        assert isinstance(start, StartLog)
        waits.append(start.after_s)
        pid += 1
        assert custody.log_forked(pid, now) == [TellLogDied(pid, "exited with status 4")]
    assert waits == [0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    assert StartLog(0.0) in custody.ended(pid, KILLED, now + STEADY_LOG_S)


def test_a_log_process_that_could_not_be_forked_is_tried_again() -> None:
    custody = serving()
    assert custody.could_not_fork_log() == [StartLog(0.5)]
    custody.finish()
    assert custody.could_not_fork_log() == []


WORDS = st.sampled_from(["ordered", "started", "not_started", "asked", "abrupt", "ended"])


@given(steps=st.lists(st.tuples(WORDS, st.integers(0, 3)), max_size=60), clears=st.integers(0, 60))
def test_whatever_happens_each_actor_is_born_answered_once_and_dies_last(
    steps: list[tuple[str, int]], clears: int
) -> None:
    custody, told = serving(), dict[str, list[str]]()
    pids = iter(range(100, 1000))
    living: dict[str, int] = {}

    def note(effects: list[Effect], about: str) -> None:
        for effect in effects:
            match effect:
                case Fork(id=id):
                    living[id] = next(pids)
                    note(custody.forked(id, living[id]), id)
                case PassOn():
                    told[about].append("answered")
                case TellNotStarted(id=id):
                    told[id].append("answered")
                case TellBorn(id=id):
                    told.setdefault(id, []).append("born")
                case TellDied(id=id):
                    told[id].append("died")

    for number, (word, who) in enumerate(steps):
        if number == clears:
            custody.kill_all()
        name = f"{who}"
        if word == "ordered":
            if name not in told:  # ids are unique for ever
                note(custody.ordered(name), name)
        elif word == "ended":
            note(custody.ended(living.pop(name, 0), "killed", now=1.0), name)
        elif word in {"asked", "abrupt"}:
            note(custody.ending(name, abruptly=word == "abrupt"), name)
        else:
            note(getattr(custody, word)(name), name)
    for name, pid in living.items():
        note(custody.ended(pid, "killed", now=2.0), name)
    assert all(words == ["born", "answered", "died"] for words in told.values())
