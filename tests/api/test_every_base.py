"""Every documented statement, on every installed system base."""

from __future__ import annotations

import contextlib
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
        """Give each system a port that nobody has, for connections or for datagrams."""
        while True:
            with socket.socket() as stream, socket.socket(type=socket.SOCK_DGRAM) as datagrams:
                stream.bind(("127.0.0.1", 0))
                with contextlib.suppress(OSError):
                    datagrams.bind(stream.getsockname())
                    return {"Admin Port": stream.getsockname()[1]}
