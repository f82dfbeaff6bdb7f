"""The example plugins of the documentation, registered as if each were installed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs

from thespian_core.hooks.registry import use_registry
from tools.house_rules import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    # The build tools that the packaging tests need anyway bring it along on 3.10.
    import tomli as tomllib

EXAMPLES = ROOT / "docs" / "examples"


@attrs.frozen
class Example:
    """One folder of ``docs/examples`` that is a distribution."""

    folder: Path
    project: dict[str, Any]

    @property
    def hook(self) -> str:
        """The hook that the folder is named after."""
        return f"thespian_{self.folder.name}"

    @property
    def entry_points(self) -> dict[str, str]:
        """The plugins that it offers: the module of each, by name."""
        points: dict[str, str] = self.project["entry-points"]["thespian"]
        return points

    def write_metadata(self, site: Path) -> None:
        """Write what pip would: the metadata of the installed distribution."""
        name, version = self.project["name"], self.project["version"]
        info = site / f"{name.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        lines = [f"{plugin} = {module}\n" for plugin, module in self.entry_points.items()]
        (info / "entry_points.txt").write_text("[thespian]\n" + "".join(lines))


def all_examples() -> list[Example]:
    """Return the example distributions, by folder."""
    files = sorted(EXAMPLES.glob("*/pyproject.toml"))
    return [Example(file.parent, tomllib.loads(file.read_text("utf-8"))["project"]) for file in files]


def install(site: Path) -> list[str]:
    """Write the metadata of all examples, and return the folders to look for modules in."""
    examples = all_examples()
    for example in examples:
        example.write_metadata(site)
    return [str(site), *(str(example.folder) for example in examples)]


@contextmanager
def installed(site: Path) -> Iterator[None]:
    """Have this process find the examples meanwhile, through their entry points."""
    folders = install(site)
    modules, path = set(sys.modules), list(sys.path)
    sys.path[:0] = folders
    before = use_registry(None)
    try:
        yield
    finally:
        use_registry(before)
        sys.path[:] = path
        for name in set(sys.modules) - modules:
            if str(EXAMPLES) in str(getattr(sys.modules[name], "__file__", None)):
                del sys.modules[name]
