"""The word count chooses its base by what the plugins say of it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from examples.wordcount.actors import Aggregator
from examples.wordcount.running import NoResult, best_base, own_system
from thespian_core.hooks.registry import PluginRegistry
from thespian_core.hooks.selection import PluginOrigin, Selection

PLUGIN = """
from thespian_core import SystemBaseSpec, hookimpl

@hookimpl
def thespian_system_bases():
    for name, properties in {bases!r}.items():
        yield SystemBaseSpec(name=name, opens="nowhere:Base", **properties)
"""


@pytest.mark.parametrize(
    ("bases", "best"),
    [
        ({"a": {}, "b": {"transport": "x"}}, "b"),
        ({"a": {"joins_conventions": True, "outlives_starter": True}, "b": {"transport": "x"}}, "b"),
        (
            {
                "a": {"transport": "x", "outlives_starter": True},
                "b": {"transport": "x", "joins_conventions": True},
            },
            "b",
        ),
        ({"a": {"transport": "x"}, "b": {"transport": "y", "outlives_starter": True}}, "b"),
        ({"b": {"transport": "x"}, "a": {"transport": "y"}}, "a"),
    ],
    ids=["transport", "transport first", "then conventions", "then long life", "then the alphabet"],
)
def test_the_best_base_is_chosen_by_its_properties(
    bases: dict[str, dict[str, object]], best: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plugin_of_bases.py").write_text(PLUGIN.format(bases=bases))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "plugin_of_bases", raising=False)
    origin = PluginOrigin("bases", "plugin_of_bases", "thespian-bases", "1.0")
    assert best_base(PluginRegistry.from_selection(Selection((origin,)))) == best


def test_the_word_count_starts_a_system_and_joins_none(base: str) -> None:
    ones, anothers = own_system(base), own_system(base)
    try:
        assert ones.capabilities["Admin Port"] != anothers.capabilities["Admin Port"]
        assert 1900 not in (ones.capabilities["Admin Port"], anothers.capabilities["Admin Port"])
        ones.shutdown()
        assert anothers.createActor(Aggregator)  # goes on, whatever became of the other one
    finally:
        anothers.shutdown()
        ones.shutdown()


def test_without_any_base_there_is_no_result() -> None:
    with pytest.raises(NoResult, match="no system base is installed"):
        best_base(PluginRegistry.from_selection(Selection(())))
