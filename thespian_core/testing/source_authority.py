"""The contract of a source authority."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Sequence
from typing import ClassVar

import pytest

from thespian_core.extending import SourceAuthority
from thespian_core.hooks.records import SourceAuthoritySpec
from thespian_core.hooks.registry import default_registry
from thespian_core.testing.contract import Contract


class SourceAuthorityContract(Contract):
    """Inherit this, name the authority, and give it something to accept and to reject.

    Attributes:
        authority_name: as its plugin registers it.
        accepted: sources that it must accept.
        rejected: sources that it must reject.
    """

    authority_name: ClassVar[str] = ""
    accepted: ClassVar[Sequence[bytes]] = ()
    rejected: ClassVar[Sequence[bytes]] = (b"", b"rubbish", b"PK\x05\x06", b"\xff" * 1000)

    @pytest.fixture
    def validate(self) -> SourceAuthority:
        """The authority under test."""
        opened: SourceAuthority = default_registry().open(SourceAuthoritySpec, self.authority_name)
        return opened

    def test_what_it_accepts_becomes_a_zip_file(self, validate: SourceAuthority) -> None:
        for data in self.accepted:
            result = validate(_hash(data), data, "accepted.zip")
            assert isinstance(result, bytes)
            assert zipfile.is_zipfile(io.BytesIO(result))

    def test_what_it_rejects_is_none_and_never_an_error(self, validate: SourceAuthority) -> None:
        for data in self.rejected:
            assert validate(_hash(data), data, None) is None

    def test_it_decides_the_same_twice(self, validate: SourceAuthority) -> None:
        for data in (*self.accepted, *self.rejected):
            assert validate(_hash(data), data, None) == validate(_hash(data), data, None)

    @pytest.mark.parametrize("info", [None, "", "a file", 5])
    def test_where_a_source_came_from_may_be_unknown(self, validate: SourceAuthority, info: object) -> None:
        for data in (*self.accepted, *self.rejected):
            assert (validate(_hash(data), data, info) is None) == (data in self.rejected)


def _hash(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()
