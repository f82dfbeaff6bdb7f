"""What of a log record arrives in the log process, whatever it holds."""

from __future__ import annotations

import enum
import logging
import logging.config
import os
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from plugins.multiproc.tests.runtime.log_children import (
    ADDRESS,
    Keeping,
    Wire,
    channel,
)
from thespian_core.addresses import ActorAddress
from thespian_multiproc.runtime.logrecords import MAX_RECORD_BYTES, pack_record


@pytest.fixture
def wire() -> Iterator[Wire]:
    with channel() as (log_in, log_out):
        yield Wire(log_in, log_out, ADDRESS)


def test_a_record_arrives_formatted_and_with_the_actors_address(wire: Wire) -> None:
    wire.logger.warning("hello %s", "there")
    (fields,) = wire.heard()
    record = logging.makeLogRecord(fields)
    assert (record.getMessage(), record.levelno, record.levelname) == ("hello there", 30, "WARNING")
    assert (record.name, record.process) == (wire.logger.name, os.getpid())
    assert (record.funcName, record.filename) == (
        "test_a_record_arrives_formatted_and_with_the_actors_address",
        Path(__file__).name,
    )
    assert fields["actorAddress"] == str(ADDRESS) == "ActorAddr-(T|:1900~x1)"


def test_a_logger_of_the_main_script_has_the_name_that_the_program_knows() -> None:
    fields = {"msg": "hello", "levelno": logging.INFO, "name": "__mp_main__.Greeter"}
    record = logging.makeLogRecord(fields)
    assert pickle.loads(pack_record(record, "me"))["name"] == "__main__.Greeter"


def test_the_admins_records_have_an_empty_address() -> None:
    with channel() as ends:
        wire = Wire(*ends, None)
        wire.logger.warning("hello")
        assert [fields["actorAddress"] for fields in wire.heard()] == [""]


@pytest.mark.parametrize("given", ["ActorAddr-other", ActorAddress("other")])
def test_an_address_that_the_record_has_already_stays_as_text(wire: Wire, given: object) -> None:
    logging.LoggerAdapter(wire.logger, {"actorAddress": given}).warning("hello")
    assert [fields["actorAddress"] for fields in wire.heard()] == ["ActorAddr-other"]


def test_an_exception_and_a_stack_arrive_as_text_and_the_record_stays_as_it_was(wire: Wire) -> None:
    after = Keeping()
    wire.logger.addHandler(after)
    try:
        raise ValueError("why")
    except ValueError:
        wire.logger.exception("it %s", "failed", stack_info=True)
    (fields,) = wire.heard()
    assert fields["exc_info"] is None
    assert "ValueError: why" in fields["exc_text"]
    assert "Stack (most recent call last)" in fields["stack_info"]
    assert "ValueError: why" in logging.Formatter().format(logging.makeLogRecord(fields))
    (record,) = after.records
    assert record.exc_info is not None
    assert (record.msg, record.args, record.exc_text) == ("it %s", ("failed",), None)


class Colour(enum.IntEnum):
    RED = 1


class Word(str):
    """A text that another process has no class for."""


class Unshowable:
    def __str__(self) -> str:
        raise ValueError("no text")

    __repr__ = __str__


def test_extra_attributes_arrive_when_they_are_plain_and_else_as_text(wire: Wire) -> None:
    extra: dict[str, Any] = {
        "number": 1.5,
        "nested": {"a": [1, (2, {3})], 4: None},
        "colour": Colour.RED,
        "word": Word("w"),
        "paths": [Path("x")],
        "bad": Unshowable(),
    }
    wire.logger.warning(Word("hello"), extra=extra)
    (fields,) = wire.heard()
    assert (fields["number"], fields["nested"]) == (1.5, {"a": [1, (2, {3})], 4: None})
    assert (fields["colour"], fields["paths"]) == (str(Colour.RED), ["x"])
    assert (type(fields["word"]), type(fields["msg"])) == (str, str)
    assert fields["bad"] == "<Unshowable whose str raises ValueError>"


def test_an_attribute_that_holds_itself_hurts_nobody(wire: Wire) -> None:
    loop: list[Any] = []
    loop.append(loop)
    wire.logger.warning("hello", extra={"loop": loop})
    assert wire.heard_messages() == ["hello"]


@pytest.mark.parametrize(
    ("message", "arguments", "said"),
    [
        ("%d pigs", ("x",), "%d pigs (its arguments do not fit: ('x',): TypeError: "),
        ("one", ("too", "many"), "one (its arguments do not fit: ('too', 'many'): TypeError: "),
        (Unshowable(), (), "<Unshowable whose str raises ValueError> (its arguments do not fit"),
        ("%s", (Unshowable(),), "(its arguments do not fit: <tuple whose repr raises ValueError>"),
    ],
)
def test_a_message_that_cannot_be_formatted_says_so_instead(
    wire: Wire, message: object, arguments: tuple[object, ...], said: str
) -> None:
    wire.logger.warning(message, *arguments)
    (arrived,) = wire.heard_messages()
    assert said in arrived


@pytest.mark.parametrize("text", ["x" * 300_000, "\u20ac" * 90_000, "\ud800" * 90_000])
def test_a_record_that_is_too_large_is_cut_and_says_so(wire: Wire, text: str) -> None:
    try:
        raise ValueError("in " + "y" * 300_000 + " the end")
    except ValueError:
        wire.logger.exception("begin %s", text, extra={"long": "z" * 300_000, "many": [0] * 200_000, "ok": 1})
    data = wire.log_in.recv(1 << 20)
    fields = pickle.loads(data)
    assert len(data) <= MAX_RECORD_BYTES
    assert fields["msg"].startswith("begin " + text[:1000].encode("utf-8", "ignore").decode())
    assert fields["msg"].endswith("characters cut: too long for a log record)")
    assert fields["exc_text"].endswith(" the end")
    assert (len(fields["long"]), len(fields["many"]), fields["ok"]) == (200, 200, 1)
    assert (fields["levelname"], fields["actorAddress"]) == ("ERROR", str(ADDRESS))


def test_a_record_with_too_many_attributes_keeps_those_of_every_record() -> None:
    extra = {f"extra{n}": f"{n:100}" for n in range(2000)}
    record = logging.makeLogRecord({"msg": "hello", "levelno": logging.INFO, **extra})
    data = pack_record(record, "me")
    fields = pickle.loads(data)
    assert len(data) <= MAX_RECORD_BYTES
    assert (fields["msg"], fields["actorAddress"], "extra0" in fields) == ("hello", "me", False)
