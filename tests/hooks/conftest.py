"""Plugins written on the spot: in this process, or in a site-packages folder of their own."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.hooks.fake_site import FakeSite
from thespian_core.hooks.registry import PluginRegistry
from thespian_core.hooks.selection import PluginOrigin, Selection

RegistryOf = Callable[..., PluginRegistry]
_numbers = itertools.count()


@pytest.fixture
def site(tmp_path: Path) -> FakeSite:
    folder = tmp_path / "site"
    folder.mkdir()
    return FakeSite(folder)


@pytest.fixture
def registry_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RegistryOf]:
    """Make a registry of exactly the plugins whose modules' text is given by name."""
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)

    def make(**plugins: str) -> PluginRegistry:
        used = []
        for name, text in plugins.items():
            module = f"plugin_{name}_{next(_numbers)}"  # sys.modules is shared by all tests
            (tmp_path / f"{module}.py").write_text(text, encoding="utf-8")
            used.append(PluginOrigin(name, module, f"dist-{name}", "1.0"))
        return PluginRegistry.from_selection(Selection(tuple(used)))

    yield make
    for name in set(sys.modules) - before:
        if getattr(sys.modules[name], "__file__", None) and str(tmp_path) in str(sys.modules[name].__file__):
            del sys.modules[name]
