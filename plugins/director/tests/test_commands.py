"""The director's command line: help, unknown words, avail, completion, and the same for programs."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from plugins.director.tests.conftest import Operator
from plugins.director.tests.packagekit import a_key, package
from thespian.director import DirectorControl
from thespian_core.hooks.registry import PluginRegistry, default_registry, use_registry
from thespian_core.hooks.selection import PluginOrigin
from thespian_director.plugin import COMMANDS


def test_no_command_prints_the_help_and_does_nothing(operator: Operator) -> None:
    said = operator.run()
    assert said == operator.run("help") == operator.run("--help")
    assert str(operator.folder) in said
    for word in ("multiprocTCPBase", "1900", "othercaps.cfg", *COMMANDS):
        assert word in said
    assert os.listdir(operator.folder) == []


def test_the_help_is_there_also_when_a_setting_is_not_right(operator: Operator) -> None:
    operator.write("adminport.cfg", "many")
    assert "holds 'many', which is no number" in operator.run("help")


def test_help_of_a_command_is_what_its_option_prints(operator: Operator) -> None:
    for name in COMMANDS:
        assert operator.run("help", name) == operator.run(name, "--help")


def test_help_of_a_command_that_cannot_be_opened_says_why(
    operator: Operator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "absent_plugin.py").write_text(
        "from thespian_core import DirectorCommandSpec, hookimpl\n"
        "@hookimpl\ndef thespian_director_commands():\n"
        "    yield DirectorCommandSpec(name='absent', opens='not_there:command')\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    usual = default_registry().selection()
    used = (*usual.used, PluginOrigin("absent", "absent_plugin"))
    before = use_registry(PluginRegistry.from_selection(usual._replace(used=used)))
    try:
        said = operator.fails("help", "absent")
        assert "is broken: cannot open not_there:command for director command 'absent'" in said
    finally:
        use_registry(before)


def test_where_a_source_came_from_can_not_steer_the_terminal(
    operator: Operator, capsys: pytest.CaptureFixture[str]
) -> None:
    operator.write("a_tls.key", a_key().public_pem())
    odd = operator.folder / "\x1b[2Ja\nb.tls"
    odd.write_bytes(package(1, a_key()))
    control = DirectorControl(operator.folder, "simpleSystemBase")
    try:
        control.asys.loadActorSource(odd)
        assert control("list") == 0
    finally:
        control("shutdown")
    assert capsys.readouterr().out.splitlines()[1].endswith(f"{operator.folder}/\\x1b[2Ja\\nb.tls")


def test_an_unknown_command_is_told_with_what_was_meant(operator: Operator) -> None:
    for words in (["avial"], ["help", "avial"], ["verbose", "avial"]):
        said = operator.fails(*words, status=2)
        assert said.startswith("no director command named 'avial' is installed")
        assert "did you mean avail?" in said


def test_what_is_there_is_listed_by_group_the_newest_first(operator: Operator) -> None:
    sums = {}
    for name in ("foo-2", "foo-10", "foo-1.5", "zoo"):
        sums[name] = hashlib.md5(operator.write(f"{name}.tls", name).read_bytes()).hexdigest()
    for name in ("foo", "zoo", "empty"):
        operator.write(f"{name}.tli", "{}")
    assert operator.run("avail").splitlines() == [
        f"THESPIAN_DIRECTOR_DIR={operator.folder}",
        "empty: no package",
        f"  foo: foo-10.tls     {sums['foo-10']}",
        f"     + foo-2.tls      {sums['foo-2']}",
        f"     + foo-1.5.tls    {sums['foo-1.5']}",
        f"  zoo: zoo.tls        {sums['zoo']}",
    ]
    found = operator.json("avail")
    assert found["folder"] == str(operator.folder)
    assert [group["group"] for group in found["groups"]] == ["empty", "foo", "zoo"]
    assert found["groups"][2]["packages"] == [{"file": "zoo.tls", "hash": sums["zoo"]}]


def test_a_package_that_cannot_be_read_does_not_hide_the_others(operator: Operator) -> None:
    operator.write("foo.tli", "{}")
    operator.write("foo-1.tls", "1")
    (operator.folder / "foo-2.tls").mkdir()
    said = operator.run("avail")
    assert "foo-2.tls    (Is a directory)" in said
    assert "foo-1.tls    c4ca" in said


def test_a_folder_that_is_not_there_is_told_with_what_makes_it(
    tmp_path: Path, operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THESPIAN_DIRECTOR_DIR", str(tmp_path / "absent"))
    assert operator.fails("avail").splitlines() == [
        f"the director's folder {tmp_path / 'absent'} does not exist",
        f"  make it:  mkdir -p {tmp_path / 'absent'}",
        "  or name another one in THESPIAN_DIRECTOR_DIR",
    ]


def test_a_program_has_each_command_as_a_method(
    operator: Operator, capsys: pytest.CaptureFixture[str]
) -> None:
    control = DirectorControl()
    assert {f"cmd_{name}" for name in COMMANDS} <= set(dir(control))
    assert control.cmd_config() == 0
    assert f"Sources location: {operator.folder}" in capsys.readouterr().out
    assert control("config") == control("verbose", "config") == 0
    assert control("nothing") == 2
    assert "no director command named 'nothing'" in capsys.readouterr().err
    assert control.cmd_help("config") == 0
    assert control.cmd_config.__doc__.startswith("Show what the settings")
    with pytest.raises(AttributeError, match="cmd_nothing"):
        control.cmd_nothing()
    with pytest.raises(AttributeError, match="other"):
        control.other  # noqa: B018


def test_the_whole_story_of_an_error_is_told_when_asked_for(operator: Operator) -> None:
    operator.write("adminport.cfg", "many")
    said = python("-m", "thespian_core.cli", "--traceback", "director", "config")
    assert said.returncode == 1
    assert said.stderr.startswith("Traceback (most recent call last):")
    assert "DirectorError: " in said.stderr


def test_verbose_lasts_for_one_command(operator: Operator) -> None:
    assert operator.control("verbose", "config") == 0
    assert not operator.control.verbose
    operator.control.verbose = True
    assert operator.control("config") == 0
    assert operator.control.verbose


def python(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_it_runs_as_a_module_too(operator: Operator) -> None:
    ran = python("-m", "thespian.director", "config")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, operator.run("config"), "")
    ran = python("-m", "thespian.director", "nothing")
    assert ran.returncode == 2
    assert "no director command named 'nothing'" in ran.stderr


def test_without_the_distribution_the_module_says_what_to_install(tmp_path: Path) -> None:
    hide = "import sys, runpy; sys.modules['thespian_director'] = None; "
    said = python("-c", hide + "import thespian.director").stderr
    assert "the Director is not installed: it comes with thespian-director" in said
    assert "pip install thespian-director" in said
    ran = python("-c", hide + "runpy.run_module('thespian.director', run_name='__main__')")
    assert (ran.returncode, ran.stderr.splitlines()[0]) == (
        1,
        "Error: the Director is not installed: it comes with thespian-director",
    )
    (tmp_path / "thespian_director.py").write_text("import not_there_at_all")
    said = python("-c", "import thespian.director", PYTHONPATH=str(tmp_path)).stderr
    assert said.endswith("ModuleNotFoundError: No module named 'not_there_at_all'\n")


def test_who_needs_only_the_log_filter_waits_for_nothing_else() -> None:
    code = (
        "import sys; from thespian.director import ActorAddressLogFilter; "
        "print([name for name in ('click', 'cryptography', 'rich') if name in sys.modules])"
    )
    assert python("-c", code).stdout == "[]\n"


def completed(words: str, count: int, **given: str) -> subprocess.CompletedProcess[str]:
    """Return what bash is told of a command line when the word of this number is to be completed."""
    environ = {"_THESPIAN_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(count)}
    return subprocess.run(
        [Path(sys.executable).with_name("thespian")],
        env={**os.environ, **environ, **given},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("words", ["thespian director co", "thespian director verbose co"])
def test_bash_completes_commands(words: str) -> None:
    ran = completed(words, len(words.split()) - 1)
    assert ran.stdout.split() == ["plain,config"]


def test_bash_completes_packages_and_keeps_quiet_where_there_can_be_none(operator: Operator) -> None:
    operator.write("foo.tli", "{}")
    operator.write("foo-1.tls", "")
    ran = completed("thespian director load foo", 3, THESPIAN_DIRECTOR_DIR=str(operator.folder))
    assert (ran.stdout.split(), ran.stderr) == (["plain,foo", "plain,foo-1.tls"], "")
    no_folder = operator.write("file", "")
    ran = completed("thespian director load foo", 3, THESPIAN_DIRECTOR_DIR=str(no_folder))
    assert (ran.stdout.strip(), ran.stderr) == ("", "")
