"""``thespian doctor`` as an operator runs it: on running systems, with plugins, keys and terminals."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import attrs
import pytest

from plugins.operator.tests.conftest import Command, Town
from plugins.operator.tests.test_doctor_and_starts import a_program_with_a_system
from plugins.operator.tests.test_output import on_a_terminal, read_all
from thespian_multiproc.runtime.living import ProcessWatch
from tools.ports import free_port

pytestmark = pytest.mark.slow


def found(command: Command, topic: str, *words: object) -> dict[str, object]:
    """Return the one thing of this topic, which must be no error, and worth mending."""
    (finding,) = [one for one in command.json("doctor", *words)["findings"] if one["topic"] == topic]
    assert finding["level"] == "warning"
    assert finding["mend"]
    return dict(finding)


def a_distribution(folder: Path, name: str, version: str, points: str) -> None:
    """Make what an installed distribution has beside its code."""
    about = folder / f"{name}-{version}.dist-info"
    about.mkdir(parents=True)
    about.joinpath("METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\n")
    about.joinpath("entry_points.txt").write_text(f"[thespian]\n{points}\n")


def test_a_start_that_would_join_a_system_works_says_the_doctor(town: Town) -> None:
    found = town.thespian.json("doctor")
    (base,) = found["bases"]
    assert (found["would_start"], base["joins"], base["trial_s"]) == (True, True, None)
    assert not [one for one in found["findings"] if one["level"] == "error"]
    assert "one make" in next(one["text"] for one in found["findings"] if one["topic"] == "versions")
    assert len(town.thespian.json("status")["actors"]) == 1  # it is as it was


def test_a_trial_leaves_nothing_behind(thespian: Command, base_name: str, tmp_path: Path) -> None:
    in_folder = attrs.evolve(thespian, environ={"XDG_STATE_HOME": str(tmp_path / "state")})
    port = free_port()
    (base,) = in_folder.json("doctor", "--base", base_name, "--port", port)["bases"]
    assert base["trial_s"] > 0
    assert [file.name for file in tmp_path.rglob("*") if file.is_file()] == ["key"]
    assert in_folder.fails("status", "--base", base_name, "--port", port).startswith("Error: no system runs")


def test_the_doctor_needs_no_key_for_a_base_without_processes(thespian: Command) -> None:
    without = attrs.evolve(thespian, environ={"THESPIAN_KEY_FILE": "/not/there.key"})
    assert without.json("doctor", "--base", "simpleSystemBase")["would_start"]
    ran = without.run("doctor", "--base", "multiprocTCPBase")
    assert (ran.returncode, ran.stdout.splitlines()[-1]) == (1, "a start would fail")
    assert "there is no key file /not/there.key" in ran.stdout


def test_a_base_that_is_not_installed_is_told_with_those_that_are(thespian: Command) -> None:
    ran = thespian.run("doctor", "--base", "pigeonBase")
    assert ran.returncode == 1
    assert "error    place         no system base named 'pigeonBase' is installed" in ran.stdout
    assert ran.stdout.splitlines()[-1] == "a start would fail on pigeonBase"


def test_a_broken_plugin_is_warned_of_and_the_others_work(thespian: Command, tmp_path: Path) -> None:
    a_distribution(tmp_path / "lib", "sad", "1.0", "sad = not_there.at_all")
    command = attrs.evolve(thespian, environ={"PYTHONPATH": str(tmp_path / "lib")})
    ran = command.run("doctor", "--base", "simpleSystemBase")
    assert ran.returncode == 0
    assert "  warning  plugins       plugin sad is broken: ModuleNotFoundError: No module named" in ran.stdout
    assert "THESPIAN_BLOCK_PLUGINS=sad\n" in ran.stdout
    assert ran.stdout.splitlines()[-1] == "a start would work"
    assert "\x1b" not in ran.stdout


def test_a_system_of_another_release_is_warned_of(thespian: Command, tmp_path: Path) -> None:
    lib = tmp_path / "lib"
    a_distribution(lib, "thespian-tcp", "9.9.9", "tcp = thespian_tcp.plugin")
    port = free_port()
    with a_program_with_a_system(port, PYTHONPATH=str(lib)):
        words = ("--base", "multiprocTCPBase", "--port", port)
        assert "tcp: 0.1.0 here, 9.9.9 there" in str(found(thespian, "versions", *words)["text"])
    both = attrs.evolve(thespian, environ={"PYTHONPATH": str(lib)})
    releases = found(both, "releases", "--base", "simpleSystemBase")
    assert "thespian-tcp 9.9.9" in str(releases["text"])


def test_a_key_from_the_future_tells_that_the_clock_is_wrong(thespian: Command, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_bytes(os.urandom(32))
    key.chmod(0o600)
    os.utime(key, (4e9, 4e9))
    environ = {"THESPIAN_KEY_FILE": str(key), "XDG_STATE_HOME": str(tmp_path / "none" / "yet")}
    command = attrs.evolve(thespian, environ=environ)
    findings = command.json("doctor", "--base", "multiprocTCPBase", "--port", free_port())["findings"]
    clock, *others = [
        one for one in findings if one["level"] != "ok" and one["topic"] in ("clock", "folders")
    ]
    assert f"but {key} was written at 2096-" in clock["text"]
    assert others == []  # a folder that will be made when it is needed is none to be mended


def test_a_system_that_has_ended_by_itself_is_told(town: Town) -> None:
    roles = town.thespian.json("status")["processes"]
    launcher = roles["launcher"]["pid"]
    watch = ProcessWatch(roles["admin"]["pid"])
    os.kill(launcher, signal.SIGKILL)
    assert watch.wait(10)
    watch.close()
    finding = found(town.thespian, "last end")
    assert f"its launcher, process {launcher}, is gone: killed by SIGKILL" in str(finding["text"])


def test_a_terminal_shows_colours_and_wraps(thespian: Command) -> None:
    without = attrs.evolve(thespian, environ={"THESPIAN_KEY_FILE": "/not/there.key"})
    words = ("doctor", "--base", "multiprocTCPBase", "--port", free_port())
    with on_a_terminal(without, *words, COLUMNS="60") as (screen, _):
        shown = read_all(screen)
    assert "\x1b[31m" in shown
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines()
    assert max(map(len, plain)) <= 60
    assert any(line.startswith("  error    key           there is no key file") for line in plain)
    assert plain[-1].rstrip() == "a start would fail"
    with on_a_terminal(without, *words, NO_COLOR="1") as (screen, _):
        assert "\x1b[31m" not in read_all(screen)
