"""What the tests of the examples share: every installed system base, and a small tree of files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.examples.small_tree import FILES
from thespian_core.hooks.records import SystemBaseSpec
from thespian_core.hooks.registry import default_registry


@pytest.fixture(params=default_registry().names(SystemBaseSpec))
def base(request: pytest.FixtureRequest) -> str:
    """The name of an installed system base; each test runs on all of them."""
    return str(request.param)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder with everything that a word count may stumble over."""
    root = tmp_path / "tree"
    for name, content in FILES.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    (root / "round").symlink_to(root)
    (root / "deep/other way").symlink_to("..")
    (root / "nowhere.txt").symlink_to("gone.txt")
    (root / "itself.txt").symlink_to("itself.txt")
    os.mkfifo(root / "nobody writes.txt")
    return root
