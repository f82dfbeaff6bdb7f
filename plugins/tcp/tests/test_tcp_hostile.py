"""Whoever talks nonsense to a TCP mailbox costs it nothing, and harms nobody's mail."""

from __future__ import annotations

import contextlib
import itertools
import random
import socket
import struct
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugins.tcp.tests.tcp_helpers import framed, post, raw_client
from thespian_multiproc.testing.post import Box, Post
from thespian_multiproc.transport.interface import STRANGER_FRAME_BYTES

__all__ = ["post"]

ROUNDS = 200
GROWTH_BYTES = 1 << 20  # far less than any of the claims; the sockets' own objects take some


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
    post.send(post.boxes[1], b"good mail", box.where)
    post.until(lambda: b"good mail" in box.frames, "the honest mail arrives")


def until_it_hangs_up(post: Post, client: socket.socket) -> None:
    client.setblocking(False)

    def hung_up() -> bool:
        try:
            return not client.recv(4096)
        except BlockingIOError:
            return False
        except OSError:
            return True

    post.until(hung_up, "the mailbox hangs up")


def test_a_claim_of_four_gibibytes_is_hung_up_on(post: Post, box: Box) -> None:
    with raw_client(box.where) as client:
        client.sendall(struct.pack(">I", 0xFFFF_FFFF) + b"x" * 100)
        until_it_hangs_up(post, client)
    assert (box.frames, box.lost) == ([], [])


def test_an_admitted_peer_may_not_claim_more_than_the_limit_either(post: Post, box: Box) -> None:
    with raw_client(box.where) as client:
        client.sendall(framed(b"hello"))
        post.until(lambda: box.frames, "the greeting arrives")
        box.endpoint.admit(box.peers[0])
        client.sendall(struct.pack(">I", (1 << 30) + 1))
        until_it_hangs_up(post, client)
    assert [lost.peer for lost in box.lost] == box.peers[:1]


@pytest.mark.parametrize("claim", [STRANGER_FRAME_BYTES + 1, 1 << 20, 1 << 30, 0xFFFF_FFFF])
def test_claims_of_strangers_take_no_memory(post: Post, box: Box, claim: int) -> None:
    tracemalloc.start()
    try:
        for _ in range(ROUNDS // 10):
            with contextlib.ExitStack() as clients:
                for _ in range(10):
                    client = clients.enter_context(raw_client(box.where))
                    with contextlib.suppress(OSError):
                        client.sendall(struct.pack(">I", claim) + bytes(1 << 16))
                post.attend()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < GROWTH_BYTES + 10 * (1 << 16)
    assert box.frames == []


def test_half_a_size_and_silence_keeps_nobody_waiting(post: Post, box: Box) -> None:
    with contextlib.ExitStack() as clients:
        for length in range(4):
            client = clients.enter_context(raw_client(box.where))
            client.sendall(framed(b"x")[:length])
        silent = clients.enter_context(raw_client(box.where))
        silent.sendall(struct.pack(">I", 1000) + b"not all of it")
        post.quiet()
        assert box.frames == []
        assert not box.look(0.05), "half a frame is nothing that happened"


def test_frames_that_drip_in_byte_by_byte_arrive(post: Post, box: Box) -> None:
    with raw_client(box.where) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in framed(b"slow") + framed(b"") + framed(b"and steady"):
            client.sendall(bytes([byte]))
            box.look(0)
        post.until(lambda: len(box.frames) == 3, "the frames arrive")
    assert box.frames == [b"slow", b"", b"and steady"]


def test_a_frame_that_breaks_off_is_not_delivered(post: Post, box: Box) -> None:
    with raw_client(box.where) as client:
        client.sendall(framed(b"whole") + framed(b"half of this")[:8])
    post.until(lambda: box.lost, "the end is reported")
    assert box.frames == [b"whole"]


def test_whoever_hangs_up_at_once_leaves_no_trace(post: Post, box: Box) -> None:
    for _ in range(ROUNDS):
        raw_client(box.where).close()
    post.quiet()
    assert (box.frames, box.lost) == ([], [])


def test_random_bytes_are_small_frames_or_the_end(post: Post, box: Box) -> None:
    dice = random.Random(1)
    for _ in range(ROUNDS):
        with raw_client(box.where) as client:
            client.sendall(dice.randbytes(dice.randrange(200)))
        box.look(0)
    post.quiet()
    assert all(len(frame) <= STRANGER_FRAME_BYTES for frame in box.frames)


def patterned(size: int) -> bytes:
    """Return so many bytes that are not all alike."""
    return (bytes(range(251)) * (size // 251 + 1))[:size]


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    # Large frames are made of a size, since random bytes of that number are more than a test case holds.
    frames=st.lists(st.binary(max_size=300) | st.integers(15_000, 70_000).map(patterned), max_size=6),
    cuts=st.lists(st.integers(0, 80_000), max_size=6),
)
def test_however_a_stream_is_cut_the_same_frames_arrive(
    post: Post, box: Box, frames: list[bytes], cuts: list[int]
) -> None:
    box.frames.clear()
    box.peers.clear()
    with raw_client(box.where) as client:
        client.sendall(framed(b"hello"))
        post.until(lambda: box.frames, "the greeting arrives")
        box.endpoint.admit(box.peers[0])
        stream = b"".join(map(framed, frames))
        edges = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
        for begin, end in itertools.pairwise(edges):
            client.sendall(stream[begin:end])
            box.look(0)
        post.until(lambda: len(box.frames) > len(frames), "the frames arrive")
    assert box.frames[1:] == frames
