"""The doctor's checks: facts go in, findings come out; whatever is not good says how to mend it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import attrs
import pytest

from thespian_operator.doctoring.checks import Finding, check_folder, judge, would_start
from thespian_operator.doctoring.facts import (
    Base,
    Clock,
    Facts,
    Folder,
    Host,
    Installation,
    Intruder,
    Key,
    Limits,
    Plugins,
    Running,
    Trial,
)
from thespian_operator.doctoring.machine import look_at_folders

NOW = 2_000_000_000.0
PYTHON = "(3, 11, 7, 'final', 0)"
USED = (("core", "thespian-core", "1.0"), ("tcp", "thespian-tcp", "1.0"), ("mine", "my-own", "7"))
SYSTEM = Running(2, PYTHON, USED, 60.0, 4711)
HEALTHY = Facts(
    python=PYTHON,
    release="1.0",
    installation=Installation("lib/thespian", "lib/thespian"),
    plugins=Plugins(USED),
    host=Host("vm", ("127.0.0.1",)),
    key=Key("state/key"),
    limits=Limits(1024, 10_000, 100, 4 << 30),
    folders=(Folder("the internal log", "tmp/thespian.log", free_bytes=1 << 30, steered_by="THESPLOG_FILE"),),
    clock=Clock(NOW, "state/key", NOW - 5),
    bases=(Base("someBase", 2, "127.0.0.1:1900", trial=Trial("", 0.2)),),
)
OTHER = Intruder("thespian 0.1", 3)


def changed(**what: Any) -> list[Finding]:
    """Return what is not good when facts differ from those of a healthy machine."""
    return [one for one in judge(attrs.evolve(HEALTHY, **what)) if one.level != "ok"]


def only(**what: Any) -> Finding:
    """Return the one thing that is not good."""
    (finding,) = changed(**what)
    assert finding.mend, "it does not say how to mend it"
    assert all("\n" not in line for line in (finding.text, *finding.mend))
    return finding


def base(**what: Any) -> dict[str, Any]:
    return {"bases": (attrs.evolve(HEALTHY.bases[0], **what),)}


def system(**what: Any) -> dict[str, Any]:
    return base(trial=None, running=attrs.evolve(SYSTEM, **what))


def test_on_a_healthy_machine_all_is_good() -> None:
    findings = judge(HEALTHY)
    assert {one.level for one in findings} == {"ok"}
    assert would_start(findings)
    assert "127.0.0.1:1900 is free" in " ".join(one.text for one in findings)


@pytest.mark.parametrize(
    ("facts", "topic", "says"),
    [
        ({"installation": Installation("lib/thespian", "")}, "installation", "there is no package thespian"),
        (
            {"installation": Installation("lib/thespian", "lib/thespian", ("thespian/actors.py",), (OTHER,))},
            "installation",
            "thespian/actors.py in lib/thespian are not those of thespian-core; other distributions",
        ),
        (
            {"installation": Installation("src/thespian", "lib/thespian", (), (OTHER,))},
            "installation",
            "an import of thespian finds lib/thespian, not src/thespian of thespian-core; other",
        ),
        (
            {"installation": Installation("lib/thespian", "lib/thespian", failure="no\n  mend")},
            "installation",
            "no",
        ),
        ({"key": Key("", "the key file is too short\n  remove it")}, "key", "the key file is too short"),
        (base(failure="nobody can listen\n  choose another"), "place", "nobody can listen"),
        (base(trial=Trial("no process\n  allow more", 0.1)), "start", "no process"),
    ],
)
def test_what_stops_a_start_is_an_error(facts: dict[str, Any], topic: str, says: str) -> None:
    finding = only(**facts)
    assert (finding.level, finding.topic) == ("error", topic)
    assert finding.text.startswith(says)
    assert not would_start([finding])


@pytest.mark.parametrize(
    ("facts", "topic", "says"),
    [
        (
            {"installation": Installation("lib/thespian", "lib/thespian", (), (OTHER,))},
            "installation",
            "other distributions have files in lib/thespian: thespian 0.1 (3 files)",
        ),
        (
            {"plugins": Plugins(USED, (("sad", "ImportError: no"),))},
            "plugins",
            "plugin sad is broken: Import",
        ),
        (
            {"plugins": Plugins(USED, conflicts=("x is provided by a and b\n  uninstall one",))},
            "plugins",
            "x is",
        ),
        (
            {"plugins": Plugins((*USED, ("udp", "thespian-udp", "0.9")))},
            "releases",
            "thespian-core is 1.0, but there are thespian-udp 0.9",
        ),
        (
            {"host": Host("vm", problem="not known")},
            "host name",
            "this machine calls itself 'vm', and nobody",
        ),
        ({"limits": Limits(files=64)}, "files", "a process may open 64 files"),
        ({"limits": Limits(1024, 100, 90)}, "processes", "of 100 processes and threads, 90 are there"),
        ({"limits": Limits(memory_bytes=50 << 20)}, "memory", "only 50 MiB are free"),
        (
            {"folders": (Folder("the log", "x", "read-only", 0, "X"),)},
            "folders",
            "the log cannot be written: rea",
        ),
        ({"folders": (Folder("the log", "x", "", 5 << 20, "X"),)}, "folders", "the log: only 5 MiB are free"),
        ({"clock": Clock(NOW - 1000, "state/key", NOW)}, "clock", "the clock says "),
        (
            base(last_end="at noon: no memory"),
            "last end",
            "the last system at 127.0.0.1:1900 ended by itself at",
        ),
        (base(cannot_be_asked=True, trial=None), "place", "somebody has 127.0.0.1:1900, and cannot be asked"),
        (system(shutting_down=True), "place", "the system at 127.0.0.1:1900 is shutting down"),
        (
            system(plugins=(USED[0], ("tcp", "thespian-tcp", "0.9"), ("theirs", "x", "1"))),
            "versions",
            "tcp: 1.0 here, 0.9 there",
        ),
        (system(base_version=1), "versions", "version of someBase: 2 here, 1 there"),
        (system(python="(3, 13, 0, 'final', 0)"), "versions", "Python: 3.11.7 here, 3.13.0 there"),
    ],
)
def test_what_a_start_survives_is_a_warning(facts: dict[str, Any], topic: str, says: str) -> None:
    finding = only(**facts)
    assert (finding.level, finding.topic) == ("warning", topic)
    assert finding.text.startswith(says)
    assert would_start([finding])


def test_who_has_the_place_is_told_first() -> None:
    finding = only(**base(failure="something listens\n  end it", listener="process 7 of me: httpd"))
    assert finding.mend == ("it is process 7 of me: httpd", "end it")


def test_a_clock_that_is_a_little_behind_a_file_servers_is_good() -> None:
    assert changed(clock=Clock(NOW, "state/key", NOW + 30)) == []


def test_a_state_folder_below_a_file_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    for name in ("HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "file"))
    monkeypatch.delenv("THESPIAN_KEY_FILE", raising=False)
    (finding,) = check_folder(look_at_folders()[1])
    assert finding.level == "warning"
    assert f"cannot be written: {tmp_path / 'file'} is no folder" in finding.text


def test_times_are_those_of_this_place() -> None:
    finding = only(clock=Clock(NOW - 1000, "state/key", NOW))
    assert time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(NOW)) in finding.text


def test_what_no_base_needs_is_not_looked_at() -> None:
    assert "key" not in {one.topic for one in judge(attrs.evolve(HEALTHY, key=None))}
    unlimited = judge(attrs.evolve(HEALTHY, limits=Limits()))
    assert "a process may open any number" in {one.text for one in unlimited}
