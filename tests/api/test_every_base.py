"""Every documented statement, on every installed system base."""

from __future__ import annotations

import pytest

from thespian_core.hooks.records import SystemBaseSpec
from thespian_core.hooks.registry import default_registry
from thespian_core.testing import SystemBaseContract


class TestEveryInstalledBase(SystemBaseContract):
    @pytest.fixture(params=default_registry().names(SystemBaseSpec))
    def system_base(self, request: pytest.FixtureRequest) -> str:
        """Each installed base in turn."""
        name: str = request.param
        return name
