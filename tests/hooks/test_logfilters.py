"""Log filters of plugins that apply to every record: one that cannot be had stops no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hooks.conftest import RegistryOf
from thespian_core.hooks.errors import PluginBroken
from thespian_core.hooks.logfilters import filters_for_all, with_named_filters

TAKES_A_WORD = "class Odd:\n  def __init__(self, word): pass\n  def filter(self, record): return True"
WRONG = {
    "class Odd: pass": "odd_filters:Odd is <class 'odd_filters.Odd'>, which has no method filter",
    "import logging\nOdd = logging.Filter()": "is <logging.Filter object at .*>, not a logging.Filter class",
    "def Odd(record): return True": "cannot be made as it is asked for: missing .* 'record'",
    TAKES_A_WORD: "argument: 'word'",
}


@pytest.fixture
def odd_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> str:
    (tmp_path / "odd_filters.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    head = "from thespian_core import LogFilterSpec, hookimpl\n@hookimpl\ndef thespian_log_filters():\n"
    return head + "    yield LogFilterSpec(name='odd', opens='odd_filters:Odd', always=True)\n"


@pytest.mark.parametrize(("code", "why"), WRONG.items())
def test_what_can_filter_nothing_is_refused_where_it_is_asked_for(
    registry_of: RegistryOf, odd_plugin: str, why: str
) -> None:
    asked = {"version": 1, "filters": {"mine": {"()": "odd"}}}
    with pytest.raises(PluginBroken, match=why) as raised:
        with_named_filters(asked, registry_of(one=odd_plugin))
    assert str(raised.value.plugin) == "one (dist-one 1.0)"


@pytest.mark.parametrize(("code", "why"), WRONG.items())
def test_what_can_filter_nothing_keeps_no_record_from_being_written(
    registry_of: RegistryOf, odd_plugin: str, why: str
) -> None:
    told: list[str] = []
    made = filters_for_all(registry_of(one=odd_plugin), lambda what, why: told.append(f"{what}: {why!r}"))
    assert made.filters == []
    assert len(told) == 1
    assert "the log filter 'odd' is not applied: PluginBroken(" in told[0]


@pytest.mark.parametrize("code", [TAKES_A_WORD])
def test_a_filter_gets_the_arguments_that_the_definitions_give(
    registry_of: RegistryOf, odd_plugin: str
) -> None:
    asked = {"version": 1, "filters": {"mine": {"()": "odd", "word": "x", ".": {"level": 3}}}}
    opened = with_named_filters(asked, registry_of(one=odd_plugin))["filters"]["mine"]
    assert opened["()"].__name__ == "Odd"


def test_a_log_filter_that_cannot_be_made_is_reported_and_left_out(
    registry_of: RegistryOf, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    code = "class Panic(BaseException): pass\ndef panics(): raise Panic('gone')\ndef works(): return print\n"
    (tmp_path / "made_filters.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    text = "from thespian_core import LogFilterSpec, hookimpl\n@hookimpl\ndef thespian_log_filters():\n"
    for name in ("panics", "works"):
        text += f"    yield LogFilterSpec(name='{name}', opens='made_filters:{name}', always=True)\n"
    told: list[str] = []
    made = filters_for_all(registry_of(one=text), lambda what, why: told.append(f"{what}: {why!r}"))
    assert made.filters == [print]
    assert told == ["the log filter 'panics' is not applied: Panic('gone')"]
