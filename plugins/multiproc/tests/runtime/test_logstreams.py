"""Which live streams of logDefs the log process gets, and what is said of the others."""

from __future__ import annotations

import io
import logging
import os
import resource
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from thespian_multiproc.runtime.logdefinitions import pack_definitions, unpack_definitions
from thespian_multiproc.runtime.logstreams import InternalLogStream, LogStreams


@pytest.fixture
def internal_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The internal log of this test alone."""
    file = tmp_path / "internal.log"
    monkeypatch.setenv("THESPLOG_FILE", str(file))
    return file


@pytest.fixture
def pipe() -> Iterator[io.TextIOWrapper]:
    """The writing end of a pipe, as the output of a program is that another one captures."""
    reading, writing = os.pipe()
    with open(reading), open(writing, "w") as stream:
        yield stream


def writing_to(*streams: object) -> dict[str, Any]:
    handlers = {
        f"h{number}": {"class": "logging.StreamHandler", "stream": stream}
        for number, stream in enumerate(streams)
    }
    return {"version": 1, "handlers": handlers, "root": {"handlers": list(handlers)}}


@contextmanager
def arrived(log_defs: Any) -> Iterator[list[Any]]:
    """The streams that the handlers have in the log process, as if this one were it."""
    with closing(LogStreams(log_defs)) as streams:
        packed, _ = pack_definitions(log_defs, streams)
        handlers = unpack_definitions(packed, streams.descriptors)["handlers"]
        yield [handler["stream"] for handler in handlers.values()]


def warnings_for(log_defs: object, caplog: pytest.LogCaptureFixture) -> list[str]:
    with closing(LogStreams(log_defs)) as streams:
        streams.warn()
    assert all(record.name == "thespian" for record in caplog.records)
    return caplog.messages


def test_a_file_that_the_program_has_open_is_written_where_the_program_was(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with open(tmp_path / "x.log", "w", encoding="latin-1", errors="replace") as file:
        file.write("from the program\n")  # still in its buffer
        with arrived(writing_to(file)) as (stream,):
            stream.write("from the log process: \u00fc\n")
            assert (stream.encoding, stream.errors) == ("latin-1", "replace")
        file.write("the program again\n")
        assert warnings_for(writing_to(file), caplog) == []
    assert (tmp_path / "x.log").read_text("latin-1").splitlines() == [
        *("from the program", "from the log process: \u00fc", "the program again")
    ]


def test_a_binary_file_takes_bytes_there_too(tmp_path: Path) -> None:
    with open(tmp_path / "x", "wb") as file, arrived(writing_to(file)) as (stream,):
        stream.write(b"bytes\n")
    with tempfile.NamedTemporaryFile() as temporary, arrived(writing_to(temporary)) as (stream,):
        stream.write(b"bytes\n")
        assert Path(temporary.name).read_bytes() == b"bytes\n"
    assert (tmp_path / "x").read_bytes() == b"bytes\n"


def test_a_stream_that_leads_nowhere_leads_nowhere_there_too(caplog: pytest.LogCaptureFixture) -> None:
    with open(os.devnull, "w") as nowhere:
        with arrived(writing_to(nowhere)) as (stream,):
            assert os.path.samestat(os.fstat(stream.fileno()), os.stat(os.devnull))
        assert warnings_for(writing_to(nowhere), caplog) == []


def test_a_standard_stream_is_that_of_the_moment_by_name_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open(tmp_path / "out", "w") as out:
        monkeypatch.setattr(sys, "stdout", out)
        with arrived(writing_to("ext://sys.stdout", out)) as (named, given):
            assert named is given
            assert os.path.samestat(os.fstat(named.fileno()), os.fstat(out.fileno()))
            assert named.fileno() != out.fileno()


def test_streams_that_cannot_be_handed_over_are_told_in_one_warning_and_others_are_not(
    pipe: io.TextIOWrapper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with open(tmp_path / "x.log", "w") as file:
        (said,) = warnings_for(writing_to(pipe, file, "ext://sys.stderr", sys.stderr, None, "x"), caplog)
    assert said.startswith("records for logDefs['handlers']['h0']['stream'] (")
    assert " and logDefs['handlers']['h2']['stream'] (<_io.StringIO object" in said
    assert "h1" not in said
    assert "h3" not in said  # the same stream once more


def test_a_lost_stream_is_standard_error_there(pipe: io.TextIOWrapper) -> None:
    with arrived(writing_to(pipe, io.StringIO())) as streams:
        assert [stream is sys.stderr for stream in streams] == [True, True]


def test_a_handler_without_a_stream_is_told_of_when_standard_error_cannot_be_handed_over(
    pipe: io.TextIOWrapper, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "__stderr__", pipe)
    log_defs = {"handlers": {"plain": {"class": "logging.StreamHandler"}}, "version": 1}
    (said,) = warnings_for(log_defs, caplog)
    assert said.startswith(
        "records for logDefs['handlers']['plain'] (standard error) go to the internal log: "
    )


def test_a_handler_without_a_stream_is_not_told_of_when_standard_error_is_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with open(tmp_path / "err", "w") as file:
        monkeypatch.setattr(sys, "__stderr__", file)
        assert warnings_for({"handlers": {"plain": {"class": "logging.StreamHandler"}}}, caplog) == []


@pytest.mark.parametrize("log_defs", [None, False, 5, {}, {"handlers": 5}, {"handlers": {"h": 5}}])
def test_what_is_no_definition_has_no_streams(log_defs: object, caplog: pytest.LogCaptureFixture) -> None:
    assert warnings_for(log_defs, caplog) == []


def test_a_stream_that_cannot_be_copied_is_a_lost_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with open(tmp_path / "x.log", "w") as file:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (file.fileno() + 1, hard))
        try:
            streams = LogStreams(writing_to(file))
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert streams.descriptors == []
        streams.warn()
    assert len(caplog.messages) == 1


def test_a_stream_of_a_class_that_raises_is_a_lost_one(caplog: pytest.LogCaptureFixture) -> None:
    class Wrong:
        def write(self, text: str) -> None: ...

        def fileno(self) -> int:
            raise RuntimeError("no number")

    assert len(warnings_for(writing_to(Wrong()), caplog)) == 1


def test_lines_for_the_internal_log_are_written_when_they_are_whole(internal_log: Path) -> None:
    handler = logging.StreamHandler(InternalLogStream())
    record = logging.makeLogRecord({"msg": "one\ntwo"})
    handler.emit(record)
    handler.stream.write("half")
    assert [line.split(maxsplit=4)[3:] for line in internal_log.read_text().splitlines()] == [
        *(["Warn", "one"], ["Warn", "two"])
    ]
