"""``thespian plugins`` shows every plugin and what is wrong with it, to people and to programs."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys

import pytest

from tests.hooks.fake_site import FakeSite

BASE = """
from thespian_core import SystemBaseSpec, hookimpl
@hookimpl
def thespian_system_bases():
    yield SystemBaseSpec(name="pigeonBase", opens="m:B")
@hookimpl
def thespian_system_started():
    pass
"""


@pytest.fixture
def mixed_site(site: FakeSite) -> FakeSite:
    """A good plugin, its rival, a broken one, and one to block."""
    site.plugin("pigeon", BASE, distribution="my-pigeons", version="2.1")
    site.plugin("rival", BASE)
    site.plugin("bad", "import not_there")
    site.plugin("tiresome", BASE)
    return site


def on_a_terminal(site: FakeSite, **environ: str) -> str:
    """Run ``thespian plugins`` on a terminal of its own, and return what is shown there."""
    screen, theirs = pty.openpty()
    try:
        subprocess.run(
            [sys.executable, "-S", "-m", "thespian_core.cli", "plugins"],
            env={
                "PYTHONPATH": str(site.folder),
                "THESPIAN_BLOCK_PLUGINS": "tiresome",
                "TERM": "xterm",
                **environ,
            },
            cwd=site.folder,
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=subprocess.DEVNULL,
            timeout=60,
            check=True,
        )
        return os.read(screen, 65536).decode().replace("\r\n", "\n")
    finally:
        os.close(theirs)
        os.close(screen)


def test_the_table_is_plain_in_a_pipe_and_has_one_line_for_each_plugin(mixed_site: FakeSite) -> None:
    ran = mixed_site.command("plugins", block="tiresome", COLUMNS="30")
    assert ran.returncode == 0
    provides = "system base pigeonBase, hook thespian_system_started"
    assert ran.stdout.splitlines() == [
        "plugin    distribution   version  state    provides",
        "bad       dist-bad       1.0      broken   "
        "ModuleNotFoundError: No module named 'not_there' (bad_plugin.py:1)",
        "core      thespian-core  0.1.0    ok       source authority reject-all, "
        "source authority accept-all, command plugins",
        f"pigeon    my-pigeons     2.1      ok       {provides}",
        f"rival     dist-rival     1.0      ok       {provides}",
        "tiresome  dist-tiresome  1.0      blocked",
        "",
        "conflict: system base 'pigeonBase' is provided by pigeon (my-pigeons 2.1)"
        " and rival (dist-rival 1.0)",
        "  uninstall one of them, or block one:  THESPIAN_BLOCK_PLUGINS=pigeon"
        " or THESPIAN_BLOCK_PLUGINS=rival",
    ]


def test_programs_get_json_with_the_documented_keys(mixed_site: FakeSite) -> None:
    ran = mixed_site.command("plugins", "--json", block="tiresome")
    assert ran.returncode == 0
    told = json.loads(ran.stdout)
    assert list(told) == ["plugins", "conflicts", "astray"]
    plugins = {plugin["plugin"]: plugin for plugin in told["plugins"]}
    assert plugins["pigeon"] == {
        "plugin": "pigeon",
        "distribution": "my-pigeons",
        "version": "2.1",
        "state": "ok",
        "why": "",
        "provides": [
            {"kind": "system base", "name": "pigeonBase"},
            {"kind": "hook", "name": "thespian_system_started"},
        ],
    }
    assert plugins["bad"]["state"] == "broken"
    assert plugins["bad"]["why"] == "ModuleNotFoundError: No module named 'not_there' (bad_plugin.py:1)"
    assert plugins["tiresome"]["state"] == "blocked"
    assert plugins["tiresome"]["provides"] == []
    assert told["conflicts"] == [
        {
            "kind": "system base",
            "name": "pigeonBase",
            "providers": [
                {"plugin": "pigeon", "distribution": "my-pigeons", "version": "2.1"},
                {"plugin": "rival", "distribution": "dist-rival", "version": "1.0"},
            ],
        }
    ]


def test_the_help_tells_every_key_of_the_json(site: FakeSite) -> None:
    text = site.command("plugins", "--help").stdout
    keys = set(re.findall(r'"([a-z]+)":', site.command("plugins", "--json").stdout))
    assert {key for key in keys if f'"{key}"' not in text} == set()


def test_a_terminal_shows_colours_unless_they_are_not_wanted(mixed_site: FakeSite) -> None:
    shown = on_a_terminal(mixed_site, COLUMNS="100")
    assert "\x1b[32mok" in shown
    assert "\x1b[31mbroken" in shown
    assert "\x1b[33mblocked" in shown
    assert "\x1b" not in on_a_terminal(mixed_site, COLUMNS="100", NO_COLOR="1")
    assert "\x1b" not in on_a_terminal(mixed_site, COLUMNS="100", TERM="dumb")


@pytest.mark.parametrize("columns", [100, 80, 72, 60, 40, 25])
def test_no_line_about_a_plugin_is_wider_than_the_terminal(mixed_site: FakeSite, columns: int) -> None:
    shown = on_a_terminal(mixed_site, COLUMNS=str(columns), NO_COLOR="1")
    table, _, _ = shown.partition("\n\n")
    assert max(map(len, table.splitlines())) <= columns
    for word in ("pigeon", "my-pigeons", "2.1", "broken", "blocked", "not_there"):
        assert word in table


def test_what_a_package_says_can_neither_steer_the_terminal_nor_stop_the_listing(site: FakeSite) -> None:
    site.plugin("sly", "raise ValueError('\\x1b[2J caf\\u00e9')")
    ran = site.command("plugins", PYTHONIOENCODING="ascii")
    assert ran.returncode == 0
    assert "ValueError: \\x1b[2J caf\\xe9" in ran.stdout
    assert "\x1b" not in ran.stdout
