"""A director's folder, and its commands as an operator runs them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import attrs
import click
import pytest
from click.testing import CliRunner

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


def open_command(name: str) -> click.Command:
    """Return one of the director's commands."""
    from thespian_core.hooks.records import DirectorCommandSpec
    from thespian_core.hooks.registry import default_registry

    found: click.Command = default_registry().open(DirectorCommandSpec, name)
    return found
