"""Every documented statement, on every installed system base."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from thespian_core.hooks.records import SystemBaseSpec
from thespian_core.hooks.registry import default_registry
from thespian_core.testing import SystemBaseContract


class TestEveryInstalledBase(SystemBaseContract):
    # Twice as deep as any stack; a hop between two processes takes a while.
    chain_length = 2_000

    @pytest.fixture(params=default_registry().names(SystemBaseSpec))
    def system_base(self, request: pytest.FixtureRequest) -> str:
        """Each installed base in turn."""
        name: str = request.param
        return name

    def fresh_capabilities(self) -> dict[str, Any]:
        """Give each system a port that nobody has."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return {"Admin Port": probe.getsockname()[1]}
