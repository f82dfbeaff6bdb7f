"""Why a system ended by itself is written down once, by whoever sees it first, and can be read later."""

from __future__ import annotations

import os
import stat
import time
from functools import partial
from pathlib import Path

import pytest

from plugins.multiproc.tests.runtime.standin import PLAN
from thespian_multiproc.runtime.lastwords import (
    ended_at_once,
    file_of,
    forget_last_words,
    leave_last_words,
    read_last_words,
)
from thespian_multiproc.runtime.plan import EnginePlan


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EnginePlan:
    """A system with a state folder."""
    monkeypatch.setenv("THESPLOG_FILE", str(tmp_path / "internal.log"))
    return PLAN._replace(state_folder=str(tmp_path), admin_place="[::1]:1900")


def read(plan: EnginePlan) -> str:
    words = read_last_words(plan.state_folder, plan.base_name, plan.admin_place)
    return "" if words is None else words.why


def test_what_was_left_can_be_read_and_forgotten(plan: EnginePlan) -> None:
    assert read(plan) == ""
    leave_last_words(plan, "its launcher is gone")
    assert read(plan) == "its launcher is gone"
    forget_last_words(plan.state_folder, plan.base_name, plan.admin_place)
    assert read(plan) == ""


def test_a_start_that_failed_is_told_the_words_of_its_own_system_once(plan: EnginePlan) -> None:
    began = time.time()
    leave_last_words(plan, "its launcher was killed")
    ended = partial(ended_at_once, plan.state_folder, plan.base_name, plan.admin_place)
    assert "may say why" in ended(began + 3600)
    assert ended(began).endswith("ended as soon as it was started: its launcher was killed")
    assert "may say why" in ended(began)


def test_where_no_key_has_made_the_folder_it_is_made(plan: EnginePlan, tmp_path: Path) -> None:
    elsewhere = plan._replace(state_folder=str(tmp_path / "state" / "thespian"))
    leave_last_words(elsewhere, "its launcher is gone")
    assert read(elsewhere) == "its launcher is gone"
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700


def test_the_internal_log_tells_it_too(plan: EnginePlan, tmp_path: Path) -> None:
    leave_last_words(plan, "its launcher is gone")
    text = (tmp_path / "internal.log").read_text()
    assert "CRIT the system on [::1]:1900 ends: its launcher is gone" in text


def test_the_first_to_see_the_end_of_a_system_has_the_last_word(plan: EnginePlan) -> None:
    leave_last_words(plan, "out of memory")
    leave_last_words(plan, "its admin is gone", unless_told=True)
    assert read(plan) == "out of memory"


def test_the_end_of_a_later_system_replaces_that_of_an_earlier_one(plan: EnginePlan) -> None:
    leave_last_words(plan, "out of memory")
    leave_last_words(plan._replace(admin_id="another"), "its admin is gone", unless_told=True)
    assert read(plan) == "its admin is gone"


def test_systems_at_other_places_have_files_of_their_own(plan: EnginePlan) -> None:
    files = {
        file_of(plan.state_folder, base, place)
        for base in ("aBase", "bBase")
        for place in ("127.0.0.1:1900", "127.0.0.1:1901", "[::1]:1900")
    }
    assert len(files) == 6


def test_the_file_is_its_owners_and_nothing_else_stays_beside_it(plan: EnginePlan) -> None:
    leave_last_words(plan, "out of memory")
    file = file_of(plan.state_folder, plan.base_name, plan.admin_place)
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
    assert os.listdir(os.path.dirname(file)) == [os.path.basename(file)]


@pytest.mark.parametrize(
    "content",
    [b"", b"one line", b"three\nlines\nwithout a time", b"x\n1.0\na\nb", b"\xff\xfe", b"9" * 99_999],
)
def test_a_file_that_was_not_written_here_says_nothing(plan: EnginePlan, content: bytes) -> None:
    leave_last_words(plan, "out of memory")
    file = file_of(plan.state_folder, plan.base_name, plan.admin_place)
    Path(file).write_bytes(content)
    assert read(plan) == ""


def test_where_nothing_can_be_written_the_internal_log_says_so(plan: EnginePlan, tmp_path: Path) -> None:
    (tmp_path / "ends").write_text("no folder")
    leave_last_words(plan, "out of memory")
    assert "the end cannot be written down" in (tmp_path / "internal.log").read_text()


def test_without_a_home_only_the_internal_log_is_told(plan: EnginePlan, tmp_path: Path) -> None:
    leave_last_words(plan._replace(state_folder=""), "out of memory")
    assert "out of memory" in (tmp_path / "internal.log").read_text()
    assert not (tmp_path / "ends").exists()
