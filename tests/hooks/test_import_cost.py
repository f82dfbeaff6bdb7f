"""Importing what programs and plugins import drags in nothing that they may not need."""

from __future__ import annotations

import pytest

from tests.hooks.fake_site import FakeSite

CASES = [
    ("thespian_core.plugin", ["socket", "click", "cryptography", "importlib.metadata", "logging"]),
    ("thespian_core.hooks.records", ["socket", "click", "cryptography", "importlib.metadata", "pluggy"]),
    ("thespian_core.hooks.registry", ["socket", "click", "cryptography", "importlib.metadata", "pluggy"]),
    ("thespian_core.errors", ["pluggy", "attrs", "click", "importlib.metadata"]),
    ("thespian_core", ["pluggy", "attrs", "click", "importlib.metadata", "logging"]),
]


@pytest.mark.parametrize(("module", "unwanted"), CASES, ids=[module for module, _ in CASES])
def test_importing_it_imports_none_of_what_it_does_not_need(
    site: FakeSite, module: str, unwanted: list[str]
) -> None:
    code = f"import sys, {module}; print(sorted(set({unwanted!r}) & set(sys.modules)))"
    ran = site.run("-c", code)
    assert (ran.stdout, ran.stderr) == ("[]\n", "")


def test_the_package_offers_what_a_plugin_module_imports() -> None:
    import thespian_core
    from thespian_core.hooks import records, specs

    assert thespian_core.hookimpl is specs.hookimpl
    kinds = {kind.__name__ for kind in records.KINDS}
    assert set(thespian_core.__all__) == {*kinds, "hookimpl"} <= set(dir(thespian_core))
    assert all(getattr(thespian_core, name) is getattr(records, name) for name in kinds)
    with pytest.raises(AttributeError, match="module 'thespian_core' has no attribute 'nonsense'"):
        _ = thespian_core.nonsense
