"""The distributions of the house move together and can all be had through the core's extras."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from tools.house_rules import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    # The build tools that these tests need anyway bring it along on 3.10.
    import tomli as tomllib

PLUGINS = sorted(file.parent for file in ROOT.glob("plugins/*/pyproject.toml"))

every_plugin = pytest.mark.parametrize("folder", PLUGINS, ids=lambda folder: folder.name)


def project_of(folder: Path) -> dict[str, Any]:
    """Return the ``[project]`` table of the distribution in ``folder``."""
    table: dict[str, Any] = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return table


CORE = project_of(ROOT)


@every_plugin
def test_a_plugin_has_the_version_of_the_core(folder: Path) -> None:
    version = project_of(folder)["version"]
    assert version == CORE["version"], (
        f'set version = "{CORE["version"]}" in plugins/{folder.name}/pyproject.toml'
    )


@every_plugin
def test_a_plugin_needs_its_siblings_in_its_own_version_exactly(folder: Path) -> None:
    siblings = [need for need in project_of(folder)["dependencies"] if need.startswith("thespian-")]
    loose = [need for need in siblings if not need.endswith(f"=={CORE['version']}")]
    assert siblings, f'plugins/{folder.name} needs the core: add "thespian-core=={CORE["version"]}"'
    assert loose == [], f"pin them to =={CORE['version']} in plugins/{folder.name}/pyproject.toml"


# The engine has no users of its own: it comes with the bases that need it, and is no extra.
@pytest.mark.parametrize(
    "folder", [folder for folder in PLUGINS if folder.name != "multiproc"], ids=lambda folder: folder.name
)
def test_a_plugin_can_be_had_as_an_extra_of_the_core(folder: Path) -> None:
    wanted = f"{project_of(folder)['name']}=={CORE['version']}"
    extra = CORE["optional-dependencies"].get(folder.name, [])
    assert wanted in extra, f'add {folder.name} = ["{wanted}"] to [project.optional-dependencies] of the core'


@every_plugin
def test_the_extra_all_brings_every_plugin(folder: Path) -> None:
    brought = " ".join(CORE["optional-dependencies"]["all"]).replace("[", ",").replace("]", ",").split(",")
    # The engine has no users of its own: it comes with the bases that need it.
    assert folder.name in brought or folder.name == "multiproc", (
        f"add {folder.name} to the extra 'all' in the core's pyproject.toml"
    )


def test_each_extra_with_a_plugins_name_has_its_folder() -> None:
    extras = set(CORE["optional-dependencies"]) - {"all", "testing"}
    assert extras == {folder.name for folder in PLUGINS} - {"multiproc"}


@pytest.mark.parametrize("folder", [ROOT, *PLUGINS], ids=lambda folder: folder.name)
def test_a_distribution_carries_its_licence_readme_and_type_marker(folder: Path) -> None:
    packages = [ROOT / "thespian", ROOT / "thespian_core"] if folder == ROOT else [*folder.glob("thespian_*")]
    needed = [folder / "LICENSE", folder / "README.md", *(package / "py.typed" for package in packages)]
    missing = [file.relative_to(ROOT).as_posix() for file in needed if not file.is_file()]
    assert missing == [], f"add {', '.join(missing)}"
    assert (folder / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()


@pytest.mark.parametrize("folder", sorted(ROOT.glob("plugins/*/")), ids=lambda folder: folder.name)
def test_a_folder_for_a_plugin_says_what_is_in_it(folder: Path) -> None:
    assert (folder / "README.md").is_file(), f"write plugins/{folder.name}/README.md"


def test_the_bases_need_nothing_but_each_other_and_one_small_package() -> None:
    names = {
        need.split(">")[0].split("=")[0].strip()
        for name in ("simple", "multiproc", "tcp", "udp")
        for need in project_of(ROOT / "plugins" / name)["dependencies"]
    }
    assert names == {"thespian-core", "thespian-multiproc", "platformdirs"}


def test_what_the_core_needs_to_run_stays_three_small_packages() -> None:
    names = {need.split(">")[0].split("=")[0].strip() for need in CORE["dependencies"]}
    assert names == {"pluggy", "attrs", "click"}
