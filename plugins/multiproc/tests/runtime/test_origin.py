"""Where a program's code comes from, and how its actors' processes come to look there too."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import zipapp
from pathlib import Path
from typing import Any

import pytest

from thespian_multiproc.runtime.orders import Origin
from thespian_multiproc.runtime.origin import INTERPRETERS_OWN, current_origin

TELL = """
import json
from thespian_multiproc.runtime.origin import current_origin
origin = current_origin()
print(json.dumps([origin.sys_path, origin.main_path, origin.main_module]))
"""


def python(*words: str | Path, cwd: Path, given: str = "", **variables: str) -> str:
    """Run an interpreter, and return what it printed."""
    done = subprocess.run(
        [sys.executable, *map(str, words)],
        cwd=cwd,
        env={**os.environ, **variables},
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def told(*words: str | Path, cwd: Path, given: str = "", **variables: str) -> Origin:
    """Return the origin of a program that tells it."""
    folders, path, module = json.loads(python(*words, cwd=cwd, given=given, **variables))
    return Origin(tuple(folders), path, module)


def test_a_script_is_known_by_its_absolute_file_and_its_folder_comes_first(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "program.py").write_text(TELL)
    origin = told("inner/program.py", cwd=tmp_path)
    assert origin.main_path == str(tmp_path / "inner" / "program.py")
    assert origin.main_module is None
    assert origin.sys_path[0] == str(tmp_path / "inner")


def test_a_module_that_is_run_is_known_by_name_and_file(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "program.py").write_text(TELL)
    origin = told("-m", "parts.program", cwd=tmp_path)
    assert (origin.main_module, origin.main_path) == (
        "parts.program",
        str(tmp_path / "parts" / "program.py"),
    )
    assert origin.sys_path[0] == str(tmp_path)


def test_a_package_that_is_run_is_known_by_its_main_module(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "__main__.py").write_text(TELL)
    assert told("-m", "parts", cwd=tmp_path).main_module == "parts.__main__"


def test_a_folder_that_is_run_is_known_by_the_file_in_it(tmp_path: Path) -> None:
    (tmp_path / "__main__.py").write_text(TELL)
    origin = told(".", cwd=tmp_path)
    assert (origin.main_module, origin.main_path) == (None, str(tmp_path / "__main__.py"))


def test_a_zip_file_that_is_run_is_known_by_its_own_name_and_searched(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__main__.py").write_text(TELL)
    zipapp.create_archive(tmp_path / "app", tmp_path / "app.pyz")
    origin = told("app.pyz", cwd=tmp_path)
    assert (origin.main_module, origin.main_path) == (None, str(tmp_path / "app.pyz"))
    assert origin.sys_path[0] == str(tmp_path / "app.pyz")


@pytest.mark.parametrize("words", [["-c", TELL], ["-"], ["-i"]], ids=["option c", "input", "prompt"])
def test_a_program_without_a_file_has_no_main_script_but_the_current_folder(
    tmp_path: Path, words: list[str]
) -> None:
    origin = told(*words, cwd=tmp_path, given=TELL)
    assert (origin.main_path, origin.main_module) == (None, None)
    assert origin.sys_path[0] == str(tmp_path)


def test_the_interpreters_own_folders_are_left_out_and_the_users_are_absolute(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(TELL)
    origin = told("program.py", cwd=tmp_path, PYTHONPATH=f"lib{os.pathsep}{tmp_path / 'things.zip'}")
    assert origin.sys_path[:3] == (str(tmp_path), str(tmp_path / "lib"), str(tmp_path / "things.zip"))
    own = {sysconfig.get_path("stdlib"), sysconfig.get_path("purelib")}
    assert own & set(sys.path)
    assert not own & set(origin.sys_path)
    assert not any("lib-dynload" in folder or "python3" in folder[-9:] for folder in origin.sys_path)
    assert all(os.path.isabs(folder) for folder in origin.sys_path if folder != INTERPRETERS_OWN)


def test_the_same_origin_is_given_until_the_path_changes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = current_origin()
    assert current_origin() is before
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    assert current_origin().sys_path == (str(tmp_path), *before.sys_path)


def test_a_relative_entry_follows_the_current_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "path", ["", "lib"])
    monkeypatch.chdir(tmp_path)
    assert current_origin().sys_path == (str(tmp_path), str(tmp_path / "lib"))
    (tmp_path / "lib").mkdir()
    monkeypatch.chdir(tmp_path / "lib")
    assert current_origin().sys_path == (str(tmp_path / "lib"), str(tmp_path / "lib" / "lib"))


@pytest.mark.skipif(os.name == "nt", reason="there, a current folder cannot be removed")
def test_in_a_folder_that_is_gone_relative_entries_are_left_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    monkeypatch.setattr(sys, "path", ["", "lib", str(tmp_path)])
    assert current_origin().sys_path == (str(tmp_path),)


def test_what_was_searched_after_the_interpreters_own_packages_is_told_as_such(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    standard = sysconfig.get_path("stdlib")
    monkeypatch.setattr(sys, "path", [str(tmp_path), standard, str(tmp_path / "old"), standard])
    assert current_origin().sys_path == (str(tmp_path), INTERPRETERS_OWN, str(tmp_path / "old"))
    monkeypatch.setattr(sys, "path", [str(tmp_path), standard])
    assert current_origin().sys_path == (str(tmp_path),)


REFERRED = """
from thespian.actors import Actor
from thespian_core.semantics.birth import Refused
from thespian_multiproc.runtime.origin import class_reference
class Typed(Actor):
    class Inner(Actor): pass

try:
    print(class_reference(Typed), class_reference(Typed.Inner))
except Refused as refused:
    print(refused.refusal.actor_class, refused.refusal.reason)
"""


def test_a_class_of_the_main_script_is_referred_to_and_one_typed_in_is_refused(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(REFERRED)
    assert python("program.py", cwd=tmp_path).split() == ["__main__.Typed", "__main__:Typed.Inner"]
    assert python("-", given=REFERRED, cwd=tmp_path).startswith(
        "__main__.Typed a class that was typed in at the prompt"
    )


SETTLE = """
import json, sys
from thespian_multiproc.runtime.orders import Origin
from thespian_multiproc.runtime.origin import current_origin, settle_in
from thespian_multiproc.runtime.sourcefiles import is_interpreters_own
sys.path.append("")
origin = Origin(*json.loads(input()))
settle_in(Origin(tuple(origin.sys_path), origin.main_path, origin.main_module))
settled = current_origin()
own = [number for number, folder in enumerate(sys.path) if is_interpreters_own(folder)]
found = {}
for name in json.loads(input()):
    found[name] = __import__(name).__name__ and __import__(name).__file__
print(json.dumps([sys.path, own, [settled.sys_path, settled.main_path, settled.main_module], found]))
"""


def test_settling_in_imports_nothing() -> None:
    """On Python 3.13 ``importlib.invalidate_caches`` alone would import ninety modules in every actor."""
    program = (
        "import sys\n"
        "from thespian_multiproc.runtime.orders import Origin\n"
        "from thespian_multiproc.runtime.origin import settle_in\n"
        "from thespian_multiproc.runtime.sourcefiles import trust_only_settled_bytecode\n"
        "trust_only_settled_bytecode()\n"
        "before = set(sys.modules)\n"
        "settle_in(Origin(('/nowhere',)))\n"
        "print(sorted(set(sys.modules) - before - {'__mp_main__'}))\n"
    )
    assert python("-c", program, cwd=Path()).strip() == "[]"


def settled(cwd: Path, origin: list[Any], imports: list[str]) -> list[Any]:
    """Settle a fresh process in, and return its path, the own folders' places, its origin and imports."""
    answer = python("-c", SETTLE, cwd=cwd, given=f"{json.dumps(origin)}\n{json.dumps(imports)}\n")
    told: list[Any] = json.loads(answer)
    return told


def test_an_actor_process_looks_where_its_creator_did_and_tells_its_children_so(tmp_path: Path) -> None:
    for name in ("before", "after"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "mine.py").write_text("")
        (tmp_path / name / "wave.py").write_text("")  # there is one in the standard library
    before, after, script = (str(tmp_path / name) for name in ("before", "after", "program.py"))
    path, own, origin, found = settled(tmp_path, [[after, INTERPRETERS_OWN, before], script, None], ["mine"])
    assert (path[0], path[-1], path.count("")) == (after, before, 0)
    assert 0 < own[0] < own[-1] < len(path) - 1
    assert origin[0][0] == after
    assert origin[1:] == [script, None]
    assert found["mine"] == os.path.join(after, "mine.py")
    path, own, origin, found = settled(
        tmp_path, [[INTERPRETERS_OWN, after], None, "parts.program"], ["wave", "mine"]
    )
    assert not found["wave"].startswith(str(tmp_path))
    assert found["mine"] == os.path.join(after, "mine.py")
    assert origin[1:] == [None, "parts.program"]


def test_a_folder_that_is_on_the_path_already_is_moved_and_not_doubled(tmp_path: Path) -> None:
    path, *_ = settled(tmp_path, [[str(tmp_path), *sys.path[-1:]], None, None], [])
    assert len(path) == len(set(path))
    assert path[0] == str(tmp_path)
