"""What the log process writes, and where."""

from __future__ import annotations

import logging
import logging.handlers
import os
import pickle
import queue
import signal
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from plugins.multiproc.tests.runtime.log_children import (
    NO_PLUGINS,
    Keeping,
    LogProcess,
    channel,
    in_child,
    start,
    to_stdout,
    write_streams_to,
)
from thespian_core.hooks.logfilters import filters_for_all
from thespian_core.hooks.registry import PluginRegistry
from thespian_core.hooks.selection import PluginOrigin, Selection
from thespian_multiproc.runtime.logdefinitions import pack_definitions
from thespian_multiproc.runtime.logforwarding import STOP, stop_log
from thespian_multiproc.runtime.logprocess import LogArgument, run_log, write_records
from thespian_multiproc.runtime.orders import Origin

PLUGIN = """
from thespian_core import LogFilterSpec, hookimpl

@hookimpl
def thespian_log_filters():
    yield LogFilterSpec(name="broken", opens="tested_filters:NotThere", always=True)
    yield LogFilterSpec(name="no-secrets", opens="tested_filters:NoSecrets", always=True)
    yield LogFilterSpec(name="no-noise", opens="tested_filters:NoNoise")
"""
FILTERS = """
import logging

class NoSecrets(logging.Filter):
    def filter(self, record):
        if "fault" in record.getMessage():
            raise ValueError("a wrong filter")
        return "secret" not in record.getMessage()

class NoNoise(logging.Filter):
    def filter(self, record):
        return "noise" not in record.getMessage()
"""


class Queued(logging.handlers.QueueHandler):
    """Has what it is given written by a thread."""

    def __init__(self) -> None:
        super().__init__(queue.SimpleQueue())
        self.listener = logging.handlers.QueueListener(self.queue, logging.StreamHandler(sys.stdout))


@pytest.fixture
def selection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Selection]:
    """One plugin, with a filter that is always applied, one that is not, and one that is not there."""
    (tmp_path / "tested_plugin.py").write_text(PLUGIN)
    (tmp_path / "tested_filters.py").write_text(FILTERS)
    monkeypatch.syspath_prepend(tmp_path)
    yield Selection((PluginOrigin("tested", "tested_plugin"),))
    for name in ("tested_plugin", "tested_filters"):
        sys.modules.pop(name, None)


@pytest.fixture(autouse=True)
def internal_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The internal log of this test alone."""
    file = tmp_path / "internal.log"
    monkeypatch.setenv("THESPLOG_FILE", str(file))
    return file


@pytest.fixture
def case(tmp_path: Path) -> Iterator[LogProcess]:
    with channel() as (log_in, log_out):
        yield LogProcess(log_in, log_out, tmp_path)


def test_records_are_written_as_the_definitions_say_and_in_their_order(case: LogProcess) -> None:
    for number in range(3):
        case.logger.info("hello %d", number)
    form = "%(name)s %(levelname)s %(process)d %(actorAddress)s %(message)s"
    assert case.written(to_stdout(form)) == [
        f"some.name INFO {os.getpid()} ActorAddr-(T|:1900~x1) hello {number}" for number in range(3)
    ]


def test_by_default_warnings_go_to_a_stderr_that_is_a_file(case: LogProcess) -> None:
    case.logger.info("low")
    try:
        raise ValueError("why")
    except ValueError:
        case.logger.exception("high")
    lines = case.written()
    assert lines[0].endswith(" ERROR   some.name: high")
    assert lines[-1] == "ValueError: why"
    assert not any("low" in line for line in lines)


@pytest.mark.parametrize("kind", ["pipe", "null", "none"])
def test_by_default_warnings_go_to_the_internal_log_where_nobody_reads_stderr(
    case: LogProcess, internal_log: Path, kind: str
) -> None:
    def run() -> None:
        reading, writing = os.pipe()
        sys.stderr = open(os.devnull if kind == "null" else writing, "w")  # noqa: SIM115 - for good
        if kind == "none":
            sys.stderr = None
        run_log(LogArgument(b"", os.dup(case.log_in.fileno()), NO_PLUGINS))
        os.close(reading)

    case.logger.warning("hello")
    case.logger.info("low")
    stop_log(case.log_out)
    in_child(run)
    (line,) = internal_log.read_text().splitlines()
    assert line.endswith(" Warn some.name: hello")


def test_levels_and_filters_of_a_records_own_logger_count(case: LogProcess) -> None:
    case.logger.info("one")
    case.logger.error("two")
    assert case.written(to_stdout(loggers={"some": {"level": "ERROR"}})) == ["two"]


def test_a_logger_that_the_log_process_has_by_chance_is_not_disabled(case: LogProcess) -> None:
    """The definitions' disable_existing_loggers, which is True unless said otherwise, is for programs."""
    logging.getLogger("some.name")
    case.logger.info("hello")
    assert case.written(to_stdout(disable_existing_loggers=True)) == ["hello"]


def test_a_plugins_filter_is_applied_to_every_record_when_it_says_always(
    case: LogProcess, selection: Selection, internal_log: Path
) -> None:
    case.logger.info("hello")
    case.logger.info("a secret")
    case.logger.info("a fault of the filter, which lets nothing through")
    case.logger.info("a noise")
    assert case.written(to_stdout(), selection) == ["hello", "a noise"]
    told = internal_log.read_text()
    assert "the log filter 'broken' is not applied: PluginBroken" in told
    assert "a log record cannot be written: ValueError: a wrong filter (tested_filters.py:7)" in told


@pytest.mark.parametrize("name", ["no-noise", "tested_filters.NoNoise"])
def test_a_filter_is_applied_where_it_is_asked_for_by_its_plugins_name_or_its_class(
    case: LogProcess, selection: Selection, name: str
) -> None:
    definitions = to_stdout(filters={"quiet": {"()": name}})
    definitions["handlers"]["out"]["filters"] = ["quiet"]
    case.logger.info("hello")
    case.logger.info("a noise")
    assert case.written(definitions, selection) == ["hello"]


def test_interrupts_and_requests_to_end_do_not_end_it(case: LogProcess) -> None:
    reading, writing = os.pipe()

    def run() -> bool:
        sys.stdout = open(writing, "w", buffering=1)  # noqa: SIM115 - for the rest of the process
        run_log(LogArgument(packed, os.dup(case.log_in.fileno()), NO_PLUGINS))
        # A signal may come while the next record is on its way to a handler, where nothing ends anything.
        return signal.getsignal(signal.SIGINT) == signal.getsignal(signal.SIGTERM) == signal.SIG_IGN

    packed, _ = pack_definitions(to_stdout())
    child = start(run)
    os.close(writing)
    with open(reading) as output:
        case.logger.warning("before")
        assert output.readline() == "before\n"
        for number in (signal.SIGINT, signal.SIGTERM):
            os.kill(child.pid, number)
        case.logger.warning("after")
        assert output.readline() == "after\n"
        stop_log(case.log_out)
        assert child.result()
        assert output.read() == ""


def test_a_file_is_flushed_before_the_process_ends(case: LogProcess, tmp_path: Path) -> None:
    memory = {"class": "logging.handlers.MemoryHandler", "capacity": 100, "target": "out"}
    definitions = to_stdout()
    definitions["handlers"]["memory"] = memory
    definitions["root"]["handlers"] = ["memory"]
    case.logger.info("hello")
    assert case.written(definitions) == ["hello"]


def test_what_a_queue_handlers_listener_has_is_written_before_the_process_ends(
    case: LogProcess,
) -> None:
    definitions = to_stdout()
    definitions["handlers"]["queue"] = {"()": Queued}
    definitions["root"]["handlers"] = ["queue"]
    case.logger.info("hello")
    case.logger.info("once more")
    assert case.written(definitions) == ["hello", "once more"]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="dictConfig makes no listener")
def test_a_queue_handler_of_the_definitions_writes_to_its_handlers(case: LogProcess) -> None:
    definitions = to_stdout()
    definitions["handlers"]["queue"] = {"class": "logging.handlers.QueueHandler", "handlers": ["out"]}
    definitions["root"]["handlers"] = ["queue"]
    case.logger.info("hello")
    assert case.written(definitions) == ["hello"]


@pytest.mark.parametrize("mode", ["w", "x"])
def test_a_log_process_after_the_first_adds_to_the_files_that_the_first_has_made(
    case: LogProcess, tmp_path: Path, mode: str
) -> None:
    file = {"class": "logging.FileHandler", "filename": str(tmp_path / "x.log"), "mode": mode}
    packed, _ = pack_definitions({"version": 1, "handlers": {"f": file}, "root": {"handlers": ["f"]}})

    def run(again: bool) -> None:
        run_log(LogArgument(packed, os.dup(case.log_in.fileno()), NO_PLUGINS, again=again))

    for again in (False, True):
        case.logger.warning("again: %s", again)
        stop_log(case.log_out)
        in_child(partial(run, again))
    assert (tmp_path / "x.log").read_text() == "again: False\nagain: True\n"


def test_a_filter_may_replace_a_record_where_python_allows_it() -> None:
    class Replacing(logging.Filterer):
        def filter(self, record: logging.LogRecord) -> Any:
            return logging.makeLogRecord({**record.__dict__, "msg": "another"})

    handler = Keeping()
    logger = logging.getLogger("replaced")
    logger.addHandler(handler)
    with channel() as (log_in, log_out):
        log_out.send(pickle.dumps({"name": "replaced", "levelno": logging.ERROR, "msg": "one"}))
        log_out.send(STOP)
        write_records(log_in, Replacing(), lambda what, why: None)
    logger.removeHandler(handler)
    assert [record.getMessage() for record in handler.records] == ["another"]


def test_without_plugins_no_filter_is_applied_to_all() -> None:
    none = PluginRegistry.from_selection(NO_PLUGINS)
    assert filters_for_all(none, lambda what, why: None).filters == []


def test_a_handler_class_of_the_programs_main_script_is_found(case: LogProcess, tmp_path: Path) -> None:
    script = tmp_path / "program.py"
    script.write_text(
        "import logging\n"
        "class Shouting(logging.StreamHandler):\n"
        "    def format(self, record):\n"
        "        return record.getMessage().upper()\n"
    )
    packed = pickle.dumps(
        {
            "version": 1,
            "handlers": {"out": {"class": "__main__.Shouting"}},
            "root": {"handlers": ["out"], "level": 0},
        }
    )
    case.logger.info("hello")
    stop_log(case.log_out)

    def run() -> None:
        write_streams_to(str(case.output))
        origin = Origin(main_path=str(script))
        run_log(LogArgument(packed, os.dup(case.log_in.fileno()), NO_PLUGINS, origin))

    in_child(run)
    assert case.output.read_text() == "HELLO\n"
