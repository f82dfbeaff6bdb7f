"""Another distribution puts files into ``thespian/``: a start says so where it can, and the doctor always."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path
from typing import Any

import attrs
import pytest

from tests.packaging.environments import run
from tools.house_rules import ROOT

pytestmark = pytest.mark.slow

OVERWRITES = {"thespian/__init__.py": "", "thespian/actors.py": "class Actor:\n    pass\n"}
WHOLE = {**OVERWRITES, "thespian/system/transport/__init__.py": ""}
HARMLESS = {"thespian/colours.py": "RED = 1\n"}
STARTS = 'from thespian.actors import ActorSystem; ActorSystem("simpleSystemBase").shutdown()'


@attrs.frozen
class Installed:
    """A virtual environment into which pip installs thespian-core and others, and nothing else of ours.

    Attributes:
        folder: where it is.
        core: the wheel of thespian-core.
    """

    folder: Path
    core: Path

    @property
    def python(self) -> Path:
        return self.folder / "venv" / "bin" / "python"

    def pip(self, *words: str | Path) -> None:
        options = ("--quiet", "--disable-pip-version-check", "--python", self.python)
        run(sys.executable, "-m", "pip", *options, *words, cwd=self.folder)

    def install(self, wheel: Path) -> None:
        self.pip("install", "--no-deps", "--no-index", wheel)

    def start(self) -> str:
        """Start a system; return what the program failed with, or nothing."""
        done = self._run(self.python, "-c", STARTS)
        assert (done.returncode == 0) == (done.stderr == "")
        return done.stderr

    def doctor(self) -> tuple[int, dict[str, Any]]:
        """Return the exit status, and what was found of the installation."""
        command = self.python.with_name("thespian")
        done = self._run(command, "doctor", "--base", "simpleSystemBase", "--json")
        assert done.stderr == ""
        (found,) = [one for one in json.loads(done.stdout)["findings"] if one["topic"] == "installation"]
        return done.returncode, found

    def _run(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        clean = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
        return subprocess.run(
            words, cwd=self.folder, env=clean, capture_output=True, text=True, timeout=60, check=False
        )


@pytest.fixture(scope="module")
def core(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of thespian-core."""
    folder = tmp_path_factory.mktemp("core")
    run(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", folder, tree, cwd=tree)
    return next(folder.glob("*.whl"))


@pytest.fixture
def installed(tmp_path: Path, core: Path) -> Installed:
    """The environment; what is needed besides comes from where these tests run."""
    run(sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv", cwd=tmp_path)
    (packages,) = tmp_path.glob("venv/lib/python*/site-packages")
    plugins = sorted(file.parent for file in ROOT.glob("plugins/*/pyproject.toml"))
    besides = [sysconfig.get_path("purelib"), *plugins]
    (packages / "besides.pth").write_text("\n".join(map(str, besides)))
    return Installed(tmp_path, core)


def a_wheel(folder: Path, files: dict[str, str]) -> Path:
    """Make a distribution named thespian."""
    wheel = folder / "thespian-0.0.1-py3-none-any.whl"
    about = "thespian-0.0.1.dist-info/"
    texts = {
        **files,
        about + "METADATA": "Metadata-Version: 2.1\nName: thespian\nVersion: 0.0.1\n",
        about + "WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    texts[about + "RECORD"] = "".join(f"{name},,\n" for name in [*texts, about + "RECORD"])
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in texts.items():
            archive.writestr(name, text)
    return wheel


def test_a_distribution_that_overwrites_thespian_later_is_told_by_the_doctor(installed: Installed) -> None:
    installed.install(installed.core)
    assert installed.start() == ""
    assert installed.doctor()[0] == 0
    installed.install(a_wheel(installed.folder, OVERWRITES))
    assert "ImportError" in installed.start()
    status, found = installed.doctor()
    assert (status, found["level"]) == (1, "error")
    assert "thespian/__init__.py" in found["text"]
    assert (
        "are not those of thespian-core; other distributions have files there: thespian 0.0.1"
        in found["text"]
    )
    uninstall, reinstall = found["mend"]
    assert uninstall == "pip uninstall thespian"
    assert reinstall == "pip install --force-reinstall --no-deps thespian-core"
    installed.pip("uninstall", "--yes", "thespian")
    installed.pip("install", "--force-reinstall", "--no-deps", "--no-index", installed.core)
    assert installed.start() == ""
    assert installed.doctor()[0] == 0


def test_a_distribution_that_was_there_before_is_told_by_both(installed: Installed) -> None:
    installed.install(a_wheel(installed.folder, WHOLE))
    installed.install(installed.core)
    said = installed.start()
    status, found = installed.doctor()
    assert (status, found["level"]) == (1, "error")
    assert "another distribution has put its files into" in said
    assert found["text"].partition(";")[0] in said
    assert found["mend"][0] == "pip uninstall thespian"


def test_one_that_only_adds_files_is_warned_of(installed: Installed) -> None:
    installed.install(a_wheel(installed.folder, HARMLESS))
    installed.install(installed.core)
    assert installed.start() == ""
    status, found = installed.doctor()
    assert (status, found["level"]) == (0, "warning")
    assert "thespian 0.0.1 (1 files)" in found["text"]


def test_a_folder_that_hides_thespian_is_told(installed: Installed) -> None:
    installed.install(installed.core)
    hides = installed.folder / "venv" / "lib" / "hides"
    hides.joinpath("thespian").mkdir(parents=True)
    hides.joinpath("thespian", "__init__.py").touch()
    (packages,) = installed.folder.glob("venv/lib/python*/site-packages")
    packages.joinpath("first.pth").write_text(f"import sys; sys.path.insert(0, {str(hides)!r})\n")
    assert "ModuleNotFoundError" in installed.start()
    status, found = installed.doctor()
    assert (status, found["level"]) == (1, "error")
    assert str(hides / "thespian") in found["text"]
