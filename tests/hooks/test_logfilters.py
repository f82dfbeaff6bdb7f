"""Log filters of plugins that apply to every record: one that cannot be had stops no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hooks.conftest import RegistryOf
from thespian_core.hooks.logfilters import filters_for_all


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
