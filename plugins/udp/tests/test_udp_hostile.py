"""Whoever throws datagrams at a mailbox costs it nothing, and harms nobody's mail."""

from __future__ import annotations

import random
import socket
import tracemalloc
from collections.abc import Iterator

import pytest

from plugins.udp.tests.udp_helpers import post, stranger
from thespian_multiproc.testing.post import Box, Post
from thespian_multiproc.transport.interface import STRANGER_FRAME_BYTES, Received
from thespian_udp.endpoint import ENOUGH_READ_BYTES
from thespian_udp.places import as_socket_address

__all__ = ["post", "stranger"]

GROWTH_BYTES = 2 << 20  # what one wait reads, and as much again
FLOOD = 3_000


@pytest.fixture
def box(post: Post) -> Box:
    """A mailbox with an honest correspondent."""
    box, friend = post.open(), post.open()
    post.introduce(friend, box)
    return box


@pytest.fixture(autouse=True)
def the_others_go_on(post: Post, box: Box) -> Iterator[None]:
    """After each test, the honest correspondent's mail still arrives."""
    yield
    box.frames.clear()
    post.until(lambda: not box.look(0), "what the others sent is read")
    post.send(post.boxes[1], b"good mail", box.where)
    post.until(lambda: b"good mail" in box.frames, "the honest mail arrives")


def test_large_datagrams_of_strangers_are_not_heard_of_and_take_no_memory(
    box: Box, stranger: socket.socket
) -> None:
    large = bytes(60_000)
    tracemalloc.start()
    try:
        for _ in range(200):
            stranger.sendto(large, as_socket_address(box.where))
            assert not box.look(0)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * len(large)


def test_a_large_datagram_behind_a_small_one_is_not_heard_of_either(
    post: Post, box: Box, stranger: socket.socket
) -> None:
    for data in (b"small", bytes(STRANGER_FRAME_BYTES + 1), b"small again"):
        stranger.sendto(data, as_socket_address(box.where))
    post.until(lambda: len(box.frames) == 2, "the small ones arrive")
    post.quiet()
    assert box.frames == [b"small", b"small again"]


def test_nothing_is_kept_for_thousands_of_addresses(post: Post, box: Box) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as first:
        first.sendto(b"hello", as_socket_address(box.where))
        post.until(lambda: box.frames, "a first frame arrives")
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(FLOOD):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
                sock.sendto(b"x" * STRANGER_FRAME_BYTES, as_socket_address(box.where))
            box.endpoint.wait(0)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < FLOOD  # not even a byte for each


def test_one_wait_reads_a_bounded_number_of_bytes(box: Box) -> None:
    heard = 0
    for _ in range(FLOOD):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.sendto(b"x" * STRANGER_FRAME_BYTES, as_socket_address(box.where))
    tracemalloc.start()
    try:
        while events := box.endpoint.wait(0):
            frames = [event.frame for event in events if isinstance(event, Received)]
            assert sum(map(len, frames)) <= ENOUGH_READ_BYTES
            heard += len(frames)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert heard > 100
    assert peak < GROWTH_BYTES


def test_random_bytes_are_small_frames_and_get_no_answer(box: Box, stranger: socket.socket) -> None:
    dice = random.Random(1)
    for _ in range(200):
        stranger.sendto(dice.randbytes(dice.randrange(2_000)), as_socket_address(box.where))
        box.look(0)
    assert all(len(frame) <= STRANGER_FRAME_BYTES for frame in box.frames)
    stranger.setblocking(False)
    with pytest.raises(BlockingIOError):
        stranger.recv(1)


def test_a_peer_that_was_dropped_is_a_stranger_again(post: Post, box: Box) -> None:
    friend = post.boxes[1]
    post.send(friend, b"who am I?", box.where)
    post.until(lambda: box.frames, "the friend is heard")
    box.endpoint.drop(box.peers[-1])
    post.send(friend, bytes(STRANGER_FRAME_BYTES + 1), box.where)
    post.send(friend, b"small", box.where)
    post.until(lambda: b"small" in box.frames, "the small frame arrives")
    assert box.frames == [b"who am I?", b"small"]
