"""The benchmark of signed packages runs, with fewer files and rounds."""

from __future__ import annotations

import os
import sys

import pytest

from benchmarks import packages


@pytest.mark.slow
def test_every_figure_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(packages, "FILES", packages.IMPORTED + 2)
    monkeypatch.setattr(packages, "ROUNDS", 1)
    monkeypatch.setattr(sys, "path", sys.path[:])
    monkeypatch.setenv("THESPIAN_DIRECTOR_DIR", os.devnull)
    packages.main()
    printed = capsys.readouterr().out
    assert [what for what in packages.FIGURES if what not in printed] == []
