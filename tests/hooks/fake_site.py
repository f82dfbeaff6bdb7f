"""A site-packages folder of our own, with invented plugins in it, for fresh processes to find."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import thespian_core

# What the core needs, without the metadata beside it: so nothing that happens to be installed on the
# machine that runs the tests is seen.
_NEEDED = ("attr", "attrs", "click", "pluggy")


class FakeSite:
    """Writes modules and distributions, and runs Python where only those are installed.

    Args:
        folder: an empty folder.
        core_installed: whether thespian-core has metadata, as when it is installed by pip.
    """

    def __init__(self, folder: Path, *, core_installed: bool = True) -> None:
        self.folder = folder
        for name in _NEEDED:
            spec = importlib.util.find_spec(name)
            assert spec is not None
            assert spec.submodule_search_locations
            (folder / name).symlink_to(spec.submodule_search_locations[0])
        (folder / "thespian_core").symlink_to(Path(thespian_core.__file__).parent)
        if core_installed:
            self.distribution("thespian-core", "0.1.0", {"core": "thespian_core.plugin"})

    def module(self, name: str, text: str) -> None:
        """Write a module."""
        (self.folder / f"{name}.py").write_text(text, encoding="utf-8")

    def distribution(
        self,
        name: str,
        version: str,
        entries: dict[str, str],
        *,
        under: Path | None = None,
        group: str = "thespian",
    ) -> Path:
        """Write the metadata of an installed distribution with these entry points."""
        info = (under or self.folder) / f"{name.replace('-', '_')}-{version}.dist-info"
        info.mkdir(parents=True)
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        (info / "METADATA").write_text(metadata, encoding="utf-8")
        lines = [f"[{group}]", *(f"{entry} = {value}" for entry, value in entries.items())]
        (info / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return info

    def plugin(self, name: str, text: str, *, distribution: str = "", version: str = "1.0") -> None:
        """Install a plugin: its module, and a distribution that names it."""
        self.module(f"{name}_plugin", text)
        self.distribution(distribution or f"dist-{name}", version, {name: f"{name}_plugin"})

    def run(
        self, *arguments: str, block: str | None = None, also_on_path: Path | None = None, **environ: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a fresh Python with these arguments; it sees this folder and the standard library."""
        paths = [str(self.folder), *([str(also_on_path)] if also_on_path else [])]
        if block is not None:
            environ["THESPIAN_BLOCK_PLUGINS"] = block
        return subprocess.run(
            [sys.executable, "-S", *arguments],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(paths), **environ},
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def ask(self, code: str, *, block: str | None = None, also_on_path: Path | None = None) -> Any:
        """Run code that has ``registry`` at hand and sets ``answer``; return it and what was logged."""
        program = (
            "import json, sys\n"
            "from thespian_core.hooks.errors import *\n"
            "from thespian_core.hooks.records import *\n"
            "from thespian_core.hooks.registry import *\n"
            "registry = default_registry()\n"
            f"{code}\n"
            "json.dump(answer, sys.stdout)\n"
        )
        ran = self.run("-c", program, block=block, also_on_path=also_on_path)
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout), ran.stderr

    def command(self, *arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
        """Run ``thespian`` with these arguments."""
        return self.run("-m", "thespian_core.cli", *arguments, **more)
