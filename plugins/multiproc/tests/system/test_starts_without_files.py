"""A program that can open no file at all, and starts a system, or wants one more connection to it."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from thespian_core.api.system import ActorSystem
from thespian_core.errors import ActorSystemFailure, ActorSystemStartupFailure
from thespian_core.testing.actors import Quiet
from thespian_core.testing.contract import PATIENCE_S
from tools.ports import free_port


@contextmanager
def no_descriptor_left() -> Iterator[None]:
    """Let this process open nothing that it has not open now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    first_free = os.open(os.devnull, os.O_RDONLY)
    os.close(first_free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (first_free, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_start_says_that_too_many_files_are_open(base_name: str) -> None:
    port = free_port()
    ActorSystem(base_name, {"Admin Port": port}, logDefs=False, transientUnique=True).shutdown()
    with no_descriptor_left(), pytest.raises(ActorSystemStartupFailure, match="ulimit -n"):
        ActorSystem(base_name, {"Admin Port": port}, logDefs=False, transientUnique=True)


def test_a_further_connection_says_that_too_many_files_are_open_and_can_be_had_later(
    asys: ActorSystem,
) -> None:
    with asys.private():
        pass  # what it imports
    with no_descriptor_left(), pytest.raises(ActorSystemFailure, match="ulimit -n"), asys.private():
        pass
    with asys.private() as other:
        assert other.ask(other.createActor(Quiet), "hello", PATIENCE_S) == "hello"
