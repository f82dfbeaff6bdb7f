"""The registry looks up by name, merges capabilities, and tells observers; no plugin can stop it."""

from __future__ import annotations

import logging
import re
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.hooks.conftest import RegistryOf
from thespian_core.hooks.errors import PluginBroken, PluginConflict, PluginNotFound
from thespian_core.hooks.records import CodecSpec, CommandSpec, SystemBaseSpec
from thespian_core.hooks.registry import PluginRegistry, default_registry, use_registry
from thespian_core.hooks.selection import Selection

HEAD = "from thespian_core import CodecSpec, CommandSpec, SystemBaseSpec, hookimpl\n"


def codecs(*specs: str) -> str:
    lines = "".join(f"    yield CodecSpec({spec})\n" for spec in specs)
    return f"{HEAD}@hookimpl\ndef thespian_codecs():\n{lines}"


def capabilities(result: str, signature: str = "") -> str:
    return f"{HEAD}@hookimpl\ndef thespian_capabilities({signature}):\n    return {result}\n"


JSON = codecs("name='json', tag=16, opens='json:JSONEncoder'")


def test_find_returns_the_record_and_open_what_it_points_to(registry_of: RegistryOf) -> None:
    import json

    registry = registry_of(one=JSON)
    assert registry.find(CodecSpec, "json") == CodecSpec(name="json", tag=16, opens="json:JSONEncoder")
    assert registry.open(CodecSpec, "json") is json.JSONEncoder


def test_a_name_of_another_kind_is_not_found(registry_of: RegistryOf) -> None:
    with pytest.raises(PluginNotFound, match="no command named 'json'"):
        registry_of(one=JSON).find(CommandSpec, "json")


def test_what_cannot_be_opened_names_its_plugin(registry_of: RegistryOf) -> None:
    registry = registry_of(one=codecs("name='c', tag=16, opens='not_there:C'"))
    with pytest.raises(PluginBroken, match=r"^plugin one \(dist-one 1\.0\) is broken: cannot open"):
        registry.open(CodecSpec, "c")


def test_records_are_listed_by_name_whatever_order_they_came_in(registry_of: RegistryOf) -> None:
    registry = registry_of(
        one=codecs("name='b', tag=17, opens='m:B'", "name='a', tag=18, opens='m:A'"), two=JSON
    )
    assert registry.names(CodecSpec) == ("a", "b", "json")
    assert [spec.tag for spec in registry.find_all(CodecSpec)] == [18, 17, 16]


def test_a_record_is_traced_to_its_plugin(registry_of: RegistryOf) -> None:
    registry = registry_of(one=JSON)
    origin = registry.origin_of(registry.find(CodecSpec, "json"))
    assert str(origin) == "one (dist-one 1.0)"
    assert registry.origin_of(CodecSpec(name="json", tag=99, opens="m:X")) is None


def test_two_codecs_with_one_tag_conflict(registry_of: RegistryOf) -> None:
    registry = registry_of(
        one=JSON, two=codecs("name='other', tag=16, opens='m:O'", "name='fine', tag=17, opens='m:F'")
    )
    for name in ("json", "other"):
        with pytest.raises(PluginConflict) as raised:
            registry.find(CodecSpec, name)
        assert str(raised.value).splitlines()[0] == (
            "codec tag '16' is provided by one (dist-one 1.0) and two (dist-two 1.0)"
        )
    assert registry.find(CodecSpec, "fine").tag == 17
    assert len(registry.conflicts()) == 1
    assert registry.names(CodecSpec) == ("fine", "json", "other")
    with pytest.raises(PluginConflict):
        registry.find_all(CodecSpec)


@pytest.mark.parametrize(
    ("specs", "why"),
    [
        (("name='a', tag=1, opens='m:A'", "name='a', tag=2, opens='m:B'"), "gave codec 'a' twice"),
        (("name='a', tag=1, opens='m:A'", "name='b', tag=1, opens='m:B'"), "gave codec tag 1 twice"),
    ],
)
def test_a_plugin_that_repeats_itself_is_broken(
    registry_of: RegistryOf, specs: tuple[str, ...], why: str
) -> None:
    registry = registry_of(one=codecs(*specs))
    assert registry.names(CodecSpec) == ()
    assert why in registry.plugins()[0].why


def test_a_broken_plugin_offers_nothing_at_all(registry_of: RegistryOf) -> None:
    text = JSON + "@hookimpl\ndef thespian_commands():\n    raise ValueError('boom')\n"
    registry = registry_of(one=text + "@hookimpl\ndef thespian_capabilities():\n    return {'x': 1}\n")
    assert registry.names(CodecSpec) == ()
    assert registry.capabilities("b") == {}
    why = registry.plugins()[0].why
    assert re.fullmatch(r"thespian_commands raised ValueError: boom \(plugin_one_\d+\.py:7\)", why)


def test_a_plugin_that_looks_up_plugins_while_it_loads_is_broken(registry_of: RegistryOf) -> None:
    text = HEAD + "from thespian_core.hooks.registry import default_registry\ndefault_registry().plugins()\n"
    registry = registry_of(one=text, two=JSON)
    before = use_registry(registry)
    try:
        assert registry.names(CodecSpec) == ("json",)
    finally:
        use_registry(before)
    assert "cannot be looked up while they are being loaded" in registry.plugins()[0].why


def test_a_broken_plugin_is_warned_about_once_with_the_traceback_for_who_asks(
    registry_of: RegistryOf, caplog: pytest.LogCaptureFixture
) -> None:
    registry = registry_of(one="import not_there\n")
    with caplog.at_level(logging.DEBUG, "thespian"):
        for _ in range(3):
            registry.plugins()
    warnings, details = (
        [record for record in caplog.records if record.levelno == level]
        for level in (logging.WARNING, logging.DEBUG)
    )
    (first,) = [w.getMessage().splitlines()[0] for w in warnings]
    assert first.startswith(
        "plugin one (dist-one 1.0) is broken: ModuleNotFoundError: No module named 'not_there' (plugin_one_"
    )
    assert [bool(d.exc_info) for d in details] == [True]


def test_capabilities_of_all_plugins_are_merged_and_the_users_own_win(registry_of: RegistryOf) -> None:
    registry = registry_of(
        one=capabilities("{'GPU': 1, 'base': base_name}", "base_name"), two=capabilities("{'GPU': 1, 'x': 2}")
    )
    assert registry.capabilities("b") == {"GPU": 1, "base": "b", "x": 2}
    assert registry.capabilities("b", {"GPU": None, "own": 3}) == {"GPU": None, "base": "b", "x": 2, "own": 3}


def test_plugins_that_disagree_on_a_capability_conflict_unless_the_user_decides(
    registry_of: RegistryOf,
) -> None:
    registry = registry_of(one=capabilities("{'GPU': 1}"), two=capabilities("{'GPU': 2}"))
    with pytest.raises(PluginConflict) as raised:
        registry.capabilities("b")
    assert str(raised.value).splitlines()[0] == (
        "capability 'GPU' is provided by one (dist-one 1.0) and two (dist-two 1.0)"
    )
    assert registry.capabilities("b", {"GPU": 3}) == {"GPU": 3}


@pytest.mark.parametrize("result", ["1/0", "None", "['GPU']", "{1: 2}", "exit()", "panic()"])
def test_a_plugin_whose_capabilities_fail_is_skipped_and_remembered(
    registry_of: RegistryOf, caplog: pytest.LogCaptureFixture, result: str
) -> None:
    bad = JSON + "import sys\nexit = sys.exit\n"
    bad += "class Panic(BaseException): pass\ndef panic(): raise Panic\n" + capabilities(result)
    registry = registry_of(one=bad, two=capabilities("{'x': 2}"))
    assert registry.capabilities("b") == {"x": 2}
    assert registry.capabilities("b") == {"x": 2}
    one, two = registry.plugins()
    assert one.state == "broken"
    assert one.why.startswith("thespian_capabilities failed: ")
    assert two.state == "ok"
    assert len(caplog.records) == 1
    assert registry.find(CodecSpec, "json").tag == 16, "what else it provides stays in use"


OBSERVER = """
from thespian_core import hookimpl
told = []
@hookimpl
def thespian_system_started(system):
    told.append(system)
    raise type("Panic", (BaseException,), {})("not my day")
@hookimpl
def thespian_system_stopped():
    told.append("generators are run too")
    yield
"""


def test_every_observer_is_told_though_others_raise(
    registry_of: RegistryOf, caplog: pytest.LogCaptureFixture
) -> None:
    registry = registry_of(one=OBSERVER, two=OBSERVER)
    registry.notify("thespian_system_started", system="a system")
    registry.notify("thespian_system_stopped", system="a system")
    modules = [sys.modules[origin.module] for origin in registry.selection().used]
    assert [module.told for module in modules] == [["a system", "generators are run too"]] * 2
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("ERROR", f"plugin {name} (dist-{name} 1.0): thespian_system_started raised Panic: not my day")
        for name in ("one", "two")
    ]
    assert all(record.exc_info for record in caplog.records)
    assert {report.state for report in registry.plugins()} == {"ok"}


def test_many_threads_load_each_plugin_once(registry_of: RegistryOf) -> None:
    registry = registry_of(
        one=JSON + "import itertools\ncount = itertools.count()\n"
        "@hookimpl\ndef thespian_commands():\n"
        "    yield CommandSpec(name=f'run-{next(count)}', opens='m:X')\n"
    )
    together = threading.Barrier(8)

    def look() -> tuple[str, ...]:
        together.wait(timeout=30)
        return registry.names(CommandSpec)

    with ThreadPoolExecutor(8) as pool:
        seen = {future.result() for future in [pool.submit(look) for _ in range(8)]}
    assert seen == {("run-0",)}


def test_the_process_shares_one_registry_until_another_is_put_in_its_place() -> None:
    mine = PluginRegistry.from_selection(Selection(()))
    before = use_registry(mine)
    try:
        assert default_registry() is mine
        assert use_registry(None) is mine
        fresh = default_registry()
        assert fresh is not mine
        assert default_registry() is fresh
    finally:
        use_registry(before)


def test_a_registry_can_be_told_what_to_block_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("THESPIAN_BLOCK_PLUGINS", "no-such-plugin")
    registry = PluginRegistry(block=["*"])
    assert [origin.name for origin in registry.selection().used] == ["core"]


def test_nothing_is_loaded_before_the_first_look_up(registry_of: RegistryOf) -> None:
    before = set(sys.modules)
    registry = registry_of(one=JSON)
    assert set(sys.modules) == before
    registry.names(SystemBaseSpec)
    assert set(sys.modules) > before


def test_a_log_handler_may_look_up_plugins(registry_of: RegistryOf) -> None:
    registry = registry_of(one="import not_there\n", two=JSON)
    seen: list[tuple[str, ...]] = []

    class Curious(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append(registry.names(CodecSpec))

    handler = Curious()
    logging.getLogger("thespian").addHandler(handler)
    try:
        registry.plugins()
    finally:
        logging.getLogger("thespian").removeHandler(handler)
    assert seen == [("json",)]
