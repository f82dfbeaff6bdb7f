"""A system of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from thespian.actors import ActorSystem


@pytest.fixture
def asys() -> Iterator[ActorSystem]:
    """A system of its own for each test."""
    system = ActorSystem("simpleSystemBase", logDefs=False, transientUnique=True)
    yield system
    system.shutdown()
