"""The contract of carrying: frames arrive whole, once, and in order, whatever they are."""

from __future__ import annotations

from collections import Counter

import pytest

from thespian_multiproc.testing.post import Post
from thespian_multiproc.transport.interface import Sent, Transport

MANY = 5_000  # far more than the 256 that an unread AF_UNIX datagram queue kept in a trial
LARGE_BYTES = 4 << 20  # more than Linux lets the two buffers of a loopback connection grow to by default
A_FEW_LARGE = 6


def numbered(count: int, size: int = 40) -> list[bytes]:
    """Return different frames of one size."""
    return [f"{number:08d}".encode().ljust(size, b".") for number in range(count)]


class Carrying:
    """Frames arrive whole, once, and in order."""

    def test_a_frame_arrives_whole_and_once(self, post: Post) -> None:
        ann, bob = post.open(), post.open()
        post.send(ann, b"a frame \0\xff\r\n", bob.where)
        post.until(lambda: bob.frames, "the frame arrives")
        post.quiet()
        assert bob.frames == [b"a frame \0\xff\r\n"]

    def test_the_parts_of_a_frame_arrive_joined(self, post: Post) -> None:
        ann, bob = post.open(), post.open()
        post.send(ann, [b"one ", bytearray(b"and "), memoryview(b"--two--")[2:5], b"", b"."], bob.where)
        post.until(lambda: bob.frames, "the frame arrives")
        assert bob.frames == [b"one and two."]

    @pytest.mark.parametrize("parts", [[], [b""], [b"", b""]], ids=["none", "one", "two"])
    def test_an_empty_frame_is_a_frame(self, post: Post, parts: list[bytes]) -> None:
        ann, bob = post.open(), post.open()
        token = post.send(ann, parts, bob.where)
        post.until(lambda: bob.frames and ann.fate(token), "the empty frame arrives and is reported")
        assert bob.frames == [b""]

    def test_a_frame_of_many_parts_arrives_whole(self, transport: Transport, post: Post) -> None:
        # More parts than one system call takes: IOV_MAX is 1024 on Linux.
        ann, bob = post.open(), post.open()
        callee, _ = post.introduce(ann, bob)
        parts = numbered(min(3_000, (transport.max_frame_bytes or 27_000) // 9), size=9)
        post.send(ann, parts, callee)
        post.until(lambda: bob.frames, "the frame arrives")
        assert bob.frames == [b"".join(parts)]

    def test_frames_both_ways_arrive_once_and_in_order(self, transport: Transport, post: Post) -> None:
        _conversations_only(transport)
        ann, bob = post.open(), post.open()
        callee, caller = post.introduce(ann, bob)
        frames = numbered(MANY)
        for frame in frames:
            post.send(ann, frame, callee)
            post.send(bob, frame, caller)
        post.until(lambda: len(ann.frames) >= MANY and len(bob.frames) >= MANY, "all frames arrive")
        post.quiet()
        assert bob.frames == frames
        assert ann.frames == frames

    def test_frames_to_a_place_arrive_in_order_as_well(self, transport: Transport, post: Post) -> None:
        _conversations_only(transport)
        ann, bob = post.open(), post.open()
        frames = numbered(200)
        for frame in frames:
            post.send(ann, frame, bob.where)
        post.until(lambda: len(bob.frames) >= len(frames), "all frames arrive")
        assert bob.frames == frames
        assert len(set(bob.peers)) == 1, "frames to one place came in several conversations"

    def test_large_frames_and_small_ones_keep_their_order(self, transport: Transport, post: Post) -> None:
        _conversations_only(transport)
        ann, bob = post.open(), post.open()
        callee, _ = post.introduce(ann, bob)
        size = min(LARGE_BYTES, transport.max_frame_bytes or LARGE_BYTES)
        frames = [bytes([number]) * (size if number % 2 else 10) for number in range(2 * A_FEW_LARGE)]
        for frame in frames:
            post.send(ann, frame, callee)
        post.until(lambda: len(bob.frames) >= len(frames), "all frames arrive")
        assert [frame[:1] for frame in bob.frames] == [frame[:1] for frame in frames]
        assert bob.frames == frames

    def test_a_frame_as_large_as_is_allowed_arrives(self, transport: Transport, post: Post) -> None:
        limit = transport.max_frame_bytes
        if limit is None or limit > LARGE_BYTES:
            pytest.skip("the limit is beyond what a quick test can carry")
        ann, bob = post.open(), post.open()
        callee, _ = post.introduce(ann, bob)
        post.send(ann, b"x" * limit, callee)
        post.until(lambda: bob.frames, "the frame arrives")
        assert len(bob.frames[0]) == limit

    def test_without_conversations_frames_arrive_too_while_they_are_read(
        self, transport: Transport, post: Post
    ) -> None:
        if transport.ordered:
            pytest.skip("this transport has conversations")
        ann, bob = post.open(), post.open()
        frames = numbered(500)
        for frame in frames:
            post.send(ann, frame, bob.where)
            post.attend()
        post.until(lambda: len(bob.frames) >= len(frames), "all frames arrive")
        assert Counter(bob.frames) == Counter(frames)

    def test_a_reply_to_a_peer_comes_from_the_same_peer_each_time(self, post: Post) -> None:
        ann, bob = post.open(), post.open()
        post.send(ann, b"ask", bob.where)
        post.until(lambda: bob.frames, "the question arrives")
        post.send(bob, b"answer", bob.peers[0])
        post.until(lambda: ann.frames, "the answer arrives")
        post.send(bob, b"and one more thing", bob.peers[0])
        post.until(lambda: len(ann.frames) == 2, "the second answer arrives")
        post.send(ann, b"thanks", ann.peers[0])
        post.until(lambda: len(bob.frames) == 2, "the thanks arrive")
        assert ann.peers[0] == ann.peers[1]
        assert bob.peers[0] == bob.peers[1]

    def test_two_who_write_are_two_peers(self, post: Post) -> None:
        ann, bob, eve = post.open(), post.open(), post.open()
        post.send(ann, b"from ann", bob.where)
        post.send(eve, b"from eve", bob.where)
        post.until(lambda: len(bob.frames) == 2, "both frames arrive")
        assert bob.peers[0] != bob.peers[1]
        for frame, peer in zip(bob.frames, bob.peers, strict=True):
            post.send(bob, b"to whom wrote " + frame, peer)
        post.until(lambda: ann.frames and eve.frames, "both answers arrive")
        assert (ann.frames, eve.frames) == ([b"to whom wrote from ann"], [b"to whom wrote from eve"])

    def test_a_mailbox_can_write_to_itself(self, post: Post) -> None:
        ann = post.open()
        post.send(ann, b"dear diary", ann.where)
        post.until(lambda: ann.frames, "the frame arrives")
        assert ann.frames == [b"dear diary"]

    def test_every_frame_has_exactly_one_outcome(self, post: Post) -> None:
        ann, bob = post.open(), post.open()
        callee, _ = post.introduce(ann, bob)
        ann.outcomes.clear()
        tokens = []
        for frame in numbered(1_000):
            tokens.append(post.send(ann, frame, callee))
            tokens.append(post.send(ann, frame, bob.where))
            bob.look(0)
        post.until(lambda: len(ann.outcomes) >= len(tokens), "every outcome is reported")
        post.quiet()
        assert Counter(ann.outcomes.keys()) == Counter(tokens)
        assert {len(outcomes) for outcomes in ann.outcomes.values()} == {1}

    def test_a_frame_that_arrived_is_reported_as_sent(self, post: Post) -> None:
        ann, bob = post.open(), post.open()
        token = post.send(ann, b"frame", bob.where)
        post.until(lambda: bob.frames and ann.fate(token), "the frame arrives and is reported")
        sent = ann.fate(token)
        assert isinstance(sent, Sent)
        assert sent.token == token

    def test_who_sends_to_a_place_learns_the_peer_that_answers(self, post: Post) -> None:
        ann, bob = post.open(), post.open()
        token = post.send(ann, b"question", bob.where)
        post.until(lambda: bob.frames, "the question arrives")
        post.send(bob, b"answer", bob.peers[0])
        post.until(lambda: ann.frames and ann.fate(token), "the answer arrives")
        sent = ann.fate(token)
        assert isinstance(sent, Sent)
        assert sent.peer == ann.peers[0]

    def test_a_frame_that_was_submitted_to_a_place_is_reported_with_its_peer(self, post: Post) -> None:
        ann, bob = post.open(), post.open()
        callee, _ = post.introduce(ann, bob)
        tokens = [post.send(ann, frame, bob.where) for frame in numbered(10)]
        post.until(lambda: all(map(ann.fate, tokens)), "every outcome is reported")
        assert ann.left_at_once == [], "only of a frame to a peer, submit may say that it has left"
        assert [ann.fate(token) for token in tokens] == [Sent(token, callee) for token in tokens]

    def test_what_submit_says_has_left_is_not_reported_again(self, post: Post) -> None:
        ann, bob = post.open(), post.open()
        callee, _ = post.introduce(ann, bob)
        frames = numbered(100)
        for frame in frames:
            post.send(ann, frame, callee)
            bob.look(0)
        post.until(lambda: len(bob.frames) >= len(frames), "all frames arrive")
        post.quiet()
        assert {len(ann.outcomes[token]) for token in ann.left_at_once} <= {1}

    def test_what_submit_says_has_left_arrives_although_nobody_waits(
        self, transport: Transport, post: Post
    ) -> None:
        _conversations_only(transport)
        ann, bob = post.open(), post.open()
        callee, _ = post.introduce(ann, bob)
        for frame in numbered(10):
            post.send(ann, frame, callee)
        promised = len(ann.left_at_once)
        post.until(lambda: len(bob.frames) >= promised, "what has left arrives", ann)
        assert bob.frames[:promised] == numbered(10)[:promised]

    def test_many_mailboxes_at_once_all_get_their_mail(self, post: Post) -> None:
        hub, *others = (post.open() for _ in range(50))
        for box in others:
            post.send(box, box.where.encode(), hub.where)
            post.send(hub, box.where.encode(), box.where)
        post.until(
            lambda: len(hub.frames) == len(others) and all(box.frames for box in others), "all mail arrives"
        )
        assert sorted(hub.frames) == sorted(box.where.encode() for box in others)
        assert all(box.frames == [box.where.encode()] for box in others)


def _conversations_only(transport: Transport) -> None:
    if not transport.ordered:
        pytest.skip("frames of this transport may arrive in any order")
