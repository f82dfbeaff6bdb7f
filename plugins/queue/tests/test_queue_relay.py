"""The relay: what overtakes what, and what becomes of everybody when it is gone."""

from __future__ import annotations

import contextlib
import doctest
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
from thespian_queue import transport as transport_module
from thespian_queue.door import RESERVE, Door, RelayGone
from thespian_queue.transport import QueueTransport
from thespian_queue.tree import ENDS_WITHIN_S

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


def door_of(transport: QueueTransport) -> Door:
    """Return the door to its relay."""
    tree = transport._tree
    assert tree is not None
    return tree.door


def keeper(post: Post) -> Box:
    """Open the mailbox that the system lives and dies with."""
    return post.open(post.invite(post.boxes[0], at=post.transport.resolve({})))


def test_the_admins_place_is_named_by_the_capability_admin_address(transport: QueueTransport) -> None:
    names = ("mine", "7 of 9", "é" * 100, "x" * 200)
    assert len({transport.resolve({}), *(transport.resolve({"Admin Address": name}) for name in names)}) == 5


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("", "must be a text that is not empty"),
        (1900, "must be a text .* not 1900"),
        (None, "must be a text"),
        ("\ud800", "UTF-8 cannot encode: '.ud800'; leave it out"),
        ("x" * 201, "has 201 bytes .* 200 are the most: choose a shorter one"),
        ("é" * 3000, "has 6000 bytes"),
        ("1", "digits only, .*: put a letter in"),
        ("1900", "digits only"),
    ],
    ids=ascii,
)
def test_an_admin_address_that_no_admin_can_have_is_refused_in_a_sentence(
    transport: QueueTransport, wrong: object, why: str
) -> None:
    with pytest.raises(ValueError, match=f"^the capability 'Admin Address' .*{why}") as caught:
        transport.resolve({"Admin Address": wrong})
    assert type(caught.value) is ValueError
    assert len(str(caught.value)) < 200
    assert str(caught.value).isprintable()


def test_who_asks_for_a_taken_place_and_is_gone_before_the_answer_hurts_nobody(
    transport: QueueTransport, post: Post
) -> None:
    program = post.open()
    admin = keeper(post)
    door = door_of(transport)
    os.kill(relay_of(transport), signal.SIGSTOP)
    try:
        door.knock(RESERVE + admin.where.encode()).close()
    finally:
        os.kill(relay_of(transport), signal.SIGCONT)
    assert not door.is_over()
    post.introduce(program, admin)


@pytest.mark.parametrize(
    "place", [b"/\xff", b"/" + b"x" * 5000, "é".encode() * 3000], ids=["no text", "cut", "cut in a character"]
)
def test_who_wishes_for_what_is_no_place_is_given_none_and_hurts_nobody(
    transport: QueueTransport, post: Post, place: bytes
) -> None:
    post.open()
    door = door_of(transport)
    with door.knock(RESERVE + place) as line:
        line.settimeout(PATIENCE_S)
        assert line.recv(1) == b""
    assert not door.is_over()
    post.introduce(post.open(), post.open())


@pytest.mark.parametrize(("at", "why"), [("/\ud800", "UTF-8"), ("/" + "x" * 5000, "5001 bytes")], ids=ascii)
def test_a_place_that_no_mailbox_can_have_cannot_be_reserved(post: Post, at: str, why: str) -> None:
    ann = post.open()
    with pytest.raises(ValueError, match=f"^no mailbox can be at .*{why}") as caught:
        post.invite(ann, at=at)
    assert type(caught.value) is ValueError
    post.introduce(ann, post.open())


def test_a_frame_to_a_place_that_no_text_can_name_may_be_sent_elsewhere(post: Post) -> None:
    ann = post.open()
    token = post.send(ann, b"hello", "/\ud800")
    post.until(lambda: ann.fate(token), "the outcome is reported")
    outcome = ann.fate(token)
    assert isinstance(outcome, Undeliverable)
    assert not outcome.gone
    assert outcome.reason.isprintable()


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


def test_a_relay_that_was_stopped_is_woken_when_nobody_needs_it_any_more(
    transport: QueueTransport, post: Post
) -> None:
    box = post.open()
    os.kill(relay_of(transport), signal.SIGSTOP)
    began = time.monotonic()
    post.close(box)
    assert transport._tree is None
    assert time.monotonic() - began < ENDS_WITHIN_S / 2


def test_a_relay_that_ended_unseen_is_waited_for_when_the_next_one_starts(transport: QueueTransport) -> None:
    with contextlib.closing(transport.open()) as endpoint:
        invitation = endpoint.invite(at=transport.resolve({}))
    pid = relay_of(transport)
    with contextlib.closing(ProcessWatch(pid)) as watch:
        invitation.release()
        assert watch.wait(PATIENCE_S)
    QueueTransport().open().close()
    with pytest.raises(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    transport.open().close()  # its owner is none the wiser


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


def test_the_examples_of_what_is_wrong_with_an_admin_address_are_true() -> None:
    assert doctest.testmod(transport_module) == doctest.TestResults(failed=0, attempted=2)
