"""Everything that this package provides passes the contract that a stranger's must."""

from __future__ import annotations

import logging
from typing import Any

from thespian_core.testing import DirectorCommandContract, LogFilterContract
from thespian_director.plugin import COMMANDS

for name in COMMANDS:
    test = f"Test{name.title()}"
    globals()[test] = type(test, (DirectorCommandContract,), {"command_name": name})


class TestActorAddress(LogFilterContract):
    filter_name = "actor-address"

    def test_every_record_passes_and_has_a_text_for_its_actor(self, log_filter: logging.Filter) -> None:
        records: list[Any] = [
            logging.makeLogRecord(more) for more in ({}, {"actorAddress": None}, {"actorAddress": "A"})
        ]
        assert [log_filter.filter(record) for record in records] == [True, True, True]
        assert [record.actorAddress for record in records] == ["", "", "A"]
