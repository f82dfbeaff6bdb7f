"""A whole system gives Python nothing to warn of."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from thespian_core.testing.contract import PATIENCE_S
from tools.ports import free_port

ROOT = Path(__file__).resolve().parents[4]


@pytest.mark.slow
def test_in_pythons_development_mode_nothing_is_written_to_standard_error(
    base_name: str, tmp_path: Path
) -> None:
    starter = ("-m", "plugins.multiproc.tests.system.starter", "ask_and_shut_down")
    with open(tmp_path / "err", "w") as err:  # a file, so that it is that of the whole system
        subprocess.run(
            [sys.executable, "-X", "dev", "-W", "error", *starter, base_name, str(free_port())],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=err,
            timeout=PATIENCE_S,
            check=True,
        )
    assert (tmp_path / "err").read_text() == ""
