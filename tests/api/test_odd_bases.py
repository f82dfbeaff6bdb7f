"""A base or a transport that is no class of its kind: the error names the plugin."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from thespian_core.api.system import ActorSystem
from thespian_core.hooks.errors import PluginBroken
from thespian_core.hooks.registry import PluginRegistry, default_registry, use_registry
from thespian_core.hooks.selection import PluginOrigin

ODD = PluginOrigin("odd", "tests.api.odd_bases")


@pytest.fixture
def _odd() -> Iterator[None]:
    usual = default_registry().selection()
    before = use_registry(PluginRegistry.from_selection(usual._replace(used=(*usual.used, ODD))))
    yield
    use_registry(before)


@pytest.mark.usefixtures("_odd")
@pytest.mark.parametrize(
    ("base_name", "why"),
    [
        ("noBase", "json:JSONEncoder is <class .*>, not a class derived from SystemBase"),
        ("noClass", "json:dumps is <function .*>, not a class derived from SystemBase"),
        ("unfinished", "lacks what each SystemBase has: capabilities, connect, is_running, start, stop"),
        ("otherScheme", "TcpTransport has the scheme 'T', and its record 'other': give both the same"),
        ("noTransport", "json:JSONEncoder is <class .*>, not a class derived from Transport"),
    ],
)
def test_what_is_no_base_or_no_transport_is_told_with_its_plugin(base_name: str, why: str) -> None:
    with pytest.raises(PluginBroken, match=why) as raised:
        ActorSystem(base_name, logDefs=False, transientUnique=True)
    assert raised.value.plugin == ODD
