"""Whoever is killed, whatever it had started goes with it, even what is stopped."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from plugins.multiproc.tests.runtime.standin import (
    JOBS_MODULE,
    PATIENCE_S,
    Channels,
    StandIn,
    has_ended,
    order,
    pipe,
    read,
)
from thespian_multiproc.runtime.fresh import start_fresh
from thespian_multiproc.runtime.lastwords import read_last_words
from thespian_multiproc.runtime.orders import Born, Died, Ready, Started

pytestmark = pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="looks at processes in /proc")

methods = pytest.mark.parametrize("method", ["fork", "spawn"])


@pytest.fixture
def system() -> Iterator[StandIn]:
    with StandIn() as system:
        yield system


def test_what_a_killed_actor_had_forked_is_killed_with_it(system: StandIn) -> None:
    with pipe() as ends:
        system.say(order("fork_another", "a"), ends[1])
        os.close(ends.pop())
        system.wait_for(Started, "a")
        os.kill(system.wait_for(Born, "a").pid, signal.SIGKILL)
        system.wait_for(Died, "a")
        assert read(ends[0]) == b""


@methods
@pytest.mark.parametrize("by_signal", [True, False])
def test_when_the_launcher_is_killed_its_processes_go_too(method: str, by_signal: bool) -> None:
    with StandIn(start_method=method, by_signal=by_signal) as system, pipe() as ends:
        system.say(order("idle", "a"), ends[1])
        os.close(ends.pop())
        system.wait_for(Started, "a")
        log_pid = system.wait_for(Ready).log_pid
        system.launcher.kill()
        assert read(ends[0]) == b""
        assert has_ended(log_pid)


def test_a_stopped_process_goes_too_when_the_launcher_is_killed(system: StandIn) -> None:
    with pipe() as ends:
        system.say(order("idle", "a"), ends[1])
        os.close(ends.pop())
        system.wait_for(Started, "a")
        os.kill(system.wait_for(Born, "a").pid, signal.SIGSTOP)
        system.launcher.kill()
        assert read(ends[0]) == b""


def test_when_the_admin_has_left_everything_goes(system: StandIn) -> None:
    with pipe() as ends:
        system.say(order("fork_another", "a"), ends[1])
        os.close(ends.pop())
        system.wait_for(Started, "a")
        os.kill(system.wait_for(Born, "a").pid, signal.SIGSTOP)
        system.channels.news.close()
        assert read(ends[0]) == b""
        assert system.launcher.wait(PATIENCE_S) == 0


def test_an_admin_that_was_gone_before_the_launcher_looked_is_named_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THESPLOG_FILE", str(tmp_path / "internal.log"))
    channels = Channels(state_folder=str(tmp_path), admin_place="[::1]:1900")
    argument = channels.argument._replace(admin_pid=4711)  # not the parent, as when init has become that
    launcher = start_fresh("thespian_multiproc.runtime.launcher:run_launcher", argument, channels.handed_over)
    StandIn.beside(channels).wait_for(Ready)
    channels.close()
    assert launcher.wait(PATIENCE_S) == 0
    words = read_last_words(str(tmp_path), argument.plan.base_name, argument.plan.admin_place)
    assert words is not None
    assert words.why == "its admin, process 4711, was killed, or ended without a word"


@pytest.mark.parametrize("stopped", [False, True])
def test_when_the_admin_is_killed_everything_goes_even_if_the_launcher_is_stopped(stopped: bool) -> None:
    channels = Channels()
    with pipe() as ends, pipe() as told:
        given = (*channels.handed_over, channels.news.fileno())
        job = (channels.argument, given, told[1])
        admin = start_fresh(f"{JOBS_MODULE}:be_admin", job, (*given, told[1]))
        launcher_pid = int(read(told[0]))
        system = StandIn.beside(channels)
        system.say(order("idle", "a"), ends[1])
        os.close(ends.pop())
        system.wait_for(Started, "a")
        channels.news.close()  # from here on the admin alone holds it
        if stopped:
            os.kill(launcher_pid, signal.SIGSTOP)
        admin.kill()
        assert read(ends[0]) == b""
        assert has_ended(launcher_pid)
        admin.wait()
    channels.close()
