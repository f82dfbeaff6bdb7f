"""Fresh processes find what is installed, and one bad plugin never hides the others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.hooks.fake_site import FakeSite

GOOD = """
from thespian_core import SystemBaseSpec, hookimpl
@hookimpl
def thespian_system_bases():
    yield SystemBaseSpec(name="goodBase", opens="good_code:Base")
"""
PLUGINS = "answer = {p.name: [p.state, p.why] for p in registry.plugins()}"
BASES = "answer = list(registry.names(SystemBaseSpec))"


def base_plugin(name: str) -> str:
    return GOOD.replace("goodBase", name)


@pytest.fixture
def good_site(site: FakeSite) -> FakeSite:
    site.plugin("good", GOOD)
    return site


def test_an_installed_plugin_is_found_with_its_release(good_site: FakeSite) -> None:
    answer, logged = good_site.ask("answer = [str(o) for o in registry.selection().used]")
    assert answer == ["core (thespian-core 0.1.0)", "good (dist-good 1.0)"]
    assert logged == ""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("import not_there", "No module named 'not_there'", id="import error"),
        pytest.param("raise SystemExit(1)", "SystemExit: 1", id="ends the program"),
        # As modules in Rust do, and tests that skip themselves.
        pytest.param("raise type('Panic', (BaseException,), {})('gone')", "Panic: gone", id="no exception"),
        pytest.param(GOOD + "    raise GeneratorExit", "raised GeneratorExit", id="half way, no exception"),
        pytest.param(GOOD.replace("_bases", "_basis"), "did you mean thespian_system_bases?", id="misspelt"),
        pytest.param(GOOD.replace("bases():", "bases(colour):"), "colour", id="wrong arguments"),
        pytest.param(GOOD.replace("yield ", "return "), "thespian_system_bases returned", id="no iterable"),
        pytest.param(GOOD + "    raise ValueError('half way')", "ValueError: half way", id="half way"),
        pytest.param(GOOD.replace("SystemBaseSpec(", "dict("), "is not a SystemBaseSpec", id="wrong record"),
        pytest.param(GOOD.replace("good_code:Base", "good"), "must look like", id="bad record"),
        pytest.param(GOOD.replace("@hookimpl\n", ""), "not marked with @hookimpl", id="unmarked"),
    ],
)
def test_a_broken_plugin_is_named_once_and_stops_no_other(good_site: FakeSite, text: str, why: str) -> None:
    good_site.plugin("bad", text, distribution="dist-bad", version="2.0")
    code = (
        "registry.names(SystemBaseSpec), registry.plugins()\n"
        "try: registry.find(SystemBaseSpec, 'pigeonBase')\n"
        "except PluginNotFound as error: text = str(error)\n"
        "states = {p.name: p.state for p in registry.plugins()}\n"
        "answer = [registry.names(SystemBaseSpec), states, text]"
    )
    (names, states, text), logged = good_site.ask(code)
    assert names == ["goodBase"]
    assert states == {"core": "ok", "good": "ok", "bad": "broken"}
    assert "\n  could not be loaded: bad (dist-bad 2.0): " in text
    assert logged.count("plugin bad (dist-bad 2.0) is broken: ") == 1
    assert why in text
    assert why in logged
    assert "Traceback" not in logged


def test_two_providers_of_one_name_conflict_when_it_is_looked_up_and_only_then(good_site: FakeSite) -> None:
    good_site.plugin(
        "twin", GOOD.replace("yield", "yield SystemBaseSpec(name='own', opens='a:B')\n    yield")
    )
    code = (
        "own = registry.find(SystemBaseSpec, 'own').opens\n"
        "try: registry.find(SystemBaseSpec, 'goodBase')\n"
        "except PluginConflict as error: text = str(error)\n"
        "answer = [own, text, [str(c) for c in registry.conflicts()]]"
    )
    (own, text, conflicts), logged = good_site.ask(code)
    assert own == "a:B"
    assert text.splitlines()[0] == (
        "system base 'goodBase' is provided by good (dist-good 1.0) and twin (dist-twin 1.0)"
    )
    assert conflicts == [text]
    assert logged == ""


def test_blocked_plugins_are_not_imported_and_are_named(good_site: FakeSite) -> None:
    good_site.plugin("loud", "raise RuntimeError('imported')")
    code = (
        "try: registry.find(SystemBaseSpec, 'goodBase')\n"
        "except PluginNotFound as error: text = str(error)\n"
        "answer = [text, 'good_plugin' in sys.modules]"
    )
    (text, imported), logged = good_site.ask(code, block=" good,loud ,")
    assert "\n  blocked: good, loud (THESPIAN_BLOCK_PLUGINS)\n" in text
    assert not imported
    assert logged == ""


def test_a_star_blocks_every_plugin_but_the_core(good_site: FakeSite) -> None:
    answer, logged = good_site.ask(PLUGINS, block="*")
    assert answer == {"core": ["ok", ""], "good": ["blocked", ""]}
    assert logged == ""


def test_a_name_that_blocks_nothing_is_warned_about_once(good_site: FakeSite) -> None:
    answer, logged = good_site.ask(f"registry.plugins()\n{PLUGINS}", block="godo,core,godo")
    assert answer == {"core": ["ok", ""], "good": ["ok", ""]}
    assert logged.splitlines() == [
        "THESPIAN_BLOCK_PLUGINS names 'godo', but there is no such plugin, only: core, good",
        "THESPIAN_BLOCK_PLUGINS names 'core', which cannot be blocked",
    ]


def test_a_distribution_seen_twice_is_no_conflict(good_site: FakeSite, tmp_path: Path) -> None:
    again = tmp_path / "again"
    good_site.distribution("dist_good", "0.9", {"good": "good_plugin"}, under=again)
    code = "answer = [registry.find(SystemBaseSpec, 'goodBase').name, *map(str, registry.selection().used)]"
    answer, logged = good_site.ask(code, also_on_path=again)
    assert answer == ["goodBase", "core (thespian-core 0.1.0)", "good (dist-good 1.0)"]
    assert logged == ""


def test_two_distributions_may_give_their_plugins_one_name(good_site: FakeSite) -> None:
    good_site.module("other_plugin", base_plugin("otherBase"))
    good_site.distribution("dist-other", "3", {"good": "other_plugin"})
    answer, _ = good_site.ask(BASES)
    assert answer == ["goodBase", "otherBase"]
    answer, _ = good_site.ask(BASES, block="good")
    assert answer == []


def test_one_module_is_one_plugin_however_often_it_is_named(good_site: FakeSite) -> None:
    good_site.distribution("renamed-good", "1.1", {"well": "good_plugin"})
    answer, _ = good_site.ask(PLUGINS)
    assert answer["good"] == ["ok", ""]
    assert answer["well"][0] == "broken"
    assert "its module good_plugin is that of plugin good (dist-good 1.0) too" in answer["well"][1]


def test_metadata_that_cannot_be_read_hides_nobody_else(good_site: FakeSite) -> None:
    info = good_site.distribution("aaa", "1", {})
    (info / "entry_points.txt").write_bytes(b"[thespian]\nx = \xff\xfe\n")
    answer, logged = good_site.ask(BASES)
    assert answer == ["goodBase"]
    assert "aaa-1.dist-info cannot be read: UnicodeDecodeError" in logged


@pytest.mark.parametrize("value", ["good_plugin:thespian_system_bases", "not a module", "a..b"])
def test_an_entry_point_must_name_a_module(good_site: FakeSite, value: str) -> None:
    good_site.distribution("odd", "1", {"odd": value})
    answer, _ = good_site.ask(PLUGINS)
    assert answer["good"] == ["ok", ""]
    assert answer["odd"][0] == "broken"
    assert "must name a module" in answer["odd"][1]


def test_the_core_is_there_even_when_it_is_not_installed(tmp_path: Path) -> None:
    folder = tmp_path / "bare"
    folder.mkdir()
    answer, _ = FakeSite(folder, core_installed=False).ask("answer = list(registry.names(CommandSpec))")
    assert answer == ["plugins"]


def test_nobody_takes_the_place_of_the_core(good_site: FakeSite) -> None:
    good_site.plugin("core", base_plugin("coreBase"), distribution="aa-imposter")
    good_site.distribution("aa-thief", "1", {"a": "thespian_core.plugin"})
    code = (
        "states = [[str(p.distribution), p.state] for p in registry.plugins()]\n"
        "answer = [states, str(registry.origin_of(registry.find(CommandSpec, 'plugins')))]"
    )
    for block, imposter in (("", "ok"), ("core", "blocked")):
        (states, origin), _ = good_site.ask(code, block=block)
        assert origin == "core (thespian-core 0.1.0)"
        assert sorted(states) == [
            ["aa-imposter", imposter],
            ["aa-thief", "broken"],
            ["dist-good", "ok"],
            ["thespian-core", "ok"],
        ]


def test_a_child_process_gets_exactly_the_plugins_of_its_parent(good_site: FakeSite) -> None:
    good_site.plugin("bad", "import not_there")
    good_site.plugin("other", base_plugin("otherBase"))
    parent = "import base64, pickle; answer = base64.b64encode(pickle.dumps(registry.selection())).decode()"
    pickled, logged = good_site.ask(parent, block="other")
    assert "not_there" in logged
    good_site.plugin("late", base_plugin("lateBase"))
    child = (
        "import base64, pickle\n"
        f"selection = pickle.loads(base64.b64decode({pickled!r}))\n"
        "use_registry(PluginRegistry.from_selection(selection))\n"
        "registry = default_registry()\n"
        "states = {p.name: p.state for p in registry.plugins()}\n"
        "same = registry.selection() == selection\n"
        "answer = [registry.names(SystemBaseSpec), states, same, 'importlib.metadata' in sys.modules]"
    )
    (names, states, same, metadata_was_read), logged = good_site.ask(child, block="good")
    assert names == ["goodBase"]
    assert states == {"core": "ok", "good": "ok", "other": "blocked", "bad": "broken"}
    assert same
    assert not metadata_was_read
    assert logged == "", "what the parent has said is not said again by each child"


@pytest.mark.parametrize(
    "group",
    ["thespian_codecs", "thespian.codec", "thespian-plugins", "Thespian", "thespian.hooks", "thespain"],
)
def test_an_entry_point_in_a_group_that_is_nearly_ours_is_told_with_the_group_to_use(
    site: FakeSite, group: str
) -> None:
    site.distribution("astray", "1.0", {"lost": "lost_plugin"}, group=group)
    ran = site.command("plugins")
    assert ran.returncode == 0
    assert ran.stdout.endswith(
        f"\nnot used: the entry point lost of astray 1.0 is in the group {group!r}\n"
        "  the group of plugins is 'thespian': [project.entry-points.thespian] in its pyproject.toml\n"
    )
    astray = {"plugin": "lost", "distribution": "astray", "version": "1.0", "group": group}
    assert json.loads(site.command("plugins", "--json").stdout)["astray"] == [astray]


@pytest.mark.parametrize("group", ["thespian_studio.plugins", "console_scripts", "theatre"])
def test_a_group_of_somebody_else_is_not_taken_for_ours(site: FakeSite, group: str) -> None:
    site.distribution("other", "1.0", {"theirs": "their_plugin"}, group=group)
    assert "not used" not in site.command("plugins").stdout
