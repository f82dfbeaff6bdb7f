"""What the interface itself does for those who write a transport, and bears from them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from math import inf
from typing import Any

import pytest

from thespian_multiproc.protocol.sessions import Sessions
from thespian_multiproc.transport.interface import Endpoint, Invitation, Lost, Transport


class Hostless(Transport):
    scheme = "hostless"

    def resolve(self, capabilities: Mapping[str, Any]) -> str:
        return "here"

    def open(self, invitation: Invitation | None = None) -> Endpoint:
        raise NotImplementedError("nobody opens a mailbox here")


def test_a_transport_takes_a_host_although_it_says_nothing_about_it() -> None:
    assert Hostless().host == "127.0.0.1"
    assert Hostless("192.0.2.1").host == "192.0.2.1"


@pytest.mark.skipif(os.name == "nt", reason="handles are inherited another way there")
def test_a_program_that_the_owner_of_a_mailbox_executes_does_not_inherit_it() -> None:
    reading, writing = os.pipe()
    try:
        os.set_inheritable(reading, True)  # as it comes to a process that it was passed to
        assert Invitation("here", (reading,)).take() == (reading,)
        assert not os.get_inheritable(reading)
    finally:
        os.close(reading)
        os.close(writing)


def test_the_end_of_a_conversation_that_nobody_heard_of_means_nothing() -> None:
    sessions = Sessions(b"k" * 32, "me", True, False, lambda: bytes(32))
    assert sessions.happened(Lost(object()), now=0.0) == []
    assert sessions.next_tick == inf
