"""Nothing that goes wrong with one record, or with the definitions, keeps the log process from the next."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from plugins.multiproc.tests.runtime.log_children import (
    NO_PLUGINS,
    LogProcess,
    channel,
    in_child,
    to_stdout,
)
from thespian_multiproc.runtime.logforwarding import stop_log
from thespian_multiproc.runtime.logprocess import write_records


class Wrong(logging.Handler):
    """Raises what it is told to."""

    def __init__(self, raises: type[BaseException] = ValueError) -> None:
        super().__init__()
        self.raises = raises

    def handle(self, record: logging.LogRecord) -> bool:
        raise self.raises("wrong handler")


class WrongInEmit(logging.Handler):
    """Fails as most handlers do: inside."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            raise ValueError("wrong emit")
        except ValueError:
            self.handleError(record)


class Unmade(logging.Handler):
    """Cannot be made."""

    def __init__(self) -> None:
        raise SystemExit("not made")


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


@pytest.mark.parametrize(
    ("handler", "said"),
    [
        ({"()": Wrong}, "a log record cannot be written: ValueError: wrong handler"),
        (
            {"()": Wrong, "raises": SystemExit},
            "a log record cannot be written: SystemExit: wrong handler",
        ),
        (
            {"()": WrongInEmit},
            "a log handler failed with a record of logger 'some.wrong': ValueError: wrong emit",
        ),
    ],
)
def test_a_handler_that_fails_ends_nothing_and_is_told_of_a_few_times(
    case: LogProcess, internal_log: Path, handler: dict[str, Any], said: str
) -> None:
    definitions = to_stdout(loggers={"some.wrong": {"handlers": ["wrong"], "propagate": False}})
    definitions["handlers"]["wrong"] = handler
    wrong = logging.Logger("some.wrong")
    wrong.addHandler(case.logger.handlers[0])
    for _ in range(30):
        wrong.error("hello")
    case.logger.error("the next one")
    assert case.written(definitions) == ["the next one"]
    lines = internal_log.read_text().splitlines()
    assert all(said in line for line in lines)
    assert len(lines) == 10
    assert lines[-1].endswith("(no more of these are told)")


def test_what_is_no_record_is_reported_and_the_next_one_is_written(
    case: LogProcess, internal_log: Path
) -> None:
    case.log_out.send(b"nonsense")
    case.log_out.send(pickle.dumps({"msg": "neither name nor level"}))
    case.logger.error("the next one")
    assert case.written(to_stdout()) == ["the next one"]
    assert internal_log.read_text().count("a log record cannot be written") == 2


@pytest.mark.parametrize(
    ("handler", "said"),
    [
        ({"()": "logging.FileHandler", "filename": "/"}, "IsADirectoryError"),  # not checked before
        ({"class": f"{__name__}.Wrong", "wrong": 1}, "unexpected keyword argument"),
        ({"()": Unmade}, "SystemExit: not made"),
    ],
)
def test_definitions_that_cannot_be_applied_lose_no_record(
    case: LogProcess, internal_log: Path, handler: dict[str, Any], said: str
) -> None:
    definitions = to_stdout()
    definitions["handlers"]["wrong"] = handler
    case.logger.debug("hello")
    first, second = case.written(definitions)
    assert "logDefs cannot be applied, so everything is written: " in first
    assert said in first
    assert second.endswith(" DEBUG   some.name: hello")
    assert said in internal_log.read_text()


def test_what_was_applied_of_definitions_before_they_failed_is_undone(case: LogProcess) -> None:
    silent = {"level": "CRITICAL", "propagate": False, "handlers": ["out"], "filters": ["f"]}
    wrong = {"filters": [5]}
    definitions = to_stdout(filters={"f": {"name": "no"}}, loggers={"some.name": silent, "zzz": wrong})
    case.logger.debug("hello")
    failed, *written = case.written(definitions)
    assert "cannot be applied" in failed
    assert [line.partition("some.name")[2] for line in written] == [": hello"]


def test_definitions_that_cannot_be_read_lose_no_record(case: LogProcess) -> None:
    case.logger.debug("hello")
    stop_log(case.log_out)
    in_child(lambda: case.run(b"nonsense", NO_PLUGINS))
    assert "hello" in case.output.read_text().splitlines()[-1]


def test_writing_ends_when_the_channel_is_gone(internal_log: Path) -> None:
    reports: list[str] = []
    with channel() as (log_in, _):
        log_in.setblocking(False)  # a read that would block fails, as any failure of the system would
        write_records(log_in, logging.Filterer(), lambda what, why: reports.append(what))
    assert reports == ["the log channel cannot be read any more"]
