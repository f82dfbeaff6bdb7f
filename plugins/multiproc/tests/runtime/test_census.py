"""What is told of memory when a system's launcher is gone."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

from thespian_multiproc.runtime import census
from thespian_multiproc.runtime.census import killed_for_memory


@pytest.mark.parametrize(
    ("events", "number"),
    [
        ("pgfault 5\noom_kill 17\nswpin 0\n", 17),
        ("pgfault 5\n", None),
        ("oom_kill many\n", None),
        ("", None),
    ],
)
def test_the_kernels_own_count_is_read(tmp_path: Path, events: str, number: int | None) -> None:
    (tmp_path / "vmstat").write_text(events)
    assert killed_for_memory(str(tmp_path / "vmstat")) == number


def test_where_the_kernel_counts_nothing_nothing_is_known(tmp_path: Path) -> None:
    assert killed_for_memory(str(tmp_path / "vmstat")) is None


def test_it_is_told_in_words() -> None:
    assert doctest.testmod(census).failed == 0
