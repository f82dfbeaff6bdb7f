"""Settings: what holds without them, what they say, and what is refused."""

from __future__ import annotations

import ast
import os
import sys
import tempfile
from pathlib import Path

import pytest

from plugins.director.tests.conftest import Operator
from plugins.director.tests.packagekit import a_key
from thespian_director.control import DirectorControl
from thespian_director.errors import DirectorError
from thespian_director.folder import SETTINGS, DirectorFolder, default_folder
from thespian_director.trusted import read_trusted

OTHER_UID = 12_345  # nobody's, and not root's


def test_without_settings_the_usual_ones_hold(operator: Operator) -> None:
    found = operator.json("config")
    assert found["sources_location"] == str(operator.folder)
    assert (found["system_base"], found["admin_port"]) == ("multiprocTCPBase", 1900)
    assert (found["old_system_base"], found["convention_leader"]) == (None, None)
    assert found["other_capabilities"] == {}
    assert found["internal_log"] == str(operator.folder / "thespian_system.log")
    assert found["internal_log_bytes"] == 51_200
    files = [Path(handler["filename"]).name for handler in found["logging"]["handlers"].values()]
    assert files == ["thespian.log", "thespian_debug.log"]


def test_each_setting_is_read_from_its_file(operator: Operator) -> None:
    logs = operator.folder / "logs"
    for name, text in {
        "thespbase": " multiprocUDPBase\n",
        "oldthespbase": "multiprocTCPBase",
        "adminport": "1923\n",
        "convleader": "192.168.32.19",
        "othercaps": "{ 'Worker': True,\n  'Slot': 19 }",
        "thesplogd": f"{logs}\n",
        "thesplog": "{'handlers': {'h': {'filename': 'a.log'}, 'i': {'filename': logdir + '/b'}}}",
        "thesplogf": "/var/x.log",
        "thesplogs": "0",
    }.items():
        operator.write(f"{name}.cfg", text)
    found = operator.json("config")
    assert found["system_base"] == "multiprocUDPBase"
    assert found["old_system_base"] == "multiprocTCPBase"
    assert found["admin_port"] == 1923
    assert found["convention_leader"] == "192.168.32.19"
    assert found["other_capabilities"] == {"Worker": True, "Slot": 19}
    assert found["logging_directory"] == str(logs)
    assert (found["internal_log"], found["internal_log_bytes"]) == ("/var/x.log", 0)
    files = {name: handler["filename"] for name, handler in found["logging"]["handlers"].items()}
    assert files == {"h": f"{logs}/a.log", "i": f"{logs}/b"}
    assert operator.run("config").splitlines() == [
        f"   Sources location: {operator.folder}",
        "        System Base: multiprocUDPBase",
        "    OLD System Base: multiprocTCPBase",
        "         Admin Port: 1923",
        f"  Logging directory: {logs}",
        "  Convention Leader: 192.168.32.19",
        " Other Capabilities: { 'Worker': True,",
        "                       'Slot': 19 }",
    ]


def test_what_a_program_gives_counts_more_than_a_setting(operator: Operator) -> None:
    operator.write("adminport.cfg", "1923")
    control = DirectorControl(operator.folder, "simpleSystemBase", 2000)
    assert (control.system_base, control.admin_port) == ("simpleSystemBase", 2000)


def test_a_program_reads_any_setting_as_text(operator: Operator) -> None:
    operator.write("adminport.cfg", " 1923\n")
    operator.write("mine.cfg", "\n")
    control = operator.control
    assert control.filecfg("adminport.cfg", "1") == control.filecfg("adminport") == "1923"
    assert (control.filecfg("mine.cfg", 7), control.filecfg("absent.cfg", 8)) == (7, 8)
    with pytest.raises(DirectorError, match="a setting is a file in the director's folder"):
        control.filecfg("../adminport.cfg")


def test_the_folder_is_the_one_that_the_environment_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("THESPIAN_DIRECTOR_DIR", "~/here")
    assert default_folder() == tmp_path / "here"
    monkeypatch.delenv("THESPIAN_DIRECTOR_DIR")
    assert str(default_folder()) == "/opt/thespian/director"


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("adminport", "a port", "holds 'a port', which is no number from 1 to 65535"),
        ("adminport", "65536", "no number from 1 to 65535"),
        ("adminport", "१९", "no number from 1 to 65535"),
        ("thesplogs", "-1", "no number from 0"),
        ("thesplogs", "9" * 5000, "no number from 0"),
        ("othercaps", "[1]", "holds no dictionary whose keys are texts"),
        ("othercaps", "{1: 2}", "holds no dictionary whose keys are texts"),
        ("othercaps", "{'a': f()}", "line 1: a call is not allowed"),
        ("thesplog", "{'a':\n", "line 1"),
        ("thesplog", b"{'a':\n '\xff'}", "line 2: this is not UTF-8 text"),
        ("thespbase", b"\xff", "line 1: this is not UTF-8 text"),
        ("thespbase", "x" * (1 << 20) + "x", "is too large to be one"),
    ],
)
def test_a_setting_that_makes_no_sense_is_told_in_a_sentence(
    operator: Operator, name: str, content: str | bytes, why: str
) -> None:
    operator.write(f"{name}.cfg", content)
    said = operator.fails("config")
    assert f"{operator.folder / name}.cfg" in said
    assert why in said


@pytest.mark.parametrize("handlers", ["3", "[1, 2]", "{'h': 3}", "None"])
def test_odd_handlers_are_shown_as_they_are(operator: Operator, handlers: str) -> None:
    operator.write("thesplog.cfg", f"{{'version': 1, 'handlers': {handlers}}}")
    assert operator.json("config")["logging"] == {"version": 1, "handlers": ast.literal_eval(handlers)}


@pytest.mark.parametrize("base_name", ["simpleSystemBase", "multiprocQueueBase"])
def test_logging_that_cannot_be_applied_is_told_with_its_file(
    operator: Operator, capsys: pytest.CaptureFixture[str], base_name: str
) -> None:
    operator.write("thesplog.cfg", "{'version': 2}")
    assert DirectorControl(operator.folder, base_name)("start") == 1
    said = capsys.readouterr().err.splitlines()
    assert said[1].startswith("Error: logDefs cannot be applied: ")
    assert said[-1] == f"  the logDefs are what {operator.folder / 'thesplog.cfg'} says"


def test_a_folder_a_pipe_and_a_dangling_link_are_no_settings(operator: Operator) -> None:
    (operator.folder / "thespbase.cfg").mkdir()
    assert "is a folder" in operator.fails("config")
    (operator.folder / "thespbase.cfg").rmdir()
    os.mkfifo(operator.folder / "thespbase.cfg")
    assert "is no ordinary file" in operator.fails("config")
    (operator.folder / "thespbase.cfg").unlink()
    (operator.folder / "thespbase.cfg").symlink_to("nowhere")
    assert operator.json("config")["system_base"] == "multiprocTCPBase"


needs_modes = pytest.mark.skipif(sys.platform == "win32", reason="modes of files are POSIX")


@needs_modes
@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_that_everybody_can_write_is_refused_with_what_mends_it(
    operator: Operator, name: str
) -> None:
    path = operator.write(f"{name}.cfg", "1")
    path.chmod(0o646)
    with pytest.raises(DirectorError) as refused:
        DirectorFolder(operator.folder).setting(name)
    assert str(refused.value).splitlines() == [
        f"the setting {path} can be written by everybody (mode 0646)",
        f"  if nobody else did: chmod o-w {path}",
    ]


@needs_modes
def test_a_folder_that_everybody_can_write_to_is_refused(operator: Operator) -> None:
    operator.write("adminport.cfg", "1")
    operator.folder.chmod(0o777)
    assert "can be written by everybody" in operator.fails("config")
    operator.folder.chmod(0o755)
    operator.folder.parent.chmod(0o777)
    assert f"is below {operator.folder.parent}, which everybody can write" in operator.fails("config")
    operator.folder.parent.chmod(0o1777)
    assert operator.json("config")["admin_port"] == 1


@needs_modes
@pytest.mark.skipif(sys.platform != "win32" and os.geteuid() != 0, reason="only root gives files away")
def test_what_another_user_or_a_group_can_write_is_refused(operator: Operator) -> None:
    path = operator.write("adminport.cfg", "1")
    os.chown(path, -1, OTHER_UID)
    path.chmod(0o664)
    assert "can be written by its group (mode 0664)" in operator.fails("config")
    path.chmod(0o644)
    os.chown(path, OTHER_UID, -1)
    assert f"belongs to another user (uid {OTHER_UID})" in operator.fails("config")
    # Whoever owns the folder that the operator chose decides about it anyway.
    os.chown(operator.folder, OTHER_UID, -1)
    assert operator.json("config")["admin_port"] == 1


@pytest.mark.skipif(os.name != "posix", reason="files have no such modes here")
@pytest.mark.parametrize("what", ["the setting adminport.cfg", "the private key"])
def test_what_may_not_be_read_is_refused_and_said_why(what: str) -> None:
    # Not below the test's own folder, which another user could not even enter.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "adminport.cfg"
        path.write_bytes(a_key().private_pem())
        path.chmod(0)
        is_root = os.geteuid() == 0
        os.chmod(folder, 0o755)
        if is_root:  # who may read everything
            os.seteuid(OTHER_UID)
        try:
            with pytest.raises(DirectorError, match="cannot be opened: Permission denied") as caught:
                read_trusted(path, what, 1000)
        finally:
            if is_root:
                os.seteuid(0)
        assert str(path) in str(caught.value)
