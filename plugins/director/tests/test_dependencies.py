"""Installed packages are packed with a program, by the names of their modules or their distributions."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from thespian_director.errors import DirectorError
from thespian_director.packages.collecting import Collected, collect


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of installed packages that are invented here."""
    folder = tmp_path / "site"
    for name in (
        *("thing/__init__.py", "thing/_fast.cpython-311-x86_64-linux-gnu.so", "thing/py.typed"),
        *("thing/sub/mod.py", "thing/__pycache__/x.pyc", "spaced/inner/a.py", "flat.py", "six.py"),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("")
    info = folder / "Big_Thing-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: Big_Thing\nVersion: 1.0\n")
    (info / "top_level.txt").write_text("thing\nflat\n")
    (info / "RECORD").write_text("thing/__init__.py,,\nflat.py,,\n")
    monkeypatch.syspath_prepend(str(folder))
    yield folder
    for name in ("thing", "flat", "spaced"):
        sys.modules.pop(name, None)


def collected(tmp_path: Path, *lines: str) -> Collected:
    root = tmp_path / "sources"
    root.mkdir(exist_ok=True)
    (root / "app.py").write_text("")
    deps = tmp_path / "deps.txt"
    deps.write_text("\n".join(lines))
    return collect(root, ["app.py"], deps)


@pytest.mark.usefixtures("site")
def test_a_package_a_module_and_a_folder_without_init_are_packed_whole(tmp_path: Path) -> None:
    found = collected(tmp_path, "# what it needs", "thing", "", "flat", "  spaced  ")
    assert sorted(found.files) == [
        "app.py", "flat.py", "spaced/inner/a.py", "thing/__init__.py", "thing/py.typed", "thing/sub/mod.py",
    ]  # fmt: skip
    assert found.notices == [
        "left out: thing/_fast.cpython-311-x86_64-linux-gnu.so, a library in C; install it where it is needed"
    ]
    assert "thing" not in sys.modules, "nothing is imported"


@pytest.mark.usefixtures("site")
def test_the_name_of_a_distribution_means_all_its_modules(tmp_path: Path) -> None:
    found = collected(tmp_path, "big-thing")
    assert {"flat.py", "thing/__init__.py"} <= set(found.files)


def test_the_modules_of_a_distribution_are_told_by_its_files_if_by_nothing_else(
    tmp_path: Path, site: Path
) -> None:
    info = site / "other_thing-2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: other-thing\nVersion: 2\n")
    files = ("thing/__init__.py", "flat.py", "../../bin/x.py", "other_thing-2.dist-info/METADATA", "d.txt")
    (info / "RECORD").write_text("".join(f"{file},,\n" for file in files))
    found = collected(tmp_path, "Other.Thing")
    assert {name.split("/")[0] for name in found.files} == {"app.py", "flat.py", "thing"}


@pytest.mark.usefixtures("site")
def test_what_always_comes_from_outside_is_left_out_and_that_is_said(tmp_path: Path) -> None:
    found = collected(tmp_path, "six", "thespian")
    assert sorted(found.files) == ["app.py"]
    assert [notice.split(",")[0] for notice in found.notices] == ["left out: six", "left out: thespian"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("not_there_at_all", "is not installed for"),
        ("thing==1.0", "is no name of a package"),
        ("json", "json comes with Python"),
        ("../thing", "is no name of a package"),
    ],
)
def test_a_line_that_names_nothing_to_pack_is_told(tmp_path: Path, line: str, why: str) -> None:
    with pytest.raises(DirectorError, match=why):
        collected(tmp_path, line)


def test_a_file_that_both_the_sources_and_a_dependency_have_is_an_error(tmp_path: Path, site: Path) -> None:
    root = tmp_path / "sources"
    root.mkdir()
    (root / "flat.py").write_text("")
    (tmp_path / "deps.txt").write_text("flat")
    with pytest.raises(DirectorError, match=r"both the sources and the dependency flat have a file flat\.py"):
        collect(root, ["flat.py"], tmp_path / "deps.txt")


def test_a_list_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("")
    (tmp_path / "deps.txt").write_bytes(b"\xff")
    with pytest.raises(DirectorError, match="deps.txt, line 1: this is not UTF-8 text"):
        collect(tmp_path, ["a.py"], tmp_path / "deps.txt")
    with pytest.raises(DirectorError, match="is a folder"):
        collect(tmp_path, ["a.py"], tmp_path)
    with pytest.raises(DirectorError, match="is not there"):
        collect(tmp_path, ["a.py"], tmp_path / "gone.txt")


def test_a_list_that_is_no_such_file_is_neither_read_nor_waited_for(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("")
    (tmp_path / "deps.txt").write_text("\n" * (1 << 20) + "\n")
    with pytest.raises(DirectorError, match="is too large to be one"):
        collect(tmp_path, ["a.py"], tmp_path / "deps.txt")
    with pytest.raises(DirectorError, match="is no ordinary file"):
        collect(tmp_path, ["a.py"], Path(os.devnull))
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DirectorError, match="is no ordinary file"):
        collect(tmp_path, ["a.py"], tmp_path / "pipe")


def test_a_list_that_others_can_write_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("")
    (tmp_path / "deps.txt").write_text("")
    (tmp_path / "deps.txt").chmod(0o666)
    with pytest.raises(DirectorError, match="can be written by everybody"):
        collect(tmp_path, ["a.py"], tmp_path / "deps.txt")
