"""The relay: what overtakes what, and what becomes of everybody when it is gone."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from thespian_multiproc.runtime.living import ProcessWatch
from thespian_multiproc.testing.post import Box, Post
from thespian_multiproc.transport.interface import Undeliverable
from thespian_queue.door import RelayGone
from thespian_queue.transport import QueueTransport

PATIENCE_S = 20.0


@pytest.fixture
def transport() -> QueueTransport:
    """A transport, and so a relay, of its own for each test."""
    return QueueTransport()


@pytest.fixture
def post(transport: QueueTransport) -> Iterator[Post]:
    """Opens endpoints, and closes them whatever happens."""
    post = Post(transport, time.monotonic)
    try:
        yield post
    finally:
        post.close_all()


def relay_of(transport: QueueTransport) -> int:
    """Return the relay's process number."""
    tree = transport._tree
    assert tree is not None
    return tree.pid


def keeper(post: Post) -> Box:
    """Open the mailbox that the system lives and dies with."""
    return post.open(post.invite(post.boxes[0], at=post.transport.resolve({})))


def test_the_admins_place_is_named_by_the_capability_admin_address(transport: QueueTransport) -> None:
    assert transport.resolve({"Admin Address": "mine"}) != transport.resolve({})
    for wrong in ("", 1900, None):
        with pytest.raises(ValueError, match="'Admin Address' must be a text"):
            transport.resolve({"Admin Address": wrong})


def test_what_the_dead_had_written_goes_ahead_of_what_the_keeper_says_then(
    transport: QueueTransport, post: Post
) -> None:
    parent = post.open()
    admin, child = keeper(post), post.open()
    from_child, _ = post.introduce(child, parent)
    from_admin, _ = post.introduce(admin, parent)
    frames = [
        b"%d" % number + bytes(10_000) for number in range(12)
    ]  # two reads of the relay, and one window
    os.kill(relay_of(transport), signal.SIGSTOP)
    try:
        for frame in frames:
            post.send(child, frame, from_child)
        assert len(child.left_at_once) == len(frames)
        post.close(child)
        post.send(admin, b"your child has died", from_admin)
    finally:
        os.kill(relay_of(transport), signal.SIGCONT)
    post.until(lambda: len(parent.frames) > len(frames), "all of it arrives")
    assert parent.frames == [*frames, b"your child has died"]


def test_when_the_relay_is_killed_a_program_learns_it_and_who_was_invited_ends(
    transport: QueueTransport, post: Post
) -> None:
    program = post.open()
    admin = keeper(post)
    peer, _ = post.introduce(program, admin)
    token = post.send(program, bytes(1 << 20), peer)
    os.kill(relay_of(transport), signal.SIGKILL)
    post.until(lambda: program.lost and program.fate(token), "the program learns it", admin)
    late = post.send(program, b"too late", admin.where)
    post.until(lambda: program.fate(late), "so it does later", admin)
    assert isinstance(program.fate(late), Undeliverable)
    with pytest.raises(RelayGone):
        admin.endpoint.wait(PATIENCE_S)
    with pytest.raises(OSError, match="the relay of this system is gone"):
        program.endpoint.invite()


def test_the_relay_ends_with_its_keeper_though_others_are_left(transport: QueueTransport, post: Post) -> None:
    program = post.open()
    admin = keeper(post)
    post.introduce(program, admin)
    watch = ProcessWatch(relay_of(transport))
    post.close(admin)
    assert watch.wait(PATIENCE_S)
    watch.close()
    post.until(lambda: program.lost, "the others hear of it")


def test_the_relay_ends_with_the_last_mailbox_and_the_next_one_has_a_new_one(
    transport: QueueTransport, post: Post
) -> None:
    post.close(post.open())
    assert transport._tree is None
    ann, bob = post.open(), post.open()
    post.introduce(ann, bob)


def test_any_number_of_threads_open_and_reserve_mailboxes(transport: QueueTransport, post: Post) -> None:
    hub = post.open()

    def open_and_write(_: int) -> Box:
        box = Box(transport.open())
        box.endpoint.submit([box.where.encode()], hub.where, 1)
        post.invitations.append(box.endpoint.invite())
        return box

    with ThreadPoolExecutor(8) as threads:
        boxes = list(threads.map(open_and_write, range(60)))
    post.boxes += boxes
    post.until(lambda: len(hub.frames) == len(boxes), "all mail arrives")
    places = {box.where for box in boxes} | {invitation.where for invitation in post.invitations}
    assert len(places) == 2 * len(boxes)


def test_a_relay_that_cannot_run_is_an_error_and_leaves_nothing_behind(
    transport: QueueTransport, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tmp_path.joinpath("thespian_queue.py").write_text("this is no Python")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("THESPLOG_FILE", str(tmp_path / "internal.log"))
    with pytest.raises(RelayGone):
        transport.open()
    assert "run_relay has failed" in tmp_path.joinpath("internal.log").read_text()
