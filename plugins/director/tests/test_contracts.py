"""Everything that this package provides passes the contract that a stranger's must."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, ClassVar

import pytest

from plugins.director.tests.conftest import Operator
from plugins.director.tests.packagekit import a_key, package
from thespian_core.extending import SourceAuthority
from thespian_core.testing import DirectorCommandContract, LogFilterContract, SourceAuthorityContract
from thespian_core.testing.sourcekit import program
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


class TestDirectorAuthority(SourceAuthorityContract):
    authority_name = "director"
    accepted: ClassVar[Sequence[bytes]] = (package(1, a_key()), package(2, a_key("rsa")))
    rejected: ClassVar[Sequence[bytes]] = (
        *SourceAuthorityContract.rejected,
        program(1),
        package(1, a_key("ed25519 of somebody else")),
        package(1, a_key())[:-1],
    )

    @pytest.fixture(autouse=True)
    def keys(self, operator: Operator) -> None:
        for number, key in enumerate((a_key(), a_key("rsa"))):
            operator.write(f"{number}_tls.key", key.public_pem())

    def test_nothing_is_accepted_without_a_folder_or_in_one_that_others_can_write(
        self, validate: SourceAuthority, operator: Operator, caplog: pytest.LogCaptureFixture
    ) -> None:
        operator.folder.chmod(0o777)
        assert [validate("", data, None) for data in self.accepted] == [None, None]
        assert "can be written by everybody" in caplog.text
        operator.folder.rename(operator.folder.with_name("away"))
        assert [validate("", data, None) for data in self.accepted] == [None, None]
        assert "does not exist" in caplog.text

    def test_why_a_source_is_rejected_is_logged_with_its_name(
        self, validate: SourceAuthority, caplog: pytest.LogCaptureFixture
    ) -> None:
        assert validate("5f", self.rejected[-1], "here/foo.tls") is None
        assert "the source 5f (here/foo.tls) is rejected: it was changed after it was signed" in caplog.text
