"""The contract of a transport: every statement of the interface's docstrings."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

import pytest

from thespian_core.testing import Contract
from thespian_multiproc.testing.carrying import Carrying
from thespian_multiproc.testing.ending import Ending
from thespian_multiproc.testing.post import Post
from thespian_multiproc.testing.refusing import Refusing
from thespian_multiproc.testing.reserving import Reserving
from thespian_multiproc.testing.waiting import Waiting
from thespian_multiproc.transport.interface import Transport


class TransportContract(Carrying, Refusing, Ending, Waiting, Reserving, Contract):
    """Inherit this, and name the transport.

    Tests about order and about conversations are skipped for a transport that is not ``ordered``.
    A test that waits for something lets every endpoint attend in one thread, by turns.

    Attributes:
        transport_class: what is tested; made without arguments, unless ``make_transport`` is overridden.
        capabilities: what a system on this transport is started with.
    """

    transport_class: ClassVar[type[Transport]]
    capabilities: ClassVar[Mapping[str, Any]] = {}

    def make_transport(self) -> Transport:
        """Make the transport under test; override it if that needs more than the class."""
        return self.transport_class()

    @pytest.fixture
    def transport(self) -> Transport:
        """A transport of its own for each test."""
        return self.make_transport()

    @pytest.fixture
    def now(self) -> Callable[[], float]:
        """The clock of the deadlines; override it for a transport with a virtual one."""
        return time.monotonic

    @pytest.fixture
    def post(self, transport: Transport, now: Callable[[], float]) -> Iterator[Post]:
        """Opens endpoints, and closes them after the test whatever happens."""
        post = Post(transport, now)
        try:
            yield post
        finally:
            post.close_all()

    def test_the_admins_place_follows_from_the_capabilities(self, transport: Transport) -> None:
        place = transport.resolve(self.capabilities)
        assert isinstance(place, str)
        assert place == self.make_transport().resolve(dict(self.capabilities))
