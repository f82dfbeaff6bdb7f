"""The internal log: what its environment variables do, and that it never hurts whoever writes to it."""

from __future__ import annotations

import logging
import os
import re
import stat
from pathlib import Path

import pytest

from thespian_core.internallog import DEFAULT_BYTES, SMALLEST_BYTES, thesplog


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The internal log of this test alone, with everything else as it is by default."""
    path = tmp_path / "internal.log"
    monkeypatch.setenv("THESPLOG_FILE", str(path))
    for name in ("THESPLOG_FILE_MAXSIZE", "THESPLOG_THRESHOLD"):
        monkeypatch.delenv(name, raising=False)
    return path


LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def log_all_levels() -> None:
    for name in LEVELS:
        thesplog("%s it is", name, level=getattr(logging, name))


def test_a_line_says_when_which_process_how_bad_and_what(file: Path) -> None:
    thesplog("hello %s", "there", level=logging.ERROR)
    line = file.read_text()
    assert re.fullmatch(rf"\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{{6}} p{os.getpid()} ERR  hello there\n", line)


def test_levels_have_short_names(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THESPLOG_THRESHOLD", "debug")
    log_all_levels()
    assert [line.split()[3] for line in file.read_text().splitlines()] == ["dbg", "I", "Warn", "ERR", "CRIT"]


@pytest.mark.parametrize(
    ("threshold", "first"),
    [
        (None, "WARNING"),
        ("DEBUG", "DEBUG"),
        ("INFO", "INFO"),
        ("error", "ERROR"),
        ("CRITICAL", "CRITICAL"),
        ("", "WARNING"),
        ("LOUD", "WARNING"),
        ("handlers", "WARNING"),
    ],
)
def test_the_threshold_is_that_of_the_environment_or_warning(
    file: Path, monkeypatch: pytest.MonkeyPatch, threshold: str | None, first: str
) -> None:
    if threshold is not None:
        monkeypatch.setenv("THESPLOG_THRESHOLD", threshold)
    log_all_levels()
    told = [line.split()[4] for line in file.read_text().splitlines()]
    assert told == list(LEVELS[LEVELS.index(first) :])


def test_without_a_level_a_line_is_information(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    thesplog("nothing shows this")
    assert not file.exists()
    monkeypatch.setenv("THESPLOG_THRESHOLD", "INFO")
    thesplog("this is shown")
    assert file.read_text().endswith(" I    this is shown\n")


def test_a_full_file_becomes_the_old_one_and_neither_grows_beyond_the_limit(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = SMALLEST_BYTES + 1000
    monkeypatch.setenv("THESPLOG_FILE_MAXSIZE", str(limit))
    for number in range(1000):
        thesplog("line %d", number, level=logging.ERROR)
    old = file.with_name(file.name + ".old")
    assert {path.name for path in file.parent.iterdir()} == {file.name, old.name}
    assert max(file.stat().st_size, old.stat().st_size) <= limit
    numbers = [int(line.split()[-1]) for line in (old.read_text() + file.read_text()).splitlines()]
    assert numbers == list(range(numbers[0], 1000))  # the last ones, none of them lost


@pytest.mark.parametrize(
    ("limit", "is_written"), [("10239", False), ("0", False), ("-1", False), ("x", True)]
)
def test_a_limit_that_is_too_small_turns_it_off_and_one_that_is_none_counts_for_nothing(
    file: Path, monkeypatch: pytest.MonkeyPatch, limit: str, is_written: bool
) -> None:
    monkeypatch.setenv("THESPLOG_FILE_MAXSIZE", limit)
    thesplog("hello", level=logging.ERROR)
    assert file.exists() is is_written


def test_by_default_it_is_in_the_temporary_folder_and_50_kib_at_most(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("THESPLOG_FILE")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    for _ in range(1000):
        thesplog("x" * 200, level=logging.ERROR)
    assert DEFAULT_BYTES - 300 < (tmp_path / "thespian.log.old").stat().st_size <= DEFAULT_BYTES == 50 * 1024


def test_it_is_its_owners_and_does_not_follow_a_link(file: Path) -> None:
    thesplog("hello", level=logging.ERROR)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    elsewhere = file.with_name("elsewhere")
    elsewhere.write_text("")
    file.unlink()
    file.symlink_to(elsewhere)
    thesplog("hello", level=logging.ERROR)
    assert elsewhere.read_text() == ""


class Unshowable:
    def __str__(self) -> str:
        raise ValueError("no text")


@pytest.mark.parametrize("arguments", [("too", "many"), (Unshowable(),), ("\ud800",)])
def test_nothing_that_is_logged_raises(file: Path, arguments: tuple[object, ...]) -> None:
    thesplog("%s", *arguments, level=logging.ERROR)


@pytest.mark.parametrize("path", ["/no/such/folder/x.log", "/proc/1/x.log", "/"])
def test_a_file_that_cannot_be_written_raises_nothing(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THESPLOG_FILE", path)
    thesplog("hello", level=logging.ERROR)
