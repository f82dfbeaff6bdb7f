"""``thespian status`` shows who lives in a running system, and how everybody is."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest

from plugins.operator.tests.conftest import PATIENCE_S, Command, Gate, Town
from thespian.actors import ActorAddress, Thespian_StatusReq
from thespian.system.messages.status import formatStatus
from tools.ports import free_port

PROGRAM = """
import sys
from thespian.actors import Actor, ActorSystem

class Size:
    pass

class Shop(Actor):
    def receiveMessage(self, message, sender):
        self.send(sender, "open")

if __name__ == "__main__":
    system = ActorSystem(sys.argv[1], {"Admin Port": int(sys.argv[2]), "Size": Size()})
    print(system.ask(system.createActor(Shop), "?", 30), flush=True)
    sys.stdin.read()
    system.shutdown()
"""


def test_it_shows_the_system_and_the_tree_of_its_actors(town: Town) -> None:
    first, _ = town.hire(2)
    lines = town.thespian.prints("status").splitlines()
    assert lines[0].startswith(f"{town.base_name} at 127.0.0.1:{town.port}, up ")
    assert f"  actors 3, died 0; programs {os.getpid()}" in lines
    assert "  dead letters 0" in lines
    table = lines[lines.index("") + 1 :]
    assert " ".join(table[0].split()) == "actor pid state in oldest out wake-ups handled links memory cpu"
    named = [line.split("  ")[0] for line in table[1:]]
    worker = "plugins.operator.tests.town.Worker"
    assert named == ['plugins.operator.tests.town.Mayor "mayor"', f"├─ {worker}", f"└─ {worker}"]
    assert str(town.pid(first)) in table[2]


def test_all_columns_are_as_wide_as_what_is_in_them(town: Town) -> None:
    town.hire(1)
    table = town.thespian.prints("status").split("\n\n")[1].splitlines()
    assert len({line.index("pid") + 3 if "pid" in line else line.index("  idle") for line in table}) == 1


def test_programs_get_the_same_as_json(town: Town) -> None:
    (worker,) = town.hire(1)
    found = town.thespian.json("status")
    deadline = time.monotonic() + PATIENCE_S
    while found["actors"][1]["mail_out"] and time.monotonic() < deadline:  # this program has yet to tell
        found = town.thespian.json("status")
    assert found["base"] == town.base_name
    assert found["place"] == f"127.0.0.1:{town.port}"
    assert found["programs"] == [os.getpid()]
    assert found["capabilities"]["Admin Port"] == str(town.port)
    assert "core" in {plugin["plugin"] for plugin in found["plugins"]}
    assert (found["shutting_down"], found["log_restarts"], found["died"]) == (False, 0, 0)
    own = [found["processes"][name] for name in ("admin", "launcher", "log")]
    assert all(process["memory_bytes"] > 1 << 20 and not process["stopped"] for process in own)
    mayor, actor = found["actors"]
    assert (mayor["name"], mayor["parent"], mayor["depth"]) == ("mayor", None, 0)
    assert (actor["class"], actor["parent"], actor["depth"]) == (
        "plugins.operator.tests.town.Worker",
        mayor["id"],
        1,
    )
    assert (actor["address"], actor["pid"], actor["state"]) == (str(worker), town.pid(worker), "idle")
    assert (actor["mail_in"], actor["mail_out"], actor["wakeups"], actor["failed"]) == (0, 0, 0, 0)
    assert actor["links"] >= 2  # this program, and the command
    assert actor["memory_bytes"] > 1 << 20


@pytest.mark.slow
def test_it_needs_neither_the_actors_code_nor_that_of_capabilities(
    base_name: str, thespian: Command, tmp_path: Path
) -> None:
    (tmp_path / "program").mkdir()
    program = tmp_path / "program" / "shop.py"
    program.write_text(PROGRAM)
    port = free_port()
    with subprocess.Popen(
        [sys.executable, str(program), base_name, str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as ran:
        assert ran.stdout is not None
        assert ran.stdout.readline() == "open\n"
        found = thespian.json("status", "--base", base_name, "--port", port)
        shown = thespian.json("top", "--base", base_name, "--port", port)
        ran.communicate(timeout=PATIENCE_S)
    for one in (found, shown):
        assert [actor["class"] for actor in one["actors"]] == ["__main__.Shop"]
    assert found["capabilities"]["Size"] == "(of a class of the user's)"


@pytest.mark.slow
def test_a_busy_actor_is_shown_with_what_it_handles_and_what_waits_for_it(
    town: Town, new_gate: Callable[[], Gate]
) -> None:
    (worker,) = town.hire(1)
    gate = new_gate()
    town.pass_on(worker, 3, gate.message)
    pid = [one["pid"] for one in town.thespian.json("status")["actors"]][1]
    text = town.thespian.prints("status")
    assert f"  process {pid}, plugins.operator.tests.town.Worker: handling message 1 of" in text
    found = town.actor(worker)
    assert found["state"] == "busy"
    assert found["handling"] == {"from": "plugins.operator.tests.town.Mayor", "number": 1}
    assert (found["mail_in"], found["mail_in_is_at_least"]) == (3, True)
    assert town.actor(town.mayor)["mail_out"] == 3


def test_of_a_busy_actor_the_admin_tells_a_program_until_it_answers_itself(
    town: Town, new_gate: Callable[[], Gate]
) -> None:
    (worker,) = town.hire(1)
    admin = town.system.ask(worker, Thespian_StatusReq(), PATIENCE_S).adminAddress
    gate = new_gate()
    for message in (gate.message, Thespian_StatusReq()):
        town.system.tell(worker, message)
    until = time.monotonic() + PATIENCE_S

    def busy() -> list[tuple[ActorAddress, str]]:
        assert time.monotonic() < until
        found: list[tuple[ActorAddress, str]] = town.system.ask(admin, Thespian_StatusReq(), 20).busyActors
        return found

    wanted = [(worker, f"handling message 3 from a program (process {os.getpid()})")]
    while busy() != wanted:
        continue
    gate.open()
    answer = town.system.listen(PATIENCE_S)
    assert answer.actorAddress == worker
    while busy():
        continue


def test_a_stopped_launcher_holds_no_answer_of_the_admin_up_for_long(town: Town) -> None:
    admin = town.system.ask(town.mayor, Thespian_StatusReq(), PATIENCE_S).adminAddress
    launcher = town.thespian.json("status")["processes"]["launcher"]["pid"]
    os.kill(launcher, signal.SIGSTOP)
    try:
        system = town.system.ask(admin, Thespian_StatusReq(), PATIENCE_S)
    finally:
        os.kill(launcher, signal.SIGCONT)
    assert (system.adminAddress, system.busyActors) == (admin, [])
    # What the launcher says of it later does no harm.
    assert town.system.ask(admin, Thespian_StatusReq(), PATIENCE_S).adminAddress == admin


def test_the_answer_of_an_actor_says_how_much_waits_and_for_how_long(
    town: Town, new_gate: Callable[[], Gate]
) -> None:
    (worker,) = town.hire(1)
    gate = new_gate()
    for message in (gate.message, Thespian_StatusReq(), "one", "another"):
        town.system.tell(worker, message)
    assert town.actor(worker)["state"] == "busy"  # and that takes a while
    gate.open()
    status = town.system.listen(PATIENCE_S)
    assert status.miscKeyVals["Mail.Waiting"] == 2
    assert status.miscKeyVals["Links.Open"] >= 1
    text = io.StringIO()
    formatStatus(status, tofd=text)
    assert "- Mail.Waiting.Oldest ms" in text.getvalue()


def test_an_actor_answers_between_two_messages_though_others_wait(
    town: Town, new_gate: Callable[[], Gate]
) -> None:
    (worker,) = town.hire(1)
    first, second = new_gate(), new_gate()
    with subprocess.Popen(
        town.thespian.words("status", "--json", "--watch", "--interval", "0.1"),
        cwd=town.thespian.folder,
        stdout=subprocess.PIPE,
        text=True,
    ) as watching:
        assert watching.stdout is not None
        looks = (json.loads(line)["actors"][1] for line in islice(watching.stdout, 300))
        before = next(looks)
        assert before["state"] == "idle"  # and connected with the command from now on
        for gate in (first, second, second):
            town.pass_on(worker, 1, gate.message)
        assert next(look for look in looks if look["state"] == "busy")["handled"] == before["handled"]
        first.open()
        # The worker and the mayor, who knows how much it has sent, tell of it in any order.
        later = (look for look in looks if look["handled"] != before["handled"] and look["mail_in"] == 2)
        found = next(later)
        assert (found["state"], found["handled"]) == ("busy", before["handled"] + 1)
        watching.send_signal(signal.SIGINT)
        watching.stdout.close()
        assert watching.wait(PATIENCE_S) == 130


def test_a_stopped_process_is_shown_as_that(town: Town) -> None:
    (worker,) = town.hire(1)
    pid = town.pid(worker)
    os.kill(pid, signal.SIGSTOP)
    try:
        assert town.actor(worker)["state"] == "stopped"
    finally:
        os.kill(pid, signal.SIGCONT)
    assert town.actor(worker)["state"] == "idle"


def test_pending_wake_ups_and_failures_of_others_are_counted(town: Town) -> None:
    first, second = town.hire(2)
    assert town.system.ask(first, ("wake", 1000), PATIENCE_S) == "asked"
    os.kill(town.pid(second), signal.SIGKILL)
    town.system.tell(second, "nobody reads this")
    deadline = iter(range(200))
    while (found := town.thespian.json("status"))["dead_letters"] == 0:
        next(deadline)
    assert (found["died"], found["dead_letters"]) == (1, 1)
    assert [one["wakeups"] for one in found["actors"]] == [0, 1]


def test_a_restarted_log_process_is_told(town: Town) -> None:
    pid = town.thespian.json("status")["processes"]["log"]["pid"]
    os.kill(pid, signal.SIGKILL)
    deadline = iter(range(200))
    while (found := town.thespian.json("status"))["log_restarts"] == 0:
        next(deadline)
    assert found["processes"]["log"]["pid"] != pid
    assert "started again once" in town.thespian.prints("status")


@pytest.mark.slow
def test_watching_shows_what_becomes_of_the_system_until_it_ends(town: Town) -> None:
    with subprocess.Popen(
        town.thespian.words("status", "--json", "--watch", "--interval", "0.1"),
        cwd=town.thespian.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as watching:
        assert watching.stdout is not None
        assert watching.stderr is not None
        looks = (json.loads(line) for line in islice(watching.stdout, 300))
        assert len(next(looks)["actors"]) == 1
        town.hire(2)
        assert len(next(look for look in looks if len(look["actors"]) > 1)["actors"]) == 3
        town.system.shutdown()
        for _ in looks:
            continue
        assert watching.wait(PATIENCE_S) == 1
        said = watching.stderr.read()
    assert said == f"Error: the system at 127.0.0.1:{town.port} has ended, or does not answer any more\n"


@pytest.mark.slow
def test_of_500_actors_it_tells_within_a_few_seconds(town: Town) -> None:
    town.system.ask(town.mayor, ("hire", 499), 120)
    deadline = iter(range(100))
    while len(found := town.thespian.json("status")["actors"]) < 500 or found[-1]["state"] == "starting":
        next(deadline)
    began = time.monotonic()
    found = town.thespian.json("status")
    took_s = time.monotonic() - began
    assert len(found["actors"]) == 500
    assert {actor["state"] for actor in found["actors"]} == {"idle"}
    assert took_s < 5  # and less than one on a machine that does nothing else
