"""bootstart: what is written for each service manager, and what is said where nothing can be."""

from __future__ import annotations

import grp
import os
import plistlib
import shutil
import stat
from pathlib import Path

import pytest

from plugins.director.tests.conftest import Operator
from thespian_director.errors import DirectorError
from thespian_director.services import making, systemd
from thespian_director.services.service import Service, Work

UNIT = "etc/systemd/system/thespian-director.service"
needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")


def printed(operator: Operator, *words: str, manager: str = "systemd") -> str:
    return operator.run("bootstart", "--dry-run", "--manager", manager, *words)


def test_a_dry_run_prints_the_unit_and_the_commands(operator: Operator) -> None:
    lines = printed(operator).splitlines()
    assert "# /etc/systemd/system/thespian-director.service" in lines
    assert 'u thespian - "Thespian Director" /var/lib/thespian-director' in lines
    assert f'Environment="THESPIAN_DIRECTOR_DIR={operator.folder}"' in lines
    for hardened in ("User=thespian", "NoNewPrivileges=yes", "Restart=on-failure", "CapabilityBoundingSet="):
        assert hardened in lines
    assert any(line.startswith("ExecStart=") and line.endswith('"start" "wait"') for line in lines)
    assert [line for line in lines if line.startswith("$ ")] == [
        "$ systemd-sysusers /etc/sysusers.d/thespian-director.conf",
        "$ systemctl daemon-reload",
        "$ systemctl enable thespian-director",
        "$ systemctl start --no-block thespian-director",
    ]
    assert "# /etc/thespian/thespian-director.key: a new key, mode 0640, unless there is one" in lines


def test_a_name_is_used_without_its_dots_and_nostart_starts_nothing(operator: Operator) -> None:
    out = printed(operator, "my.app", "nostart", "--user", "runner", "--operators", "staff")
    assert "# /etc/systemd/system/my-app.service" in out
    assert "systemctl start" not in out
    assert "User=runner" in out
    assert "SupplementaryGroups=staff" in out


@needs_systemd
def test_systemd_itself_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    service = Service("odd", str(tmp_path / 'per%cent "quoted" $dollar back\\slash'))
    work = systemd.work(service)
    assert making.check(work)


@needs_systemd
def test_what_systemd_finds_wrong_is_told_before_anything_is_written() -> None:
    with pytest.raises(DirectorError, match=r"wrong with the unit bad\.service(.|\n)*Shoe"):
        systemd.verify("bad.service", "[Service]\nExecStart=/bin/true\nShoe=42\n")


def test_for_an_image_the_files_are_written_below_its_root_and_nothing_is_run(
    operator: Operator, tmp_path: Path
) -> None:
    root = tmp_path / "image"
    out = operator.run("bootstart", "--manager", "systemd", "--root", root)
    assert f"Wrote {root / UNIT}" in out
    assert (root / UNIT).read_text().startswith("[Unit]")
    assert sorted(path.name for path in root.rglob("*") if path.is_file()) == [
        "thespian-director.conf",
        "thespian-director.service",
    ]


def test_a_place_that_cannot_be_written_is_one_sentence(operator: Operator, tmp_path: Path) -> None:
    (tmp_path / "image").write_text("no folder")
    error = operator.fails("bootstart", "--manager", "systemd", "--root", tmp_path / "image")
    assert "cannot be made" in error


def test_launchd_gets_a_property_list(operator: Operator) -> None:
    out = printed(operator, manager="launchd")
    text = out[out.index("<?xml") : out.index("</plist>")] + "</plist>"
    found = plistlib.loads(text.encode())
    assert found["ProgramArguments"][1:] == ["-m", "thespian.director", "start", "wait"]
    assert found["EnvironmentVariables"] == {"THESPIAN_DIRECTOR_DIR": str(operator.folder)}
    assert found["KeepAlive"] == {"SuccessfulExit": False}
    assert "$ launchctl bootstrap system /Library/LaunchDaemons/thespian-director.plist" in out


def test_upstart_gets_a_job(operator: Operator) -> None:
    out = printed(operator, manager="upstart")
    assert "# /etc/init/thespian-director.conf" in out
    assert "exec " in out
    assert "$ initctl start thespian-director" in out


@pytest.mark.parametrize(
    ("manager", "status", "said"),
    [
        ("sysv", 1, "SystemV bootstart TBD"),
        ("windows", 2, "no service is made on Windows"),
        ("openrc", 2, "'openrc' is none of systemd, upstart, sysv, launchd, windows"),
    ],
)
def test_where_no_service_can_be_made_that_is_said(
    operator: Operator, manager: str, status: int, said: str
) -> None:
    assert said in operator.fails("bootstart", "--manager", manager, status=status)


@pytest.mark.parametrize("words", [("a b",), ("one", "two"), ("--user", "a\nb"), ("--operators", "")])
def test_names_that_cannot_be_are_refused(operator: Operator, words: tuple[str, ...]) -> None:
    status = 2 if words == ("one", "two") else 1
    error = operator.fails("bootstart", "--dry-run", "--manager", "systemd", *words, status=status)
    assert "name" in error


def test_where_systemd_is_installed_and_does_not_run_nothing_is_begun(tmp_path: Path) -> None:
    systemd.require_running(tmp_path)
    with pytest.raises(DirectorError, match="systemd does not run here") as raised:
        systemd.require_running(tmp_path / "not-there")
    assert "--root" in str(raised.value)
    assert raised.value.exit_status == 2


def test_without_a_folder_the_status_is_5(operator: Operator) -> None:
    operator.folder.rmdir()
    assert "does not exist" in operator.fails("bootstart", "--dry-run", status=5)


def test_a_key_is_made_for_the_group_and_one_that_is_there_is_kept(tmp_path: Path) -> None:
    group = grp.getgrgid(os.getgid()).gr_name
    key = tmp_path / "thespian" / "name.key"
    work = Work({}, (("true",),), key_file=str(key))
    told: list[str] = []
    making.carry_out(work, group, told.append)
    first = key.read_bytes()
    assert (len(first), stat.S_IMODE(key.stat().st_mode), key.stat().st_gid) == (32, 0o640, os.getgid())
    making.carry_out(work, group, told.append)
    assert key.read_bytes() == first
    assert told == ["$ true", "$ true"]


def test_a_key_is_not_left_to_a_group_that_is_not_there(tmp_path: Path) -> None:
    key = tmp_path / "name.key"
    with pytest.raises(DirectorError, match="cannot be given to the group nobody-has-this"):
        making.carry_out(Work({}, (), key_file=str(key)), "nobody-has-this", print)
    assert not key.exists()


@pytest.mark.parametrize("command", [("sh", "-c", "echo broken >&2; exit 3"), ("not-a-program-at-all",)])
def test_a_command_that_fails_is_told_with_what_it_said(command: tuple[str, ...]) -> None:
    said = "failed with status 3\n  broken" if command[0] == "sh" else "cannot be run"
    with pytest.raises(DirectorError, match=f"{said}(.|\n)*the files are written"):
        making.carry_out(Work({}, (command,)), "any", lambda _: None)


def test_what_the_services_user_cannot_get_at_is_told(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    (closed / "director").mkdir(parents=True)
    closed.chmod(0o700)
    service = Service("name", str(closed / "director"), python="/bin/sh")
    told = [sentence for sentence in making.out_of_reach(service) if str(closed) in sentence]
    above = next(folder for folder in reversed((closed / "x").parents) if not folder.stat().st_mode & 0o001)
    assert told == [f"thespian must read {closed / 'director'}, and {above} is closed to others"]
    assert list(making.out_of_reach(Service("name", "/usr/lib", python="/bin/sh"))) == []
