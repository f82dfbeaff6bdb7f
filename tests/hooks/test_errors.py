"""Plugin errors tell what was asked, what there is and what to do, also after pickling."""

from __future__ import annotations

import pickle
from textwrap import dedent

import pytest

from thespian_core.errors import ActorSystemException
from thespian_core.hooks.errors import (
    PluginBroken,
    PluginConflict,
    PluginError,
    PluginNotFound,
    describe,
    place_of,
)
from thespian_core.hooks.records import CodecSpec
from thespian_core.hooks.selection import PluginFault, PluginOrigin

CORE = PluginOrigin("core", "thespian_core.plugin", "thespian-core", "0.1.0")
SIMPLE = PluginOrigin("simple", "thespian_simple.plugin", "thespian-simple", "0.1.0")
TCP = PluginOrigin("tcp", "thespian_tcp.plugin", "thespian-tcp", "0.1.0")
UDP = PluginOrigin("udp", "thespian_udp.plugin", "thespian-udp", "0.1.0")
BARE = PluginOrigin("bare", "bare_plugin")
NOT_THERE = PluginFault(TCP, "ModuleNotFoundError: No module named 'not_there'")


def text(literal: str) -> str:
    """Undo the indentation of a text in this file."""
    return dedent(literal).strip("\n")


def test_a_missing_base_is_told_word_for_word_as_promised() -> None:
    error = PluginNotFound("system base", "multiprocTCPBase", (("simpleSystemBase", SIMPLE),), (NOT_THERE,))
    assert str(error) == text(
        """
        no system base named 'multiprocTCPBase' is installed
          installed: simpleSystemBase (thespian-simple 0.1.0)
          it comes with thespian-tcp:  pip install thespian-tcp
          could not be loaded: tcp (thespian-tcp 0.1.0): ModuleNotFoundError: No module named 'not_there'
          all plugins:  thespian plugins
        """
    )


def test_when_nothing_is_installed_that_is_said() -> None:
    assert str(PluginNotFound("codec", "json")) == text(
        """
        no codec named 'json' is installed
          installed: none
          all plugins:  thespian plugins
        """
    )


def test_blocked_plugins_are_named_with_what_blocks_them() -> None:
    error = PluginNotFound("transport", "pigeon", (), (), (UDP, TCP))
    assert "\n  blocked: tcp, udp (THESPIAN_BLOCK_PLUGINS)\n" in str(error)


def test_what_is_installed_but_blocked_need_not_be_installed_again() -> None:
    error = PluginNotFound("system base", "multiprocUDPBase", (), (), (UDP,))
    assert "  it comes with thespian-udp, which is installed but blocked\n" in str(error)
    assert "pip install" not in str(error)


@pytest.mark.parametrize(
    ("kind", "name", "home"),
    [
        ("system base", "simpleSystemBase", "thespian-simple"),
        ("system base", "multiprocTCPBase", "thespian-tcp"),
        ("system base", "multiprocUDPBase", "thespian-udp"),
        ("system base", "multiprocQueueBase", "thespian-queue"),
        ("command", "director", "thespian-director"),
        ("command", "status", "thespian-operator"),
        ("command", "top", "thespian-operator"),
        ("command", "stop", "thespian-operator"),
        ("source authority", "director", "thespian-director"),
        ("log filter", "actor-address", "thespian-director"),
    ],
)
def test_each_name_of_ours_is_told_with_the_distribution_that_brings_it(
    kind: str, name: str, home: str
) -> None:
    lines = str(PluginNotFound(kind, name)).splitlines()
    assert f"  it comes with {home}:  pip install {home}" in lines
    assert not any("did you mean" in line for line in lines)


def test_a_slip_of_the_pen_is_told_with_what_was_meant() -> None:
    installed = PluginNotFound("system base", "simplesystembase", (("simpleSystemBase", SIMPLE),))
    assert "\n  did you mean simpleSystemBase?\n" in str(installed)
    assert "pip install" not in str(installed)
    elsewhere = str(PluginNotFound("system base", "multiprocTCPbase", (("simpleSystemBase", SIMPLE),)))
    assert "\n  did you mean multiprocTCPBase?\n  it comes with thespian-tcp:  pip" in elsewhere


def test_a_name_like_no_other_gets_no_suggestion() -> None:
    assert "did you mean" not in str(PluginNotFound("system base", "xyzzy", (("simpleSystemBase", SIMPLE),)))


def test_every_installed_name_has_a_line() -> None:
    error = PluginNotFound("command", "x", (("plugins", CORE), ("bare", BARE)))
    assert "\n  installed: plugins (thespian-core 0.1.0)\n  installed: bare (plugin bare)\n" in str(error)


def test_a_missing_plugin_is_an_import_error_too() -> None:
    with pytest.raises(ImportError) as raised:
        raise PluginNotFound("system base", "pigeonBase")
    assert isinstance(raised.value, ModuleNotFoundError)
    assert raised.value.msg == str(raised.value)
    assert raised.value.name == "pigeonBase"


def test_a_conflict_names_both_releases_and_what_to_block() -> None:
    assert str(PluginConflict("transport", "tcp", (TCP, UDP))) == text(
        """
        transport 'tcp' is provided by tcp (thespian-tcp 0.1.0) and udp (thespian-udp 0.1.0)
          uninstall one of them, or block one:  THESPIAN_BLOCK_PLUGINS=tcp or THESPIAN_BLOCK_PLUGINS=udp
          all plugins:  thespian plugins
        """
    )


def test_a_conflict_advises_no_block_that_could_not_help() -> None:
    twin = PluginOrigin("tcp", "other", "other-tcp", "2")
    assert "block" not in str(PluginConflict("transport", "tcp", (TCP, twin)))
    assert "BLOCK_PLUGINS=core" not in str(PluginConflict("command", "plugins", (CORE, TCP)))


def test_a_broken_plugin_is_told_with_what_can_be_done() -> None:
    assert str(PluginBroken("ValueError: boom", TCP)) == text(
        """
        plugin tcp (thespian-tcp 0.1.0) is broken: ValueError: boom
          mend it, uninstall it, or block it:  THESPIAN_BLOCK_PLUGINS=tcp
          all plugins:  thespian plugins
        """
    )
    assert "BLOCK" not in str(PluginBroken("ValueError: boom", CORE))
    assert "reinstall" in str(PluginBroken("ValueError: boom", CORE))


@pytest.mark.parametrize(
    "error",
    [
        PluginError("plugins cannot be looked up now"),
        PluginNotFound("system base", "x", (("simpleSystemBase", SIMPLE),), (NOT_THERE,), (UDP,)),
        PluginConflict("transport", "tcp", (TCP, UDP)),
        PluginBroken("boom", TCP),
        PluginBroken("boom"),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_errors_say_the_same_after_pickling(error: PluginError, protocol: int) -> None:
    again = pickle.loads(pickle.dumps(error, protocol))
    assert type(again) is type(error)
    assert isinstance(again, ActorSystemException)
    assert str(again) == str(error)
    assert again.args == error.args
    assert vars(again) == vars(error)


class Unspeakable(Exception):
    """An exception whose text cannot be had."""

    def __str__(self) -> str:
        raise ValueError


def test_any_exception_can_be_told_in_one_line() -> None:
    assert describe(ValueError("two\n   lines")) == "ValueError: two lines"
    assert describe(ValueError()) == "ValueError"
    assert describe(ValueError("\x1b[2J\u200b caf\u00e9")) == "ValueError: \\x1b[2J\\u200b caf\u00e9"
    assert describe(Unspeakable()) == "Unspeakable: (its text cannot be read)"


def test_the_place_of_an_error_is_the_line_of_the_plugin_not_ours() -> None:
    with pytest.raises(ValueError, match="must look like") as raised:
        CodecSpec(name="x", tag=16, opens="nowhere")
    line = raised.tb.tb_lineno
    assert place_of(raised.value) == f" (test_errors.py:{line})"
    assert place_of(ValueError("never raised")) == ""
