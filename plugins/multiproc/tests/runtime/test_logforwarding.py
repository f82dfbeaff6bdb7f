"""What leaves a process when something is logged there, and what that costs the process at worst."""

from __future__ import annotations

import logging
import logging.config
import pickle
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from plugins.multiproc.tests.runtime.log_children import (
    ADDRESS,
    Keeping,
    Wire,
    channel,
    heard,
    in_child,
)
from thespian_multiproc.runtime import logforwarding
from thespian_multiproc.runtime.logdefinitions import LEFT_ALONE
from thespian_multiproc.runtime.logforwarding import (
    STOP,
    Forwarder,
    forward_logging,
    stop_log,
)


@pytest.fixture
def wire() -> Iterator[Wire]:
    with channel() as (log_in, log_out):
        yield Wire(log_in, log_out, ADDRESS)


def test_nothing_below_the_level_leaves(wire: Wire) -> None:
    wire.logger.debug("low")
    wire.logger.info("high")
    assert wire.heard_messages() == ["high"]


def test_a_record_made_while_a_record_is_made_arrives_too(wire: Wire) -> None:
    class Talkative:
        def __str__(self) -> str:
            wire.logger.warning("I am shown")
            return "talkative"

    wire.logger.warning("see %s", Talkative())
    assert wire.heard_messages() == ["I am shown", "see talkative"]


def test_records_that_make_each_other_come_to_an_end(wire: Wire) -> None:
    class Endless:
        def __str__(self) -> str:
            wire.logger.warning("again: %s", self)
            return "endless"

    wire.logger.warning("see %s", Endless())
    *before, last = wire.heard_messages()
    assert last == "see endless"
    assert "1 log record was dropped on the way to the log process" in before
    assert before.count("again: endless") == 2


def test_without_room_only_the_first_record_waits_and_the_number_of_dropped_ones_is_told(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logforwarding, "LONGEST_WAIT_S", 0.2)
    wire.fill()
    began = time.monotonic()
    wire.logger.warning("first")
    waited = time.monotonic() - began
    for _ in range(16):
        wire.logger.warning("another")
    assert waited >= 0.2
    assert time.monotonic() - began < waited + 1.0  # and not 16 times 0.2 s more
    assert {fields["msg"] for fields in wire.heard()} == {"filling"}
    wire.logger.warning("there is room")
    complaint, after = wire.heard()
    assert (complaint["msg"], after["msg"]) == (
        "17 log records were dropped on the way to the log process",
        "there is room",
    )
    assert (complaint["name"], complaint["levelno"]) == ("thespian", logging.WARNING)
    assert complaint["actorAddress"] == str(ADDRESS)
    wire.logger.warning("and no more of it")
    assert wire.heard_messages() == ["and no more of it"]


def test_flush_tells_of_dropped_records_without_waiting_for_another_record(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logforwarding, "LONGEST_WAIT_S", 0.01)
    wire.forwarder.flush()
    assert wire.heard() == []
    wire.fill()
    wire.logger.warning("lost")
    wire.forwarder.flush()
    wire.heard()
    wire.forwarder.flush()
    wire.forwarder.flush()
    assert wire.heard_messages() == ["1 log record was dropped on the way to the log process"]


def test_dropped_records_that_could_not_be_told_of_until_the_end_are_counted_in_the_internal_log(
    wire: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THESPLOG_FILE", str(tmp_path / "internal.log"))
    monkeypatch.setattr(logforwarding, "LONGEST_WAIT_S", 0.01)
    wire.fill()
    wire.logger.warning("lost")
    wire.forwarder.flush()
    wire.forwarder.close()
    (line,) = (tmp_path / "internal.log").read_text().splitlines()
    assert line.endswith(" Warn 1 log record was dropped on the way to the log process")


def test_where_no_thread_is_to_be_had_the_next_record_tells_of_the_dropped_one(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)  # as on a machine that has no more
    monkeypatch.setattr(logforwarding, "LONGEST_WAIT_S", 0.01)
    wire.fill()
    wire.logger.warning("lost")
    wire.heard()
    wire.logger.warning("after it")
    assert wire.heard_messages() == ["1 log record was dropped on the way to the log process", "after it"]


def test_a_record_waits_for_room_that_comes_in_time(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logforwarding, "LONGEST_WAIT_S", 60.0)
    wire.fill()
    logging_thread = threading.Thread(target=wire.logger.warning, args=("patient",))
    logging_thread.start()
    messages: list[str] = []
    while "patient" not in messages:
        messages.append(pickle.loads(wire.log_in.recv(1 << 20))["msg"])
    logging_thread.join()
    assert set(messages) == {"filling", "patient"}


def test_every_record_of_many_threads_arrives_whole(wire: Wire) -> None:
    def say_much(who: int) -> None:
        for number in range(200):
            wire.logger.warning("%d %d", who, number)

    threads = [threading.Thread(target=say_much, args=(who,)) for who in range(8)]
    for thread in threads:
        thread.start()
    arrived = [pickle.loads(wire.log_in.recv(1 << 20))["msg"] for _ in range(8 * 200)]
    for thread in threads:
        thread.join()
    for who in range(8):
        mine = [message for message in arrived if message.startswith(f"{who} ")]
        assert mine == [f"{who} {number}" for number in range(200)]


def test_a_channel_that_nobody_reads_any_more_hurts_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THESPLOG_FILE", str(tmp_path / "internal.log"))
    with channel() as (log_in, log_out):
        wire = Wire(log_in, log_out, ADDRESS)
        log_in.close()
        for _ in range(20):
            wire.logger.warning("hello")
        wire.forwarder.flush()
        stop_log(log_out)
    lines = (tmp_path / "internal.log").read_text().splitlines()
    assert len(lines) == 4
    assert "ERR  a log record cannot be sent: " in lines[0]
    assert "Warn the log process cannot be asked to stop: " in lines[3]


def test_the_request_to_stop_comes_after_all_that_was_sent_before(wire: Wire) -> None:
    wire.logger.warning("before")
    stop_log(wire.log_out)
    assert pickle.loads(wire.log_in.recv(1 << 20))["msg"] == "before"
    assert wire.log_in.recv(1 << 20) == STOP


def test_the_request_to_stop_is_given_up_when_there_is_no_room(
    wire: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THESPLOG_FILE", str(tmp_path / "internal.log"))
    monkeypatch.setattr(logforwarding, "STOP_WAIT_S", 0.01)
    wire.fill()
    stop_log(wire.log_out)
    assert "takes no records, and was not asked to stop" in (tmp_path / "internal.log").read_text()
    assert STOP not in [fields["msg"] for fields in wire.heard()]


def test_the_root_logger_forwards_from_its_level_on_and_other_loggers_keep_their_levels() -> None:
    def log(log_in: socket.socket, log_out: socket.socket) -> tuple[int, int, list[str]]:
        loud, low = logging.getLogger("loud"), logging.getLogger("low")
        loud.setLevel(logging.ERROR)
        low.setLevel(logging.DEBUG)
        logging.getLogger().addHandler(logging.NullHandler())
        forward_logging(log_out, logging.INFO, ADDRESS)
        forward_logging(log_out, logging.INFO, ADDRESS)  # as in a fork of an actor's process
        for logger in (logging.getLogger(), logging.getLogger("plain"), loud, low):
            for level in (logging.DEBUG, logging.INFO, logging.ERROR):
                logger.log(level, "%s %d", logger.name, level)
        root = logging.getLogger()
        return len(root.handlers), root.level, [fields["msg"] for fields in heard(log_in)]

    with channel() as ends:
        handlers, level, messages = in_child(lambda: log(*ends))
    assert (handlers, level) == (1, logging.INFO)
    assert messages == [
        *("root 20", "root 40"),
        *("plain 20", "plain 40"),
        "loud 40",
        *("low 20", "low 40"),
    ]


def test_the_root_loggers_handlers_cannot_be_changed_but_other_loggers_can() -> None:
    def refusals(log_in: socket.socket, log_out: socket.socket) -> tuple[list[str], list[str], list[str]]:
        forward_logging(log_out, logging.INFO, ADDRESS)
        root = logging.getLogger()
        own = Keeping()
        said = []
        attempts: list[Callable[[], None]] = [
            lambda: root.addHandler(own),
            lambda: root.removeHandler(root.handlers[0]),
            lambda: logging.basicConfig(force=True),
            lambda: logging.config.dictConfig({"version": 1, "root": {"level": "INFO"}}),
        ]
        for attempt in attempts:
            try:
                attempt()
            except (NotImplementedError, ValueError) as why:
                said.append(f"{type(why).__name__}: {why.__cause__ or why}")
        logging.basicConfig(level="ERROR")  # does nothing, since there is a handler
        other = logging.getLogger("other")
        other.addHandler(own)
        other.warning("hello")
        other.removeHandler(own)
        root.warning("still here")
        seen = [record.getMessage() for record in own.records]
        return said, seen, [fields["msg"] for fields in heard(log_in)]

    with channel() as ends:
        said, seen, messages = in_child(lambda: refusals(*ends))
    assert [text.partition(":")[0] for text in said] == [*["NotImplementedError"] * 3, "ValueError"]
    assert all("give handlers for all actors in logDefs" in text for text in said)
    assert (seen, messages) == (["hello"], ["hello", "still here"])


def test_where_logging_is_left_alone_nothing_is_changed_or_sent() -> None:
    def left_alone(log_in: socket.socket, log_out: socket.socket) -> tuple[bool, list[Any]]:
        root = logging.getLogger()
        before = (root.handlers[:], root.level)
        forward_logging(log_out, LEFT_ALONE, ADDRESS)
        root.addHandler(logging.NullHandler())
        root.critical("hello")
        return (root.handlers[:-1], root.level) == before, heard(log_in)

    with channel() as ends:
        assert in_child(lambda: left_alone(*ends)) == (True, [])


def test_the_number_of_dropped_records_is_told_where_only_errors_are_written() -> None:
    with channel() as (log_in, log_out):
        log_out.setblocking(False)
        wire = Wire(log_in, log_out, ADDRESS)
        wire.logger.handlers[:] = [Forwarder(log_out, logging.ERROR, ADDRESS)]

        class Endless:
            def __str__(self) -> str:
                wire.logger.error("again: %s", self)
                return "endless"

        wire.logger.error("see %s", Endless())
        assert {fields["levelno"] for fields in wire.heard()} == {logging.ERROR}
