"""What all contracts have in common: tests that a plugin may say it does not pass, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

import pytest

PATIENCE_S = 30  # a deadline that only a failing test waits for
SOON_S = 0.3  # how long a test listens for what must not come


class Contract:
    """Derive from one of the contracts, name what is tested, and inherit every test.

    Attributes:
        not_promised: names of tests that are left out, by the reason.
    """

    not_promised: ClassVar[Mapping[str, Iterable[str]]] = {}

    @pytest.fixture
    def left_out(self) -> Mapping[str, Iterable[str]]:
        """What is not promised, by the reason; a contract may add what the plugin itself says."""
        return self.not_promised

    @pytest.fixture(autouse=True)
    def _only_what_is_promised(
        self, request: pytest.FixtureRequest, left_out: Mapping[str, Iterable[str]]
    ) -> None:
        name = request.function.__name__
        for reason, tests in left_out.items():
            if name in tests:
                pytest.skip(f"not promised: {reason}")

    def test_what_is_not_promised_are_tests_of_the_contract(
        self, left_out: Mapping[str, Iterable[str]]
    ) -> None:
        unknown = [name for tests in left_out.values() for name in tests if not hasattr(type(self), name)]
        assert not unknown, f"not_promised names tests that do not exist: {unknown}"
