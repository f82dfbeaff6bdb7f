"""The contract of a log filter."""

from __future__ import annotations

import logging
from typing import ClassVar

import pytest

from thespian_core.hooks.records import LogFilterSpec
from thespian_core.hooks.registry import default_registry
from thespian_core.testing.contract import Contract

RECORDS: dict[str, dict[str, object]] = {
    "from an actor": {"msg": "hello", "actorAddress": "ActorAddr-(T|:1900~1)"},
    "from no actor": {"msg": "hello"},
    "with arguments that do not fit": {"msg": "%d", "args": ("text",)},
    "with a message that is no text": {"msg": object()},
    "with an exception": {"msg": "hello", "exc_info": (ValueError, ValueError("why"), None)},
}


class LogFilterContract(Contract):
    """Inherit this, and name the filter.

    Attributes:
        filter_name: as its plugin registers it.
    """

    filter_name: ClassVar[str] = ""

    @pytest.fixture
    def log_filter(self) -> logging.Filter:
        """The filter under test: made without arguments, as ``logDefs`` makes it."""
        opened: logging.Filter = default_registry().open(LogFilterSpec, self.filter_name)()
        return opened

    @pytest.mark.parametrize("kind", RECORDS)
    def test_every_record_is_passed_or_dropped_without_an_error(
        self, log_filter: logging.Filter, kind: str
    ) -> None:
        assert log_filter.filter(logging.makeLogRecord(RECORDS[kind])) in (True, False, 0, 1)

    @pytest.mark.parametrize("kind", RECORDS)
    def test_the_same_record_is_treated_the_same_twice(self, log_filter: logging.Filter, kind: str) -> None:
        record = logging.makeLogRecord(RECORDS[kind])
        assert bool(log_filter.filter(record)) == bool(log_filter.filter(record))

    def test_the_message_of_a_record_stays_as_it_was(self, log_filter: logging.Filter) -> None:
        record = logging.makeLogRecord({"msg": "a %s", "args": ("b",), "levelno": logging.ERROR})
        log_filter.filter(record)
        assert (record.getMessage(), record.levelno) == ("a b", logging.ERROR)
