"""start and shutdown: done twice, at once, in the foreground, and where they cannot succeed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from plugins.director.tests.running.conftest import PATIENCE_S, Shop
from thespian.actors import ActorSystem
from thespian_director.control import DirectorControl

pytestmark = pytest.mark.slow

Output = pytest.CaptureFixture[str]

STUBBORN = """
from pathlib import Path
from thespian.actors import Actor, ActorExitRequest

class Main(Actor):
    def receiveMessage(self, message, sender):
        if isinstance(message, ActorExitRequest):
            Path({ending!r}).write_text("ending")
            Path({never!r}).read_text()  # until it is killed
"""


def test_start_brings_the_newest_packages_and_doing_it_again_changes_nothing(shop: Shop) -> None:
    shop.package(1)
    assert shop.control("start") == 0
    running, director = shop.loaded(), shop.control.director
    assert shop.control("start") == 0
    assert (shop.loaded(), shop.control.director) == (running, director)
    assert shop.version() == 1


def test_starts_from_several_terminals_at_once_make_one_system_and_load_once(shop: Shop) -> None:
    shop.package(1)
    terminals = [shop.begin("start") for _ in range(3)]
    ended = [(*terminal.communicate(timeout=PATIENCE_S), terminal.returncode) for terminal in terminals]
    assert [status for *_, status in ended] == [0, 0, 0], ended
    assert [err for _, err, _ in ended] == ["", "", ""]
    assert len(shop.loaded()["Loaded"]) == 1
    (only,) = shop.loaded()["Running"].values()
    assert len(only) == 1
    assert shop.version() == 1


def test_a_shutdown_in_another_terminal_ends_the_system_and_can_be_done_once(shop: Shop) -> None:
    assert shop.control("start") == 0
    status, out, err = shop.run("shutdown")
    assert (status, out, err) == (0, "Shutdown completed\n", "")
    assert not shop.control.is_up
    status, out, err = shop.run("shutdown")
    assert (status, out) == (1, "")
    assert "no system runs at Admin Port" in err


def test_a_list_starts_no_system_when_the_one_that_runs_is_about_to_end(shop: Shop) -> None:
    ending, never = (shop.folder.parent / name for name in ("ending", "never"))
    for pipe in (ending, never):
        os.mkfifo(pipe)
    shop.package(1, actors=STUBBORN.format(ending=str(ending), never=str(never)))
    assert shop.control("refresh") == 0
    with shop.begin("shutdown") as shutdown:
        assert ending.read_text() == "ending"
        status, out, err = shop.run("list")
        assert (status, out) == (1, "")
        assert "no system runs at Admin Port" in err
        shutdown.communicate(timeout=PATIENCE_S)
    assert not shop.control.is_up


def test_a_shutdown_ends_the_system_of_the_old_base_too(shop: Shop, capsys: Output) -> None:
    assert shop.control("start") == 0
    (shop.folder / "thespbase.cfg").write_text("multiprocUDPBase")
    (shop.folder / "oldthespbase.cfg").write_text("multiprocTCPBase")
    now = DirectorControl()
    capsys.readouterr()
    assert now("shutdown") == 0
    assert capsys.readouterr().out == "Shutdown completed\n"
    assert not now.is_running_on("multiprocTCPBase")


@pytest.mark.parametrize("ending", ["SIGTERM", "Ctrl-C", "shutdown elsewhere"])
def test_a_start_that_waits_ends_with_its_system_and_with_status_0(shop: Shop, ending: str) -> None:
    shop.package(1)
    with shop.begin("verbose", "start", "wait") as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith('Loaded "app"')
        if ending == "shutdown elsewhere":
            assert shop.run("shutdown")[0] == 0
        else:
            process.send_signal(signal.SIGTERM if ending == "SIGTERM" else signal.SIGINT)
        _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, err
    assert not shop.control.is_up


def test_a_start_that_waits_ends_with_status_1_when_its_system_ends_by_itself(shop: Shop) -> None:
    shop.package(1)
    with shop.begin("start", "wait") as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith('Loaded "app"')
        launcher = launcher_of(shop)
        os.kill(launcher, signal.SIGKILL)
        _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 1
    assert "ended by itself" in err


def test_a_package_that_cannot_be_loaded_does_not_keep_a_system_from_waiting(shop: Shop) -> None:
    shop.package(1).write_bytes(b"nothing that was signed")
    with shop.begin("start", "wait") as process:
        assert process.stderr is not None
        assert "app-1.tls was not loaded" in process.stderr.readline()
        assert shop.control.is_up
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0


def test_a_director_that_is_killed_during_a_refresh_is_told_and_the_next_one_completes(shop: Shop) -> None:
    gate = shop.folder.parent / "gate"
    os.mkfifo(gate)
    shop.package(1)
    assert shop.control("refresh") == 0
    slow = f"import app as here\nopen({str(gate)!r}).close()\n"
    main = "from thespian.actors import Actor\nclass Main(Actor):\n"
    says = "    def receiveMessage(self, message, sender):\n        self.send(sender, (here.VERSION, ()))\n"
    package = shop.package(2, actors=slow + main + says, tli={"Actors": {}})
    shop.tli({"Actors": {"app.actors.Main": {"OnLoad": {"Role": "main"}}}})
    with shop.begin("refresh") as process:
        while not shop.loaded()["Loading"]:
            assert process.poll() is None
        os.kill(pid_of_director(shop), signal.SIGKILL)
        with gate.open("w"):  # whoever waits there may go on
            _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 1
    assert "the Director ended before it had answered" in err
    gate.unlink()
    gate.write_text("")
    status, out, err = shop.run("refresh")
    assert (status, err) == (0, "")
    assert out.startswith(f'Loaded "app" {package}')
    assert shop.version() == 2


def test_a_wrong_key_is_one_sentence(shop: Shop, tmp_path: Path) -> None:
    assert shop.control("start") == 0
    other = tmp_path / "other.key"
    other.write_bytes(b"k" * 32)
    other.chmod(0o600)
    shop.environ["THESPIAN_KEY_FILE"] = str(other)
    for command in ("list", "refresh", "shutdown"):
        status, out, err = shop.run(command)
        assert (status, out) == (1, "")
        assert "no system that this program can join" in err
    assert shop.control.is_up


def test_another_program_at_the_port_is_one_sentence(shop: Shop) -> None:
    with socket.create_server(("127.0.0.1", shop.control.admin_port)):
        status, out, err = shop.run("start")
    assert (status, out) == (1, "")
    assert "something listens at" in err


def test_loads_of_two_versions_from_two_terminals_at_once_are_both_carried_out(shop: Shop) -> None:
    packages = [shop.package(version) for version in (1, 2)]
    assert shop.control("load", packages[0]) == 0
    terminals = [shop.begin("load", package.name) for package in [*packages, packages[1]]]
    ended = [(*terminal.communicate(timeout=PATIENCE_S), terminal.returncode) for terminal in terminals]
    assert [status for *_, status in ended] == [0, 0, 0], ended
    assert [out.split(":")[0] for out, *_ in ended] == [
        f'Loaded "app" {package}' for package in [*packages, packages[1]]
    ]
    group = shop.loaded()
    assert len(group["Loaded"]) == len(group["Running"]) == 2
    assert group["ActiveHash"] == group["Loaded"][-1]
    assert {len(actors) for actors in group["Running"].values()} == {1}


def test_a_system_that_others_started_gets_a_director(shop: Shop) -> None:
    port = {"Admin Port": shop.control.admin_port}
    system = ActorSystem("multiprocTCPBase", port, logDefs=False, transientUnique=True)
    try:
        assert shop.run("list") == (0, "", "")
        shop.package(1)
        assert shop.run("refresh")[0] == 0
        assert shop.version() == 1
    finally:
        system.shutdown()


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path: Path, capsys: Output) -> None:
    assert DirectorControl(tmp_path / "nowhere", admin_port=1)("start") == 1
    assert f"the director's folder {tmp_path / 'nowhere'} does not exist" in capsys.readouterr().err


def launcher_of(shop: Shop) -> int:
    """Return the process that started all actors."""
    return int(status_of(shop)["processes"]["launcher"]["pid"])


def pid_of_director(shop: Shop) -> int:
    """Return the Director's process."""
    (director,) = (actor for actor in status_of(shop)["actors"] if actor["name"] == "Director")
    return int(director["pid"])


def status_of(shop: Shop) -> dict[str, Any]:
    """Return what ``thespian status`` tells of the system."""
    words = [sys.executable, "-m", "thespian_core.cli", "status", "--json"]
    words += ["--port", str(shop.control.admin_port), "--base", shop.control.system_base]
    found: dict[str, Any] = json.loads(subprocess.check_output(words, env=shop.environ))
    return found
