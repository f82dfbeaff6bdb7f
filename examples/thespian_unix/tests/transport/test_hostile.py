"""Whoever connects and keeps no rules costs next to nothing, and disturbs nobody."""

from __future__ import annotations

import array
import os
import socket
import time
from collections.abc import Iterator

import pytest

from thespian_multiproc.testing.post import Box, Post
from thespian_multiproc.transport.interface import STRANGER_FRAME_BYTES, Undeliverable
from thespian_unix.transport import LAST, MORE, PACKET_BYTES, UnixTransport


@pytest.fixture
def post() -> Iterator[Post]:
    """Opens mailboxes, and closes them after the test."""
    post = Post(UnixTransport(), time.monotonic)
    try:
        yield post
    finally:
        post.close_all()


@pytest.fixture
def bob(post: Post) -> Box:
    return post.open()


@pytest.fixture
def raw(bob: Box) -> Iterator[socket.socket]:
    """A connection to Bob that nothing of ours looks after."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as raw:
        raw.connect("\0" + bob.where)
        raw.settimeout(30)
        yield raw


def is_served(post: Post, bob: Box) -> bool:
    """Whether somebody who keeps the rules can still write to Bob."""
    ann = post.open()
    post.send(ann, b"good mail", bob.where)
    post.until(lambda: b"good mail" in bob.frames, "the good mail arrives")
    return True


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        MORE,
        MORE + b"begun, and never ended",
        b"\x80\x04a pickle",
        LAST + b"x" * (STRANGER_FRAME_BYTES + 1),
        LAST + b"x" * PACKET_BYTES,
        b"x" * 150_000,
    ],
    ids=["nothing", "mark", "first of many", "no mark", "large", "as large as a packet", "larger than that"],
)
def test_a_stranger_who_breaks_the_rules_is_hung_up_on(
    post: Post, bob: Box, raw: socket.socket, packet: bytes
) -> None:
    raw.send(packet)
    post.until(lambda: bob.lost, "the conversation ends")
    assert raw.recv(1) == b""
    assert bob.frames == []
    assert is_served(post, bob)


def test_an_admitted_peer_cannot_send_packets_larger_than_they_may_be(
    post: Post, bob: Box, raw: socket.socket
) -> None:
    raw.send(LAST + b"proof")
    post.until(lambda: bob.frames, "the proof arrives")
    bob.endpoint.admit(bob.peers[0])
    raw.send(LAST + b"x" * (PACKET_BYTES + 1))
    post.until(lambda: bob.lost, "the conversation ends")
    assert bob.frames == [b"proof"]


def test_a_stranger_who_says_nothing_holds_nobody_up(post: Post, bob: Box, raw: socket.socket) -> None:
    assert is_served(post, bob)
    assert bob.lost == []


def test_whoever_hangs_up_at_once_is_not_heard_of_twice(post: Post, bob: Box, raw: socket.socket) -> None:
    raw.close()
    post.until(lambda: bob.lost, "the end is noticed")
    post.quiet()
    assert len(bob.lost) == 1
    assert is_served(post, bob)


def test_descriptors_that_a_stranger_hands_over_are_not_kept(
    post: Post, bob: Box, raw: socket.socket
) -> None:
    raw.send(LAST + b"one")
    post.until(lambda: bob.frames, "the first frame arrives")
    reading, writing = os.pipe()
    try:
        before = len(os.listdir("/proc/self/fd"))
        beside = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [writing] * 50))]
        raw.sendmsg([LAST + b"two"], beside)
        post.until(lambda: len(bob.frames) == 2, "the second frame arrives")
        assert len(os.listdir("/proc/self/fd")) == before
    finally:
        os.close(writing)
        os.close(reading)


def test_sockets_of_other_kinds_have_names_of_their_own(post: Post, bob: Box) -> None:
    place = f"thespian-test-{os.urandom(8).hex()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as other:
        other.bind("\0" + place)
        other.listen()
        token = post.send(bob, b"hello", place)
        post.until(lambda: bob.fate(token), "the outcome is reported")
        assert getattr(bob.fate(token), "gone", None) is True, "nobody has the mailbox"
        post.introduce(bob, post.open(post.invite(bob, at=place)))


@pytest.mark.parametrize("place", ["x" * 200, "\ud800"], ids=["long", "half a character"])
def test_a_place_that_no_socket_can_have_is_undeliverable(post: Post, bob: Box, place: str) -> None:
    token = post.send(bob, b"hello", place)
    post.until(lambda: bob.fate(token), "the outcome is reported")
    outcome = bob.fate(token)
    assert isinstance(outcome, Undeliverable)
    assert not outcome.gone
    assert outcome.reason.isprintable()


def test_a_place_that_no_text_can_name_is_a_value_error(post: Post, bob: Box) -> None:
    with pytest.raises(ValueError, match="surrogates not allowed"):
        post.invite(bob, at="\ud800")
