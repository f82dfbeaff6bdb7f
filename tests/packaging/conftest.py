"""What the tests of packages share: the wheels of all distributions, built once."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.packaging.environments import run
from tools.house_rules import ROOT, project_files


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout: building leaves folders behind, and must see only the project's own files."""
    copy = tmp_path_factory.mktemp("tree")
    for file in project_files():
        target = copy / file.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, target)
    return copy


@pytest.fixture(scope="session")
def wheels(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel of every distribution, each built from its source distribution."""
    folder = tmp_path_factory.mktemp("wheels")
    for project in sorted({tree, *(file.parent for file in tree.glob("plugins/*/pyproject.toml"))}):
        run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, project, cwd=tree)
    return folder
