"""When many write at once, a wait takes in a bounded amount, and everybody gets a turn."""

from __future__ import annotations

import contextlib
import socket
from collections import Counter

from plugins.tcp.tests.tcp_helpers import framed, post, raw_client
from thespian_multiproc.testing.post import Box, Post
from thespian_multiproc.transport.interface import Peer, Received
from thespian_tcp.endpoint import ENOUGH_READ_BYTES

__all__ = ["post"]

FLOODERS = 13
FRAME = framed(bytes(30_000))
WAITS = 13
A_TURN_BYTES = (1 << 20) + (256 << 10)  # of one conversation: four reads, and what was read with their last


def admitted_client(post: Post, box: Box, clients: contextlib.ExitStack) -> tuple[socket.socket, Peer]:
    """Return a raw connection that may send large frames."""
    client = clients.enter_context(raw_client(box.where))
    client.sendall(framed(b"hello"))
    before = len(box.peers)
    post.until(lambda: len(box.peers) > before, "the greeting arrives")
    box.endpoint.admit(box.peers[-1])
    client.setblocking(False)
    return client, box.peers[-1]


class Flood:
    """Raw connections that always have more to say."""

    def __init__(self, clients: list[socket.socket], stream: bytes) -> None:
        self._stream = memoryview(stream)
        self._said = dict.fromkeys(clients, 0)

    def go_on(self) -> None:
        """Say as much on each as its socket takes."""
        for client in self._said:
            with contextlib.suppress(BlockingIOError):
                while True:
                    at = self._said[client] % len(self._stream)
                    self._said[client] += client.send(self._stream[at:])


def test_a_wait_takes_in_little_more_than_enough_and_each_flooding_peer_has_its_turn(post: Post) -> None:
    box = post.open()
    with contextlib.ExitStack() as opened:
        clients, peers = zip(*(admitted_client(post, box, opened) for _ in range(FLOODERS)), strict=True)
        flood = Flood([*clients], FRAME * 50)
        turns: Counter[Peer] = Counter()
        most_bytes = 0
        for _ in range(WAITS):
            flood.go_on()
            received = [event for event in box.endpoint.wait(0) if isinstance(event, Received)]
            turns.update({event.peer for event in received})
            most_bytes = max(most_bytes, sum(len(event.frame) for event in received))
    assert most_bytes <= ENOUGH_READ_BYTES + A_TURN_BYTES
    assert sum(turns.values()) < FLOODERS * WAITS, "the flood is to be more than one wait takes in"
    assert {*turns} == {*peers}
    assert max(turns.values()) - min(turns.values()) <= 1, "nobody is to have two turns more than another"


def test_who_writes_little_is_heard_while_others_flood(post: Post) -> None:
    box, friend = post.open(), post.open()
    callee, caller = post.introduce(friend, box)
    with contextlib.ExitStack() as opened:
        clients = [admitted_client(post, box, opened)[0] for _ in range(FLOODERS)]
        flood = Flood(clients, FRAME * 50)
        flood.go_on()
        post.send(friend, b"good mail", callee)
        heard_after = 0
        while not any(getattr(event, "peer", None) == caller for event in box.endpoint.wait(0)):
            heard_after += 1
            flood.go_on()
    assert heard_after <= FLOODERS
