"""The contract of waiting: as long as was asked for, and not once it was woken."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from thespian_core.testing.contract import PATIENCE_S
from thespian_multiproc.testing.post import QUIET_S, Post
from thespian_multiproc.transport.interface import Endpoint, Event

A_LOT_S = 2.0  # what a loaded machine may add to a wait
ROUGHLY = 0.9  # clocks differ: a wait may end that part of it too early


class _WaitElsewhere:
    """A wait without end in another thread, as the owner of the endpoint."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.returned: list[Sequence[Event]] = []
        self.done = threading.Event()
        self._endpoint = endpoint
        self._thread = threading.Thread(target=self._wait, name="waits for a wake", daemon=True)
        self._thread.start()

    def _wait(self) -> None:
        try:
            self.returned.append(self._endpoint.wait(None))
        except RuntimeError:  # what an endpoint may do that knows that nobody will ever wake it
            return
        finally:
            self.done.set()

    def free(self, post: Post) -> None:
        """End the wait by mail, if nothing else did."""
        if not self.done.is_set():
            post.send(post.open(), b"wake up", self._endpoint.where)
            self.done.wait(PATIENCE_S)
        self._thread.join(PATIENCE_S)


class Waiting:
    """Waits end in time, or when they are woken."""

    def test_a_wait_of_no_time_returns_at_once(self, post: Post) -> None:
        ann = post.open()
        started_at = post.now()
        assert list(ann.endpoint.wait(0)) == []
        assert post.now() - started_at < A_LOT_S / 4

    def test_a_wait_for_nothing_ends_in_time_and_not_before(self, post: Post) -> None:
        ann = post.open()
        started_at = post.now()
        assert list(ann.endpoint.wait(QUIET_S)) == []
        assert QUIET_S * ROUGHLY <= post.now() - started_at < QUIET_S + A_LOT_S

    def test_a_wait_ends_when_something_happens(self, post: Post) -> None:
        ann, bob = post.open(), post.open()
        post.introduce(ann, bob)
        post.send(ann, b"frame", bob.where)
        started_at = post.now()
        while not bob.look(PATIENCE_S) and post.now() - started_at < PATIENCE_S:
            pass  # the transport had something to do for itself
        assert post.now() - started_at < A_LOT_S
        assert bob.frames == [b"frame"]

    def test_a_wait_without_end_returns_what_happened(self, post: Post) -> None:
        ann, bob = post.open(), post.open()
        post.introduce(ann, bob)
        post.send(ann, b"frame", bob.where)
        until = post.now() + PATIENCE_S
        while not (events := bob.endpoint.wait(None)) and post.now() < until:
            pass  # the transport had something to do for itself
        [event] = events
        assert bytes(getattr(event, "frame", b"")) == b"frame"

    def test_a_wake_from_another_thread_ends_a_wait(self, post: Post) -> None:
        ann = post.open()
        waiting = _WaitElsewhere(ann.endpoint)
        assert not waiting.done.wait(QUIET_S), "a wait without end ended by itself"
        ann.endpoint.wake()
        woken = waiting.done.wait(PATIENCE_S / 10)
        waiting.free(post)
        assert woken, "the wait went on"
        assert [list(events) for events in waiting.returned] == [[]]

    def test_a_wake_before_a_wait_ends_that_wait(self, post: Post) -> None:
        ann = post.open()
        ann.endpoint.wake()
        waiting = _WaitElsewhere(ann.endpoint)
        woken = waiting.done.wait(PATIENCE_S / 10)
        waiting.free(post)
        assert woken, "the wake before the wait was forgotten"
        assert [list(events) for events in waiting.returned] == [[]]

    def test_a_mailbox_that_is_woken_all_the_time_blocks_nobody_and_gets_its_mail(self, post: Post) -> None:
        ann, bob = post.open(), post.open()
        for _ in range(100_000):  # more than a pipe holds, which is 64 KiB on Linux
            bob.endpoint.wake()
        post.send(ann, b"frame", bob.where)
        post.until(lambda: bob.frames, "the frame arrives")
        assert bob.frames == [b"frame"]
