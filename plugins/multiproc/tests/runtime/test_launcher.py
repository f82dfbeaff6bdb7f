"""The launcher starts actors' processes, tells what becomes of them, and takes them along when it goes."""

from __future__ import annotations

import ast
import errno
import os
import pickle
import resource
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from plugins.multiproc.tests.runtime.standin import (
    StandIn,
    is_running,
    order,
    pipe,
    read,
)
from thespian_core.semantics.birth import Refusal
from thespian_multiproc.runtime.orders import (
    Born,
    Died,
    KillAll,
    LogProcessDied,
    NewCapabilities,
    NotStarted,
    Origin,
    Progress,
    Ready,
    Started,
)
from thespian_multiproc.runtime.processes import why_no_process

pytestmark = pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="looks at processes in /proc")

ABRUPT = "killed by SIGKILL"
methods = pytest.mark.parametrize("method", ["fork", "spawn"])


@pytest.fixture
def system() -> Iterator[StandIn]:
    with StandIn() as system:
        yield system


@pytest.fixture
def internal_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("THESPLOG_FILE", str(tmp_path / "internal.log"))
    return tmp_path / "internal.log"


def test_the_launcher_and_its_log_process_are_ready_first(system: StandIn) -> None:
    ready = system.wait_for(Ready)
    assert system.heard[0] == ready
    assert ready.launcher_pid == system.launcher.pid
    assert is_running(ready.log_pid)
    assert os.getpgid(ready.log_pid) == ready.log_pid


@methods
def test_a_process_gets_its_descriptors_and_no_others(method: str) -> None:
    with StandIn(start_method=method) as system, pipe() as mine, pipe() as other:
        system.say(NewCapabilities(pickle.dumps({"second": True})))
        system.say(order("look_around", "a"), mine[1], other[1])
        facts = ast.literal_eval(read(mine[0]).decode())
        # What is left is the pipe that shows whether the launcher is there, and the page when it is a file.
        assert set(facts.pop("other descriptors")) <= {"pipe"} | ({"/mem"} if method == "spawn" else set())
        assert facts == {
            "group": True,
            "capabilities": {"second": True},
            "signals come through": True,
            "collects": True,
            "threads": 1,
        }
        assert read(other[0]) == b"x"
        os.close(mine.pop())
        assert read(mine[0]) == b"", "somebody else has a copy of the mailbox"


@methods
def test_an_actor_that_was_asked_to_end_does_not_die_abruptly(method: str) -> None:
    with StandIn(start_method=method) as system:
        system.say(order("go", "a", requirements=b"many", origin=Origin(("/nowhere",))))
        assert system.wait_for(Died, "a") == Died("a", abruptly=False, how="exited with status 0")
        assert system.about("a") == ["Born", "Started", "Died"]
        assert system.wait_for(Born, "a").order == order("go", "a")


@methods
def test_a_killed_actors_progress_is_told_with_its_death(method: str) -> None:
    with StandIn(start_method=method) as system:
        system.say(order("work", "a"))
        system.wait_for(Started, "a")
        os.kill(system.wait_for(Born, "a").pid, signal.SIGKILL)
        progress = (Progress("one", 6, 5), Progress("another", 1, 0))
        assert system.wait_for(Died, "a") == Died("a", True, ABRUPT, progress)


def test_an_actor_that_ends_without_a_word_was_not_started(system: StandIn) -> None:
    with pipe() as ends:
        system.say(order("end_with_the_rest", "a"), ends[1])
        assert read(ends[0]) == b"'at exit'"
    refusal = system.wait_for(NotStarted, "a").refusal
    assert refusal.kind == "specification"
    assert refusal.reason == "its process ended before it started: exited with status 0"
    assert system.wait_for(Died, "a").abruptly
    assert system.about("a") == ["Born", "NotStarted", "Died"]


def test_an_actors_own_refusal_is_passed_on_as_it_is(system: StandIn) -> None:
    system.say(order("refuse", "a"))
    assert system.wait_for(NotStarted, "a").refusal == Refusal("import", "refuse", "no such thing")
    assert not system.wait_for(Died, "a").abruptly
    assert system.about("a") == ["Born", "NotStarted", "Died"]


def test_an_exception_that_escapes_is_in_the_internal_log(internal_log: Path) -> None:
    with StandIn() as system:
        system.say(order("fail", "a"))
        assert system.wait_for(Died, "a").how == "exited with status 1"
    assert "the actor fail has failed:\nTraceback" in internal_log.read_text()
    assert "LookupError: as this one is made to" in internal_log.read_text()


def test_what_an_actor_ordered_before_it_was_killed_is_told_before_its_death(system: StandIn) -> None:
    with pipe() as mine, pipe() as childs:
        ordered = pickle.dumps(order("look_around", "child"))
        system.say(order("create", "parent", requirements=ordered), mine[1], childs[1], mine[1])
        system.wait_for(Died, "parent")
        kinds = [type(news).__name__ for news in system.heard]
        assert kinds.count("Born") == 2
        assert read(childs[0])


def test_the_log_process_is_replaced_when_it_dies(system: StandIn) -> None:
    first = system.wait_for(Ready).log_pid
    os.kill(first, signal.SIGKILL)
    replaced = system.wait_for(LogProcessDied)
    assert replaced.how == ABRUPT
    assert is_running(replaced.pid)


def test_the_end_of_the_system_lets_the_log_process_write_everything(tmp_path: Path) -> None:
    with (tmp_path / "out").open("wb") as out, StandIn(out=out.fileno()) as system:
        system.say(order("idle", "a"))
        pid = system.wait_for(Born, "a").pid
        for number in range(5):
            system.channels.log_out.send(b"line %d" % number)
        assert system.finish() == 0
        assert system.wait_for(Died, "a").how == ABRUPT
        assert not is_running(pid)
    assert (tmp_path / "out").read_text().split("\n")[:5] == [f"line {number}" for number in range(5)]


def test_kill_all_ends_every_actor_and_refuses_new_ones(system: StandIn) -> None:
    for name in ("a", "b"):
        system.say(order("idle", name))
        system.wait_for(Started, name)
    system.say(KillAll())
    assert {system.wait_for(Died, name).how for name in ("a", "b")} == {ABRUPT}
    system.say(order("idle", "c"))
    assert system.wait_for(NotStarted, "c").refusal.kind == "shutdown"
    system.wait_for(Died, "c")
    assert system.about("c") == ["Born", "NotStarted", "Died"]


@methods
def test_what_actors_print_goes_where_the_system_was_told(method: str, tmp_path: Path) -> None:
    with (
        (tmp_path / "out").open("wb") as out,
        StandIn(out=out.fileno(), start_method=method) as system,
        pipe() as ends,
    ):
        system.say(order("say_it_all", "a"), ends[1])
        system.wait_for(Died, "a")
    assert (tmp_path / "out").read_text() == "printed\n"


def test_a_terminals_and_an_operators_signals_do_not_end_the_launcher(system: StandIn) -> None:
    system.wait_for(Ready)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        system.launcher.send_signal(number)
    system.say(order("go", "a"))
    system.wait_for(Died, "a")


def test_an_order_over_the_size_of_a_datagram_is_carried_out(system: StandIn) -> None:
    system.say(order("go", "a", requirements=bytes(1_000_000)))
    assert not system.wait_for(Died, "a").abruptly


@pytest.mark.slow
def test_a_log_process_that_does_not_end_is_killed_in_the_end(system: StandIn) -> None:
    log_pid = system.wait_for(Ready).log_pid
    os.kill(log_pid, signal.SIGSTOP)
    assert system.finish() == 0
    assert not is_running(log_pid)


@pytest.mark.slow
def test_two_hundred_actors_leave_no_process_and_no_descriptor(system: StandIn) -> None:
    system.say(order("go", "first"))
    system.wait_for(Died, "first")
    files = os.listdir(f"/proc/{system.launcher.pid}/fd")
    with pipe() as ends:
        pids = []
        for number in range(200):
            system.say(order("idle", f"a{number}"), ends[1])
        for number in range(200):
            system.wait_for(Started, f"a{number}")
            pids.append(system.wait_for(Born, f"a{number}").pid)
        assert len(os.listdir(f"/proc/{system.launcher.pid}/fd")) == len(files)
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        for number in range(200):
            system.wait_for(Died, f"a{number}")
        os.close(ends.pop())
        assert read(ends[0]) == b""
    assert [pid for pid in pids if is_running(pid)] == []
    assert os.listdir(f"/proc/{system.launcher.pid}/fd") == files


@pytest.mark.parametrize(("method", "given"), [("fork", 1), ("spawn", 0)])
def test_without_a_free_descriptor_the_creator_is_told_how_to_mend_it(method: str, given: int) -> None:
    with StandIn(start_method=method) as system, pipe() as ends:
        system.say(order("idle", "first"))
        system.wait_for(Started, "first")  # the launcher has opened all that it ever does
        used = {int(number) for number in os.listdir(f"/proc/{system.launcher.pid}/fd")}
        first_free = min(set(range(1000)) - used)
        resource.prlimit(system.launcher.pid, resource.RLIMIT_NOFILE, (first_free, first_free))
        system.say(order("idle", "a"), *ends[:given])
        assert "ulimit -n" in system.wait_for(NotStarted, "a").refusal.reason
        system.wait_for(Died, "a")
        assert system.about("a") == ["Born", "NotStarted", "Died"]


def test_why_there_is_no_process_is_said_with_how_to_mend_it() -> None:
    assert why_no_process(OSError(errno.EAGAIN, "Try again")) == (
        "the system gave it no process: Try again; "
        "allow this user more processes (ulimit -u, or the limits of its container)"
    )
    assert "free memory" in why_no_process(OSError(errno.ENOMEM, "Out of memory"))


@pytest.mark.skipif(os.geteuid() == 0, reason="limits on processes do not hold for root")
def test_without_room_for_a_process_the_creator_is_told_how_to_mend_it(system: StandIn) -> None:
    system.wait_for(Ready)
    resource.prlimit(system.launcher.pid, resource.RLIMIT_NPROC, (1, 1))
    system.say(order("idle", "a"))
    assert "ulimit -u" in system.wait_for(NotStarted, "a").refusal.reason
