"""The terminal pictures show what the commands print now, and each is on a page."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tools.house_rules import ROOT

SCRIPT = ROOT / "docs" / "pictures" / "take.py"
PAGES = ROOT / "docs"


def script() -> ModuleType:
    """Return the script that takes the pictures."""
    spec = importlib.util.spec_from_file_location("take_pictures", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_the_pictures_show_what_the_commands_print(tmp_path: Path) -> None:
    """As far as that is the same each time: ``make pictures`` takes them anew."""
    # In a folder of its own, and nothing is left of the system if it fails.
    ran = subprocess.run(
        [sys.executable, str(SCRIPT), str(tmp_path / "new")],
        capture_output=True,
        text=True,
        timeout=240,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert ran.returncode == 0, ran.stderr
    take = script()
    known = {path.name: path for path in take.PICTURES.glob("*.svg")}
    new = {path.name: path for path in (tmp_path / "new").glob("*.svg")}
    assert sorted(known) == sorted(new)
    for name, path in new.items():
        before, now = (take.kind_of(one.read_text("utf-8")) for one in (known[name], path))
        assert before == now, f"{name} is not what is printed now: run make pictures"


def test_each_picture_is_shown_on_a_page_and_loads_nothing_from_elsewhere() -> None:
    pages = "".join(page.read_text("utf-8") for page in PAGES.glob("*.rst"))
    pictures = sorted(script().PICTURES.glob("*.svg"))
    assert len(pictures) >= 7
    for picture in pictures:
        assert f"_static/terminal/{picture.name}" in pages
        drawn = re.sub(r"<!--.*?-->", "", picture.read_text("utf-8")).replace(
            "http://www.w3.org/2000/svg", ""
        )
        assert "http" not in drawn
        assert "url(" not in drawn.replace("url(#", "")
