"""Packages are sorted as operators were promised, and belong to one group each."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from thespian.director import GroupLoadableFiles

IN_ORDER = [
    *("foo", "foo-0", "foo-1", "foo-05", "foo-15", "foo-15.1", "foo-15a", "foo-15a5beta4"),
    *("foo-15a5gamma1", "foo-201601280945"),
]


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).write_bytes(b"")


def names(group: GroupLoadableFiles) -> list[str]:
    return [Path(file).name for file in group.tls_filenames()]


def test_the_newest_is_first_whatever_the_order_on_disk(tmp_path: Path) -> None:
    shuffled = [f"{name}.tls" for name in IN_ORDER]
    random.Random(1).shuffle(shuffled)
    put(tmp_path, "foo.tli", *shuffled)
    assert names(GroupLoadableFiles(tmp_path, "foo")) == [f"{name}.tls" for name in reversed(IN_ORDER)]


def test_a_version_is_told_apart_by_its_parts() -> None:
    key = GroupLoadableFiles.versionExtract("foo")
    assert [part() for part in key("foo-15a5beta4.tls")] == ["-", 15, "a", 5, "beta", 4]
    assert [part() for part in key("foo.tls")] == []
    assert [part() for part in GroupLoadableFiles.versionExtract("f", ".zip")("f-1.zip")] == ["-", 1]


def test_digits_of_other_scripts_are_text_and_no_error() -> None:
    key = GroupLoadableFiles.versionExtract("foo")
    assert [part() for part in key("foo-²३1.tls")] == ["-²३", 1]
    assert key("foo-1.tls") < key("foo-²३1.tls")


def test_versions_that_differ_in_zeros_have_one_order() -> None:
    key = GroupLoadableFiles.versionExtract("foo")
    assert key("foo-5.tls") < key("foo-05.tls") < key("foo-6.tls")


@pytest.mark.parametrize("given", ["foo", "foo.tli", "foo-1.tls", "/elsewhere/foo-1-rc1.tls", "foo.tls"])
def test_a_group_is_named_by_any_of_its_files(tmp_path: Path, given: str) -> None:
    group = GroupLoadableFiles(tmp_path, given)
    assert group.group_name == "foo"
    assert group.tli_filename() == str(tmp_path / "foo.tli")


def test_a_package_is_of_the_group_with_the_longest_name(tmp_path: Path) -> None:
    put(tmp_path, "foo.tli", "foo-bar.tli", "foo-1.tls", "foo-bar-2.tls", "foobar-3.tls", "foo-bar.tls")
    assert names(GroupLoadableFiles(tmp_path, "foo")) == ["foo-1.tls"]
    assert names(GroupLoadableFiles(tmp_path, "foo-bar-2.tls")) == ["foo-bar-2.tls", "foo-bar.tls"]
