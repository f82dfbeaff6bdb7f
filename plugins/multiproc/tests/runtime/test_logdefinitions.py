"""What the user's logDefs are when they arrive in the log process, and which never leave the starter."""

from __future__ import annotations

import logging
import logging.config
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from thespian_core.errors import ActorSystemStartupFailure
from thespian_core.hooks.registry import PluginRegistry, use_registry
from thespian_core.hooks.selection import PluginOrigin, Selection
from thespian_multiproc.runtime.logdefinitions import LEFT_ALONE, pack_definitions, unpack_definitions


def definitions(**more: Any) -> dict[str, Any]:
    return {"version": 1, **more}


def refusal(log_defs: Any) -> str:
    with pytest.raises(ActorSystemStartupFailure) as caught:
        pack_definitions(log_defs)
    return str(caught.value)


def test_none_means_warnings_and_false_that_logging_is_left_alone() -> None:
    assert pack_definitions(None) == (b"", logging.WARNING)
    packed, level = pack_definitions(False)
    assert (packed, level) == (b"", LEFT_ALONE)
    assert level > logging.CRITICAL


HANDLERS: dict[str, Any] = {
    "all": {"class": "logging.NullHandler"},
    "info": {"class": "logging.NullHandler", "level": "INFO"},
    "error": {"class": "logging.NullHandler", "level": "ERROR"},
}


@pytest.mark.parametrize(
    ("more", "handlers", "lowest"),
    [
        # What loggers let through, since there is a handler that takes all:
        ({}, ["all"], logging.WARNING),
        ({"root": {}}, ["all"], logging.WARNING),
        ({"root": {"level": None}}, ["all"], logging.WARNING),
        ({"root": {"level": "ERROR"}}, ["all"], logging.ERROR),
        ({"root": {"level": "ERROR"}, "loggers": {"a": {"level": "DEBUG"}, "b": {}}}, ["all"], 10),
        ({"root": {"level": "ERROR"}, "loggers": {"a": {"level": "NOTSET"}}}, ["all"], logging.ERROR),
        ({"root": {"level": "NOTSET"}}, ["all"], 0),
        ({"root": {"level": "ext://logging.DEBUG"}}, ["all"], logging.DEBUG),
        ({"root": {"level": "cfg://mine"}, "mine": "INFO"}, ["all"], logging.INFO),
        ({"root": {"level": 1 << 40}}, ["all"], LEFT_ALONE - 1),
        # What handlers take of that:
        ({"root": {"level": "DEBUG"}}, ["info", "error"], logging.INFO),
        ({"root": {"level": "DEBUG"}}, ["error"], logging.ERROR),
        ({"root": {"level": "ERROR"}}, ["info"], logging.ERROR),
        ({}, ["all", "error"], logging.WARNING),
        # Where there is no handler, Python has one of last resort, for warnings.
        ({"root": {"level": "DEBUG"}}, [], logging.WARNING),
        ({"loggers": {"a": {"level": "DEBUG", "handlers": ["error"]}}}, ["error"], logging.ERROR),
    ],
)
def test_nothing_is_sent_that_no_logger_lets_through_or_no_handler_takes(
    more: dict[str, Any], handlers: list[str], lowest: int
) -> None:
    given = definitions(handlers={name: HANDLERS[name] for name in handlers}, **more)
    if handlers:
        given["root"] = {**given.get("root", {}), "handlers": handlers}
    assert pack_definitions(given)[1] == lowest


def test_what_no_handler_of_the_definitions_takes_is_sent_for_the_handler_of_last_resort() -> None:
    only_elsewhere = {"loggers": {"a": {"handlers": ["error"]}}, "handlers": {"error": HANDLERS["error"]}}
    assert pack_definitions(definitions(**only_elsewhere))[1] == logging.WARNING


def test_a_level_that_only_the_starter_has_a_name_for_arrives_as_a_number() -> None:
    logging.addLevelName(7, "MURMUR")
    given = definitions(handlers={"all": HANDLERS["all"]}, root={"level": "MURMUR", "handlers": ["all"]})
    packed, lowest = pack_definitions(given)
    assert (unpack_definitions(packed)["root"]["level"], lowest) == (7, 7)
    assert given["root"]["level"] == "MURMUR"


@pytest.mark.parametrize("mapping", [dict, MappingProxyType])
def test_what_is_not_a_level_arrives_as_it_was(mapping: Callable[[dict[str, Any]], Any]) -> None:
    given = definitions(
        formatters={"f": {"format": "%(message)s"}},
        filters={"none": {"name": "a.b"}},
        handlers={"h": {"class": "logging.FileHandler", "filename": Path("x.log"), "formatter": "f"}},
        loggers={"a": {"handlers": ("h",), "filters": ["none"], "propagate": False}},
        more=[1, {"two": 3.0}],
    )
    assert unpack_definitions(pack_definitions(mapping(given))[0]) == given


@pytest.mark.parametrize("name", ["stdout", "stderr", "__stdout__", "__stderr__"])
def test_a_standard_stream_becomes_that_of_the_other_process(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = definitions(
        handlers={"h": {"class": "logging.StreamHandler", "stream": getattr(sys, name)}},
    )
    packed, _ = pack_definitions(given)
    there = object()
    monkeypatch.setattr(sys, name.strip("_"), there)
    assert unpack_definitions(packed)["handlers"]["h"]["stream"] is there


def test_a_stream_on_a_standard_descriptor_is_that_standard_stream() -> None:
    with open(1, "w", closefd=False) as stream:
        packed, _ = pack_definitions(
            definitions(handlers={"h": {"class": "logging.StreamHandler", "stream": stream}})
        )
    assert unpack_definitions(packed)["handlers"]["h"]["stream"] is sys.stdout


def test_what_cannot_be_pickled_is_named(tmp_path: Path) -> None:
    with open(tmp_path / "x.log", "w") as stream:
        said = refusal(definitions(handlers={"h": {"class": "logging.StreamHandler", "stream": stream}}))
    assert said.startswith("logDefs['handlers']['h']['stream'] cannot be sent to the log process")
    assert "x.log" in said
    assert "TypeError" in said
    assert "logDefs['mine'][1]" in refusal(definitions(mine=[1, lambda: None, 2]))


@pytest.mark.parametrize(
    ("log_defs", "said"),
    [
        (True, "a dictConfig dictionary, None or False, not True"),
        ({}, "no 'version'"),
        ({"version": 2}, "'version' must be 1, not 2"),
        (definitions(handlers=["h"]), "'handlers' must be a dictionary"),
        (definitions(loggers={"a": "INFO"}), "loggers entry 'a' must be a dictionary, not 'INFO'"),
        (definitions(root=["h"]), "'root' must be a dictionary"),
        (definitions(root={"level": "debug"}), "'root' has the unknown level 'debug'"),
        (definitions(root={"level": 1.5}), "unknown level 1.5"),
        (definitions(loggers={"a": {"level": "LOUD"}}), "loggers entry 'a' has the unknown level 'LOUD'"),
        (definitions(handlers={"h": {}}), "handlers entry 'h' has no 'class'"),
        (definitions(handlers={"h": {"class": "not_there.H"}}), "'not_there.H', which cannot be imported"),
        (definitions(filters={"f": {"()": "not-there"}}), "no log filter named 'not-there' is installed"),
        (definitions(root={"handlers": ["h"]}), "'root' asks for 'h', which is not among its 'handlers'"),
        (definitions(root={"handlers": "h"}), "must give its 'handlers' as a list, not 'h'"),
        (definitions(root={"filters": ["f"]}), "not among its 'filters'"),
        (
            definitions(handlers={"h": {"class": "logging.NullHandler", "formatter": "f"}}),
            "handlers entry 'h' asks for 'f', which is not among its 'formatters'",
        ),
        (
            definitions(handlers={"h": {"class": "logging.FileHandler", "filename": "not_there/x.log"}}),
            f"handlers entry 'h' writes to a file in {os.getcwd()}/not_there, and there is no such folder",
        ),
        (
            definitions(handlers={"h": {"class": "logging.FileHandler", "filename": os.sep}}),
            f"handlers entry 'h' writes to the file {os.sep}, which is a folder",
        ),
        (
            definitions(handlers={"h": {"class": "logging.FileHandler", "filename": ["x.log"]}}),
            "handlers entry 'h' cannot be made: its 'filename' is no path but ['x.log']",
        ),
        (
            definitions(handlers={"h": {"class": "logging.StreamHandler", "wrong": 1}}),
            "handlers entry 'h' cannot be made: got an unexpected keyword argument 'wrong'",
        ),
        (
            definitions(handlers={"h": {"class": "logging.FileHandler"}}),
            "handlers entry 'h' cannot be made: missing a required argument: 'filename'",
        ),
        (definitions(formatters={"f": {"format": "%(message"}}), "formatters entry 'f' cannot be made: "),
        (definitions(formatters={"f": {"style": "?"}}), "formatters entry 'f' cannot be made: "),
        (definitions(root={"level": "ext://not_there.LEVEL"}), "not_there"),
    ],
)
def test_definitions_that_cannot_be_applied_are_refused_in_the_starter(log_defs: Any, said: str) -> None:
    assert refusal(log_defs).startswith("logDefs cannot be applied: ")
    assert said in refusal(log_defs)


class MakesItsFolder(logging.FileHandler):
    """As many programs have one."""


@pytest.mark.parametrize(
    "entry",
    [
        {"class": "logging.FileHandler", "filename": "not_there/x.log", "delay": True},
        {"class": MakesItsFolder, "filename": "not_there/x.log", "wrong": 1},
        {"()": "logging.FileHandler", "filename": "not_there/x.log"},
        {"class": "logging.NullHandler", "formatter": "f", "filters": [], ".": {"name": "x"}},
        {"class": "logging.handlers.MemoryHandler", "capacity": 5, "target": "h"},
    ],
)
def test_what_may_work_in_the_log_process_is_not_refused(entry: dict[str, Any]) -> None:
    formatters = {"f": {"format": "cfg://text"}, "own": {"class": "logging.Formatter", "format": "%(message"}}
    pack_definitions(definitions(handlers={"h": entry}, formatters=formatters, text="%(message)s"))


def test_a_module_that_fails_or_ends_the_program_is_a_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "log_module_that_leaves.py").write_text("raise SystemExit('bye')\n")
    said = refusal(definitions(handlers={"h": {"class": "log_module_that_leaves.H"}}))
    assert said == "logDefs cannot be applied: SystemExit: bye"


def test_what_logging_itself_takes_is_taken() -> None:
    """An incremental definition, references that are objects, and keys of a handler's own class."""
    pack_definitions(
        definitions(incremental=True, handlers={"elsewhere": {"level": "INFO"}}, root={"handlers": ["too"]})
    )
    pack_definitions(
        definitions(
            filters={"f": {"()": logging.Filter, "name": "a"}},
            handlers={"h": {"()": logging.NullHandler, "filters": ["f", logging.Filter("b")], "handlers": 5}},
            root={"handlers": ["h"]},
        )
    )


@pytest.fixture
def quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A plugin with the log filters ``quiet`` and ``absent``."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "quiet_plugin.py").write_text(
        "from thespian_core import LogFilterSpec, hookimpl\n"
        "@hookimpl\n"
        "def thespian_log_filters():\n"
        "    yield LogFilterSpec(name='quiet', opens='quiet_filters:Quiet')\n"
        "    yield LogFilterSpec(name='absent', opens='quiet_filters:Absent')\n"
    )
    (tmp_path / "quiet_filters.py").write_text("import logging\nclass Quiet(logging.Filter): pass\n")
    before = use_registry(PluginRegistry.from_selection(Selection((PluginOrigin("quiet", "quiet_plugin"),))))
    yield
    use_registry(before)


@pytest.mark.usefixtures("quiet")
def test_a_filter_may_be_asked_for_by_the_name_that_its_plugin_gives_it() -> None:
    packed, _ = pack_definitions(definitions(filters={"f": {"()": "quiet"}}))
    assert unpack_definitions(packed)["filters"] == {"f": {"()": "quiet"}}


@pytest.mark.usefixtures("quiet")
def test_a_filter_that_its_plugin_cannot_give_is_a_refusal() -> None:
    said = refusal(definitions(filters={"f": {"()": "absent"}}))
    assert said.startswith("logDefs cannot be applied: plugin quiet is broken: cannot open quiet_filters:")
