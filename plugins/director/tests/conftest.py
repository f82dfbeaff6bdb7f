"""A director's folder, and its commands as an operator runs them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import attrs
import pytest
from click.testing import CliRunner

from plugins.director.tests.packagekit import a_key
from thespian_core.cli.main import thespian
from thespian_director.control import DirectorControl


@attrs.frozen
class Operator:
    """Who works in a director's folder.

    Attributes:
        folder: the folder that THESPIAN_DIRECTOR_DIR names.
        control: a control for that folder.
    """

    folder: Path
    control: DirectorControl

    def run(self, *words: object, status: int = 0) -> str:
        """Run a command that ends with a status, and return what it printed, errors too."""
        ran = CliRunner().invoke(thespian, ["director", *map(str, words)])
        assert ran.exit_code == status, ran.output
        assert "Traceback" not in ran.output
        return ran.output

    def fails(self, *words: object, status: int = 1) -> str:
        """Run a command that fails, and return its error without the usage text before it."""
        return self.run(*words, status=status).partition("Error: ")[2].strip()

    def json(self, *words: object) -> Any:
        """Run a command that prints JSON."""
        return json.loads(self.run(*words, "--json"))

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file of the folder."""
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path


@pytest.fixture
def operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Operator:
    """An operator with an empty folder."""
    folder = tmp_path / "director"
    folder.mkdir()
    monkeypatch.setenv("THESPIAN_DIRECTOR_DIR", str(folder))
    return Operator(folder, DirectorControl())


@attrs.frozen
class Project:
    """Sources to make packages of, and the operator who does."""

    operator: Operator
    root: Path

    def write(self, name: str, content: str | bytes = "") -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def words(self, *inputs: object, group: str = "foo") -> tuple[object, ...]:
        return "gensrc", group, self.root.parent / "k.pem", self.root, *inputs

    def make(self, *inputs: object, group: str = "foo") -> str:
        return self.operator.run(*self.words(*inputs, group=group))

    def fails(self, *inputs: object, group: str = "foo", status: int = 1) -> str:
        """Make a package that cannot be made; nothing at all is written."""
        before = sorted(os.listdir(self.operator.folder))
        said = self.operator.fails(*self.words(*inputs, group=group), status=status)
        assert sorted(os.listdir(self.operator.folder)) == before
        return said

    def members(self, package: str) -> list[str]:
        return [entry["name"] for entry in self.operator.json("tlsinfo", package)["contents"]]


@pytest.fixture
def project(operator: Operator, tmp_path: Path) -> Project:
    """The usual project: a package with a module and a folder, and data."""
    made = Project(operator, tmp_path / "sources")
    for name, text in {
        "foo/__init__.py": "",
        "foo/act.py": "class Main: pass\n",
        "foo/deep/er/x.py": "X = 1\n",
        "foo/data.json": "{}",
        "foo/__pycache__/act.pyc": "rubbish",
        "other.py": "",
    }.items():
        made.write(name, text)
    private = tmp_path / "k.pem"
    private.write_bytes(a_key().private_pem())
    private.chmod(0o600)
    operator.write("k_tls.key", a_key().public_pem())
    return made
