"""What is documented holds however the processes of actors come to be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from plugins.tcp.tests.system.families import base_name, free_port, place
from thespian_core.testing import SystemBaseContract

__all__ = ["base_name", "place"]

pytestmark = pytest.mark.soak

METHODS = ["forkserver", "spawn"]


class TestEveryStartMethod(SystemBaseContract):
    """The whole contract, which takes an interpreter's start for each actor under ``spawn``."""

    @pytest.fixture(params=METHODS, autouse=True)
    def method(self, request: pytest.FixtureRequest, place: Path) -> str:
        """Each start method but the default in turn."""
        found: str = request.param
        self.start_method = found
        return found

    @pytest.fixture
    def system_base(self, base_name: str) -> str:
        """The base under test."""
        return base_name

    def fresh_capabilities(self) -> dict[str, Any]:
        """Give each system a port that nobody has, and the start method."""
        return {"Admin Port": free_port(), "Process Startup Method": self.start_method}
