"""Lists of processes show who is who, where the package for that is installed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CODE = "from thespian_multiproc.runtime.titles import take_title; take_title('admin', ':1900'); print('on')"


@pytest.mark.parametrize(
    ("setproctitle", "printed"),
    [
        ("setproctitle = print", ["thespian: admin (system :1900)", "on"]),
        ("raise ImportError('it is not installed')", ["on"]),
        ("def setproctitle(title): raise OSError('not here')", ["on"]),
        ("", ["on"]),
    ],
)
def test_a_title_says_who_it_is_and_what_cannot_be_set_does_no_harm(
    tmp_path: Path, setproctitle: str, printed: list[str]
) -> None:
    (tmp_path / "setproctitle.py").write_text(setproctitle)
    ran = subprocess.run(
        [sys.executable, "-c", CODE], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True
    )
    assert ran.stdout.splitlines() == printed
