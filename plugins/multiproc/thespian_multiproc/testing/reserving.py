"""The contract of reserving: a mailbox can be written to before its owner runs, and has one owner."""

from __future__ import annotations

import pytest

from thespian_multiproc.testing.carrying import numbered
from thespian_multiproc.testing.post import Post
from thespian_multiproc.transport.interface import AddressInUse, Transport


class Reserving:
    """A mailbox is reserved for a process that does not run yet."""

    def test_mail_to_a_reserved_mailbox_waits_for_its_owner(self, post: Post) -> None:
        ann = post.open()
        reserved = post.invite(ann)
        post.send(ann, b"for whoever will live here", reserved.where)
        post.quiet()
        bob = post.open(reserved)
        assert bob.where == reserved.where
        post.until(lambda: bob.frames, "the frame arrives")
        assert bob.frames == [b"for whoever will live here"]

    def test_much_mail_to_a_reserved_mailbox_waits_in_order(self, post: Post) -> None:
        ann = post.open()
        reserved = post.invite(ann)
        for frame in numbered(100):
            post.send(ann, frame, reserved.where)
        post.quiet()
        bob = post.open(reserved)
        post.until(lambda: len(bob.frames) >= 100, "all frames arrive")
        assert bob.frames == numbered(100)

    def test_whoever_opened_a_reserved_mailbox_can_answer(self, post: Post) -> None:
        ann = post.open()
        bob = post.open(post.invite(ann))
        post.introduce(ann, bob)
        post.introduce(bob, ann)

    def test_every_reserved_mailbox_has_a_place_of_its_own(self, post: Post) -> None:
        ann = post.open()
        places = [post.invite(ann).where for _ in range(20)]
        assert len({ann.where, *places}) == 21

    def test_a_place_that_somebody_has_cannot_be_reserved(self, post: Post) -> None:
        ann, bob = post.open(), post.open()
        with pytest.raises(AddressInUse):
            post.invite(ann, at=bob.where)
        post.introduce(ann, bob)

    def test_a_place_that_is_reserved_cannot_be_reserved_again(self, post: Post) -> None:
        ann = post.open()
        reserved = post.invite(ann)
        with pytest.raises(AddressInUse) as caught:
            post.invite(ann, at=reserved.where)
        assert reserved.where in str(caught.value), "the error is to name the place"

    def test_a_released_place_can_be_reserved_by_name(self, post: Post) -> None:
        ann = post.open()
        reserved = post.invite(ann)
        reserved.release()
        again = post.invite(ann, at=reserved.where)
        assert again.where == reserved.where
        post.introduce(ann, post.open(again))

    def test_a_closed_mailboxs_place_can_be_reserved_by_name(self, transport: Transport, post: Post) -> None:
        ann, bob, eve = post.open(), post.open(), post.open()
        post.introduce(eve, bob)
        post.introduce(bob, eve)  # so that either side's connections linger, where there are any
        post.close(bob)
        if transport.ordered:
            post.until(lambda: eve.lost, "the other hears of the end")
        again = post.open(post.invite(ann, at=bob.where))
        post.introduce(eve, again)

    def test_an_invitation_may_be_released_twice_and_frees_only_its_own(self, post: Post) -> None:
        ann = post.open()
        reserved = post.invite(ann)
        reserved.release()
        other = post.invite(ann)  # gets the same descriptors, where there are any
        reserved.release()
        post.introduce(ann, post.open(other))

    def test_releasing_an_invitation_that_was_opened_takes_nothing_from_its_owner(self, post: Post) -> None:
        ann = post.open()
        reserved = post.invite(ann)
        bob = post.open(reserved)
        reserved.release()
        post.introduce(ann, bob)

    def test_an_invitation_is_opened_once(self, post: Post) -> None:
        ann = post.open()
        reserved = post.invite(ann)
        post.open(reserved)
        with pytest.raises(ValueError, match=r".+"):
            post.open(reserved)

    def test_a_released_invitation_cannot_be_opened(self, post: Post) -> None:
        ann = post.open()
        reserved = post.invite(ann)
        reserved.release()
        with pytest.raises(ValueError, match=r".+"):
            post.open(reserved)
