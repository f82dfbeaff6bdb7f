"""The contract of refusing: what cannot be delivered is said, and strangers cost next to nothing."""

from __future__ import annotations

import pytest

from thespian_multiproc.testing.post import QUIET_S, Box, Post
from thespian_multiproc.transport.interface import (
    STRANGER_FRAME_BYTES,
    Invitation,
    Peer,
    Received,
    Transport,
    Undeliverable,
)

MEBIBYTE = bytes(1 << 20)
PILED_UP_BYTES = 64 << 20  # ten times what the buffers of a loopback connection can grow to on Linux


def freed_place(post: Post, box: Box) -> str:
    """Return a place that nobody has."""
    invitation: Invitation = post.invite(box)
    invitation.release()
    return invitation.where


def met(post: Post) -> tuple[Box, Box, Peer]:
    """Return a caller, a callee that has not admitted it, and the caller as the callee knows it."""
    ann, bob = post.open(), post.open()
    post.send(ann, b"hello", bob.where)
    post.until(lambda: bob.frames, "the greeting arrives")
    return ann, bob, bob.peers[0]


class Refusing:
    """What cannot be delivered is said; strangers may send little."""

    def test_a_frame_to_nobody_is_reported_not_lost(self, post: Post) -> None:
        ann = post.open()
        place = freed_place(post, ann)
        token = post.send(ann, b"anybody there?", place)
        post.until(lambda: ann.outcomes, "the outcome is reported")
        post.quiet()
        [outcome] = ann.outcomes[token]
        assert isinstance(outcome, Undeliverable)
        assert outcome.gone, "nobody has the mailbox, so gone is to be true"
        assert outcome.reason
        assert ann.lost == [], "a conversation that never came about cannot be lost"

    def test_every_frame_to_nobody_is_reported(self, post: Post) -> None:
        ann = post.open()
        place = freed_place(post, ann)
        tokens = [post.send(ann, b"anybody there?", place) for _ in range(20)]
        post.until(lambda: len(ann.outcomes) >= len(tokens), "every outcome is reported")
        assert all(isinstance(ann.fate(token), Undeliverable) for token in tokens)

    @pytest.mark.parametrize("place", ["", "\0", "\ud800", "x" * 5000], ids=["empty", "null", "half", "long"])
    def test_a_frame_to_a_place_that_nobody_can_have_is_reported(self, post: Post, place: str) -> None:
        ann, bob = post.open(), post.open()
        token = post.send(ann, b"anybody there?", place)
        post.until(lambda: ann.fate(token), "the outcome is reported")
        outcome = ann.fate(token)
        assert isinstance(outcome, Undeliverable)
        assert outcome.reason
        post.introduce(ann, bob)

    def test_a_frame_to_somebody_who_left_is_reported(self, post: Post) -> None:
        ann, bob = post.open(), post.open()
        post.close(bob)
        token = post.send(ann, b"still there?", bob.where)
        post.until(lambda: ann.outcomes, "the outcome is reported")
        outcome = ann.fate(token)
        assert isinstance(outcome, Undeliverable)
        assert outcome.gone

    def test_a_frame_over_the_limit_is_undeliverable_and_the_limit_is_named(
        self, transport: Transport, post: Post
    ) -> None:
        limit = transport.max_frame_bytes
        if limit is None:
            pytest.skip("this transport has no limit")
        ann, bob = post.open(), post.open()
        callee, _ = post.introduce(ann, bob)
        whole, rest = divmod(limit + 1, len(MEBIBYTE))
        token = post.send(ann, [*[MEBIBYTE] * whole, MEBIBYTE[:rest]], callee)
        after = post.send(ann, b"small", callee)
        post.until(lambda: ann.fate(token) and ann.fate(after), "both outcomes are reported")
        post.until(lambda: bob.frames, "the next frame arrives")
        outcome = ann.fate(token)
        assert isinstance(outcome, Undeliverable)
        assert str(limit) in outcome.reason
        assert bob.frames == [b"small"]

    def test_a_strangers_small_frame_arrives(self, post: Post) -> None:
        ann, bob = post.open(), post.open()
        post.send(ann, b"x" * STRANGER_FRAME_BYTES, bob.where)
        post.until(lambda: bob.frames, "the frame arrives")
        assert bob.frames == [b"x" * STRANGER_FRAME_BYTES]

    def test_a_strangers_large_frame_does_not_arrive(self, post: Post) -> None:
        ann, bob, _ = met(post)
        del bob.frames[:]
        post.send(ann, b"x" * (STRANGER_FRAME_BYTES + 1), bob.where)
        post.quiet()
        assert bob.frames == []

    def test_a_strangers_large_frame_ends_the_conversation_on_both_sides(
        self, transport: Transport, post: Post
    ) -> None:
        if not transport.ordered:
            pytest.skip("this transport has no conversations")
        ann, bob, caller = met(post)
        post.send(ann, b"x" * (STRANGER_FRAME_BYTES + 1), bob.where)
        post.until(lambda: ann.lost and bob.lost, "both sides hear of the end")
        assert bob.lost[0].peer == caller
        assert ann.lost[0].place == bob.where

    def test_a_stranger_who_is_refused_leaves_the_others_alone(self, post: Post) -> None:
        ann, bob, _ = met(post)
        eve = post.open()
        callee, _ = post.introduce(eve, bob)
        del bob.frames[:]
        post.send(ann, MEBIBYTE[:60_000], bob.where)
        post.send(eve, b"good mail", callee)
        post.until(lambda: bob.frames, "the other's mail arrives")
        assert bob.frames == [b"good mail"]

    def test_an_admitted_peer_may_send_large_frames(self, transport: Transport, post: Post) -> None:
        ann, bob, caller = met(post)
        bob.endpoint.admit(caller)
        size = min(1 << 20, transport.max_frame_bytes or 1 << 20)
        post.send(ann, b"x" * size, bob.where)
        post.until(lambda: len(bob.frames) == 2, "the large frame arrives")
        assert bob.frames[1] == b"x" * size

    def test_the_frame_right_behind_the_proof_may_be_large(self, transport: Transport, post: Post) -> None:
        ann, bob = post.open(), post.open()
        size = min(100_000, transport.max_frame_bytes or 100_000)
        tokens = [post.send(ann, frame, bob.where) for frame in (b"proof", b"x" * size, b"small")]
        post.until(lambda: all(map(ann.fate, tokens)), "all of it has left", bob)
        post.until(lambda: bob.look(0), "the proof arrives", bob)
        assert bob.frames == [b"proof"], "a stranger's frames are to be looked at one a wait"
        bob.endpoint.admit(bob.peers[0])
        post.until(lambda: len(bob.frames) >= 3, "what is behind the proof arrives")
        assert sorted(bob.frames, key=len) == [b"proof", b"small", b"x" * size]

    def test_a_stranger_who_sends_much_is_heard_one_frame_a_wait(self, post: Post) -> None:
        ann, bob = post.open(), post.open()
        for _ in range(30):
            post.send(ann, b"let me in", bob.where)
        most = 0
        while len(bob.frames) < 30:
            before = len(bob.events)
            post.until(lambda: bob.look(QUIET_S), "a frame arrives", bob)
            most = max(most, sum(isinstance(event, Received) for event in bob.events[before:]))
        assert most == 1

    def test_whoever_never_reads_stops_neither_the_sender_nor_the_others(
        self, transport: Transport, post: Post
    ) -> None:
        ann, bob, eve = post.open(), post.open(), post.open()
        callee, _ = post.introduce(ann, bob)
        post.introduce(ann, eve)
        part = MEBIBYTE[: transport.max_frame_bytes]
        started_at = post.now()
        for _ in range(PILED_UP_BYTES // len(part)):
            post.send(ann, part, eve.where)
        assert post.now() - started_at < 5, "submit is never to wait for whoever reads"
        post.send(ann, b"to one who reads", callee)
        post.until(lambda: bob.frames, "the mail to the one who reads arrives", eve)
        assert bob.frames == [b"to one who reads"]
        assert eve.frames == []
