"""The contract of ending: what was sent before an end arrives, and everybody hears of the end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from thespian_multiproc.testing.carrying import numbered
from thespian_multiproc.testing.post import QUIET_S, Box, Post
from thespian_multiproc.testing.refusing import MEBIBYTE
from thespian_multiproc.transport.interface import Peer, Sent, Transport, Undeliverable

OPEN_FILES = Path("/proc/self/fd")


class Ending:
    """Conversations and mailboxes end."""

    def test_whoever_drops_a_conversation_hears_no_more_of_it(self, post: Post) -> None:
        ann, bob = post.open(), post.open()
        callee, caller = post.introduce(ann, bob)
        ann.endpoint.drop(callee)
        post.send(bob, b"too late", caller)
        post.quiet()
        assert ann.lost == []
        if post.transport.ordered:
            assert ann.frames == []

    def test_a_stranger_who_was_dropped_after_one_frame_is_heard_no_more(
        self, transport: Transport, post: Post
    ) -> None:
        _conversations_only(transport)
        ann, bob = post.open(), post.open()
        for frame in numbered(10):
            post.send(ann, frame, bob.where)
        post.until(lambda: bob.frames, "the first frame arrives")
        bob.endpoint.drop(bob.peers[0])
        heard = len(bob.frames)
        post.until(lambda: ann.lost, "the other hears of the end")
        post.quiet()
        assert len(bob.frames) == heard

    def test_the_other_hears_that_a_conversation_was_dropped(self, transport: Transport, post: Post) -> None:
        _conversations_only(transport)
        ann, bob = post.open(), post.open()
        callee, caller = post.introduce(ann, bob)
        ann.endpoint.drop(callee)
        post.until(lambda: bob.lost, "the other hears of the end")
        post.quiet()
        assert [lost.peer for lost in bob.lost] == [caller]
        assert bob.lost[0].place is None, "the other did not begin it"

    def test_whoever_answers_may_drop_the_conversation_too(self, transport: Transport, post: Post) -> None:
        _conversations_only(transport)
        ann, bob = post.open(), post.open()
        callee, caller = post.introduce(ann, bob)
        bob.endpoint.drop(caller)
        post.until(lambda: ann.lost, "the other hears of the end")
        assert [(lost.peer, lost.place) for lost in ann.lost] == [(callee, bob.where)]
        assert bob.lost == []

    def test_what_was_sent_before_a_conversation_was_dropped_arrives(
        self, transport: Transport, post: Post
    ) -> None:
        _conversations_only(transport)
        ann, bob = post.open(), post.open()
        callee, caller = post.introduce(ann, bob)
        post.send(bob, b"unread mail of the other's", caller)
        left = _left_unread(post, ann, bob, callee)
        ann.endpoint.drop(callee)
        post.until(lambda: bob.lost, "the other hears of the end")
        assert bob.frames == left

    def test_a_dropped_conversations_unsent_frames_are_undeliverable(
        self, transport: Transport, post: Post
    ) -> None:
        _conversations_only(transport)
        ann, bob = post.open(), post.open()
        callee, _ = post.introduce(ann, bob)
        tokens = [post.send(ann, MEBIBYTE, callee) for _ in range(30)]
        ann.endpoint.drop(callee)
        post.until(lambda: all(map(ann.fate, tokens)), "every outcome is reported")
        fates = [type(ann.fate(token)) for token in tokens]
        # Whether any had left is the transport's matter; but none leaves after one that did not.
        assert fates == sorted(fates, key=[Sent, Undeliverable].index)

    def test_a_frame_to_a_dropped_peer_is_undeliverable_but_nobody_is_gone(
        self, transport: Transport, post: Post
    ) -> None:
        _conversations_only(transport)
        ann, bob = post.open(), post.open()
        callee, _ = post.introduce(ann, bob)
        ann.endpoint.drop(callee)
        ann.endpoint.drop(callee)
        token = post.send(ann, b"one more thing", callee)
        post.until(lambda: ann.fate(token), "the outcome is reported")
        outcome = ann.fate(token)
        assert isinstance(outcome, Undeliverable)
        assert not outcome.gone

    def test_after_a_drop_the_place_can_be_written_to_anew(self, post: Post) -> None:
        ann, bob = post.open(), post.open()
        callee, caller = post.introduce(ann, bob)
        ann.endpoint.drop(callee)
        post.send(ann, b"hello again", bob.where)
        post.until(lambda: bob.frames, "the new greeting arrives")
        assert bob.frames == [b"hello again"]
        if post.transport.ordered:
            assert bob.peers[0] != caller

    def test_the_others_hear_that_a_mailbox_was_closed(self, transport: Transport, post: Post) -> None:
        _conversations_only(transport)
        ann, bob, eve = post.open(), post.open(), post.open()
        bob_at_ann, _ = post.introduce(ann, bob)
        post.introduce(eve, bob)
        post.close(bob)
        post.until(lambda: ann.lost and eve.lost, "both hear of the end")
        post.quiet()
        assert [(lost.peer, lost.place) for lost in ann.lost] == [(bob_at_ann, bob.where)]
        assert len(eve.lost) == 1

    def test_whoever_never_had_an_answer_hears_of_the_end_too(self, transport: Transport, post: Post) -> None:
        _conversations_only(transport)
        ann, bob = post.open(), post.open()
        post.send(ann, b"hello", bob.where)
        post.until(lambda: bob.frames, "the greeting arrives")
        post.close(bob)
        post.until(lambda: ann.lost, "the end is reported")
        assert ann.lost[0].place == bob.where

    def test_what_was_sent_before_a_mailbox_was_closed_arrives(
        self, transport: Transport, post: Post
    ) -> None:
        _conversations_only(transport)
        ann, bob = post.open(), post.open()
        callee, caller = post.introduce(ann, bob)
        post.send(bob, b"unread mail of the other's", caller)
        left = _left_unread(post, ann, bob, callee)
        post.close(ann)
        post.until(lambda: bob.lost, "the other hears of the end")
        assert bob.frames == left

    def test_frames_that_wait_when_the_other_closes_are_undeliverable_after_the_end_is_reported(
        self, transport: Transport, post: Post
    ) -> None:
        _conversations_only(transport)
        ann, bob = post.open(), post.open()
        callee, _ = post.introduce(ann, bob)
        tokens = [post.send(ann, MEBIBYTE, callee) for _ in range(30)]
        post.close(bob)
        post.until(lambda: ann.lost and all(map(ann.fate, tokens)), "the end, and every outcome, is reported")
        lost_at = ann.events.index(ann.lost[0])
        failed_at = [at for at, event in enumerate(ann.events) if isinstance(event, Undeliverable)]
        assert all(at > lost_at for at in failed_at)

    def test_a_mailbox_may_be_closed_twice(self, post: Post) -> None:
        ann = post.open()
        ann.endpoint.close()
        ann.endpoint.close()

    def test_a_closed_mailbox_may_be_woken(self, post: Post) -> None:
        ann = post.open()
        ann.endpoint.close()
        ann.endpoint.wake()

    @pytest.mark.skipif(not OPEN_FILES.exists(), reason="open files can only be counted in /proc")
    def test_a_closed_mailbox_leaves_no_file_open(self, post: Post) -> None:
        before = len(os.listdir(OPEN_FILES))
        ann, bob, eve = post.open(), post.open(), post.open()
        post.introduce(ann, bob)
        post.introduce(eve, bob)
        post.send(ann, b"to nobody", _released(post))
        post.send(ann, b"unread", eve.where)
        reserved = post.invite(ann)
        post.send(ann, b"to nobody yet", reserved.where)
        post.quiet(eve)
        reserved.release()
        post.close_all()
        assert len(os.listdir(OPEN_FILES)) == before


def _left_unread(post: Post, writer: Box, reader: Box, callee: Peer) -> list[bytes]:
    """Submit frames that the reader does not look at; return those that have left."""
    frames = numbered(500)
    tokens = [post.send(writer, frame, callee) for frame in frames]
    until = post.now() + QUIET_S  # not longer: what is said to have left may need no more looking after
    while not all(map(writer.fate, tokens)) and post.now() < until:
        post.attend(reader)
    left = [frame for frame, token in zip(frames, tokens, strict=True) if writer.fate(token)]
    assert left, "none of many small frames has left"
    return left


def _released(post: Post) -> str:
    invitation = post.invite(post.boxes[0])
    invitation.release()
    return invitation.where


def _conversations_only(transport: Transport) -> None:
    if not transport.ordered:
        pytest.skip("this transport has no conversations")
