"""What every installed base does with ``logDefs`` and with the log filters of plugins."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from thespian_core.addresses import ActorAddress
from thespian_core.api.actor import Actor
from thespian_core.api.system import ActorSystem
from thespian_core.errors import ActorSystemStartupFailure
from thespian_core.hooks.records import SystemBaseSpec
from thespian_core.hooks.registry import PluginRegistry, default_registry, use_registry
from thespian_core.hooks.selection import PluginOrigin, Selection
from tools.ports import free_port

PATIENCE_S = 40  # a deadline that only a failing test waits for

PLUGIN = """
from thespian_core import LogFilterSpec, hookimpl

@hookimpl
def thespian_log_filters():
    yield LogFilterSpec(name="no-noise", opens="silencing_filters:NoNoise")
    yield LogFilterSpec(name="no-secrets", opens="silencing_filters:NoSecrets", always=True)
    yield LogFilterSpec(name="not-there", opens="silencing_filters:NotThere")
"""
FILTERS = """
import logging

class NoNoise(logging.Filter):
    def filter(self, record):
        return "noise" not in record.getMessage()

class NoSecrets(logging.Filter):
    def filter(self, record):
        if "fault" in record.getMessage():
            raise ValueError("a wrong filter")
        return "secret" not in record.getMessage()
"""


class Speaker(Actor):
    """Logs what it is sent."""

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Log."""
        if isinstance(message, list):
            for text in message:
                self.logger("speaker").info(text)
            self.send(sender, str(self.myAddress))


@pytest.fixture(params=default_registry().names(SystemBaseSpec))
def base_name(request: pytest.FixtureRequest) -> str:
    """Each base in turn."""
    name: str = request.param
    return name


@pytest.fixture(autouse=True)
def logging_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put the root logger back, which some base configures in this process."""
    monkeypatch.setenv("THESPLOG_FILE", str(tmp_path / "internal.log"))
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    for handler in {*root.handlers} - {*handlers}:
        handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def filters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A plugin with a filter, one that applies to every record, and one that is not there."""
    (tmp_path / "silencing_plugin.py").write_text(PLUGIN)
    (tmp_path / "silencing_filters.py").write_text(FILTERS)
    monkeypatch.syspath_prepend(tmp_path)
    plugin = PluginOrigin("silencing", "silencing_plugin")
    known = default_registry().selection().used
    before = use_registry(PluginRegistry.from_selection(Selection((*known, plugin))))
    yield
    use_registry(before)
    for name in ("silencing_plugin", "silencing_filters"):
        sys.modules.pop(name, None)


def to_file(file: Path, filter: str | None = None) -> dict[str, Any]:
    """logDefs that write to a file."""
    handler: dict[str, Any] = {"class": "logging.FileHandler", "filename": str(file), "formatter": "f"}
    log_defs: dict[str, Any] = {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"f": {"format": "%(actorAddress)s %(message)s"}},
        "handlers": {"file": handler},
        "loggers": {"speaker": {"handlers": ["file"], "level": "INFO", "propagate": False}},
    }
    if filter is not None:
        log_defs["filters"] = {"silencing": {"()": filter}}
        handler["filters"] = ["silencing"]
    return log_defs


def written(base_name: str, file: Path, log_defs: dict[str, Any], *texts: str) -> list[str]:
    """Return what is written when an actor logs some texts."""
    system = ActorSystem(base_name, {"Admin Port": free_port()}, log_defs, transientUnique=True)
    try:
        address = system.ask(system.createActor(Speaker), list(texts), PATIENCE_S)
    finally:
        system.shutdown()
        logger = logging.getLogger("speaker")
        for handler in logger.handlers[:]:
            logger.removeHandler(handler)
            handler.close()
    return [line.removeprefix(f"{address} ") for line in file.read_text().splitlines()]


def test_an_actors_own_logger_gives_its_records_its_address(base_name: str, tmp_path: Path) -> None:
    file = tmp_path / "x.log"
    assert written(base_name, file, to_file(file), "one", "two") == ["one", "two"]


def test_an_empty_dictionary_is_as_good_as_none(base_name: str, tmp_path: Path) -> None:
    system = ActorSystem(base_name, {"Admin Port": free_port()}, logDefs={}, transientUnique=True)
    try:
        assert system.ask(system.createActor(Speaker), ["one"], PATIENCE_S)
    finally:
        system.shutdown()


@pytest.mark.usefixtures("filters")
@pytest.mark.parametrize("name", ["no-noise", "silencing_filters.NoNoise"])
def test_a_plugins_filter_is_used_by_its_name_or_its_dotted_path(
    base_name: str, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "x.log"
    log_defs = to_file(file, name)
    assert written(base_name, file, log_defs, "a noise", "one") == ["one"]
    assert log_defs == to_file(file, name)


@pytest.mark.usefixtures("filters")
def test_a_filters_name_that_no_plugin_has_is_told_with_those_that_are_there(
    base_name: str, tmp_path: Path
) -> None:
    log_defs = to_file(tmp_path / "x.log", "no-nose")
    with pytest.raises(ActorSystemStartupFailure, match="no log filter named 'no-nose'") as raised:
        ActorSystem(base_name, {"Admin Port": free_port()}, log_defs, transientUnique=True)
    assert "did you mean no-noise?" in str(raised.value)


@pytest.mark.usefixtures("filters")
def test_a_filter_that_applies_always_need_not_be_asked_for_and_when_it_fails_no_actor_is_hurt(
    base_name: str, tmp_path: Path
) -> None:
    file = tmp_path / "x.log"
    texts = ("a secret", "a fault of the filter, which lets nothing through", "one")
    assert written(base_name, file, to_file(file), *texts) == ["one"]
    assert (
        "a log record cannot be written: ValueError: a wrong filter (silencing_filters.py:11)"
        in (tmp_path / "internal.log").read_text()
    )


@pytest.mark.usefixtures("filters")
def test_a_filter_that_nobody_offers_is_told(base_name: str, tmp_path: Path) -> None:
    with pytest.raises(ActorSystemStartupFailure, match=r"logDefs cannot be applied: .*'no-nonsense'"):
        written(base_name, tmp_path / "x.log", to_file(tmp_path / "x.log", "no-nonsense"))


class Failing(logging.Handler):
    """Raises what a handler should keep to itself."""

    def emit(self, record: logging.LogRecord) -> None:
        """Raise."""
        raise ValueError("this handler always fails")


def test_a_handler_that_fails_hurts_no_actor_and_no_other_handler(base_name: str, tmp_path: Path) -> None:
    file = tmp_path / "x.log"
    log_defs = to_file(file)
    log_defs["handlers"]["failing"] = {"class": f"{__name__}.Failing"}
    log_defs["loggers"]["speaker"]["handlers"] = ["failing", "file"]
    assert written(base_name, file, log_defs, "one", "two") == ["one", "two"]
    assert "ValueError: this handler always fails" in (tmp_path / "internal.log").read_text()
