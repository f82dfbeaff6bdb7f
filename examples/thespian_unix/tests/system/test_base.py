"""The base keeps the contract of system bases; to run it, install the package."""

from __future__ import annotations

import random
from typing import Any

from thespian_core.testing import SystemBaseContract


class TestMultiprocUnixBase(SystemBaseContract):
    base_name = "multiprocUnixBase"
    chain_length = 2_000  # a hop between two processes takes a while

    def fresh_capabilities(self) -> dict[str, Any]:
        """Give each system a place of its own."""
        return {"Admin Port": random.SystemRandom().randint(1024, 65_535)}
