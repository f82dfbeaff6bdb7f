"""What is left of a mailbox when its owner is killed, or runs out of descriptors: nothing, and the others."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from thespian_multiproc.testing.post import Post
from thespian_multiproc.transport.interface import Invitation, Undeliverable
from thespian_unix.transport import UnixTransport

OWNER = """
import sys
from thespian_multiproc.transport.interface import Invitation
from thespian_unix.transport import UnixTransport

endpoint = UnixTransport().open(Invitation(sys.argv[1], (int(sys.argv[2]),)))
print("open", flush=True)
while True:
    endpoint.wait(None)
"""


@pytest.fixture
def post() -> Iterator[Post]:
    """Opens mailboxes, and closes them after the test."""
    post = Post(UnixTransport(), time.monotonic)
    try:
        yield post
    finally:
        post.close_all()


@contextmanager
def owner_of(invitation: Invitation) -> Iterator[subprocess.Popen[str]]:
    """Let another process own a reserved mailbox meanwhile."""
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER, invitation.where, str(invitation.descriptors[0])],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        pass_fds=invitation.descriptors,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "open\n"
            invitation.release()
            yield process
        finally:
            process.kill()


def names() -> str:
    """Return what Linux knows of Unix sockets."""
    return Path("/proc/net/unix").read_text("utf-8")


def test_nothing_is_left_of_an_owner_that_is_killed_and_its_place_is_free(post: Post) -> None:
    ann = post.open()
    reserved = post.invite(ann)
    place = reserved.where
    with owner_of(reserved) as owner:
        tokens = [post.send(ann, frame, place) for frame in (b"hello", b"hello again")]
        post.until(lambda: all(map(ann.fate, tokens)), "the mail has left")
        assert f"@{place}" in names()
        owner.send_signal(signal.SIGKILL)
        post.until(lambda: ann.lost, "the end is told")
        owner.wait()
    assert [lost.place for lost in ann.lost] == [place]
    token = post.send(ann, b"anybody there?", place)
    post.until(lambda: ann.fate(token), "the outcome is reported")
    outcome = ann.fate(token)
    assert isinstance(outcome, Undeliverable)
    assert outcome.gone
    assert f"@{place}" not in names()
    assert post.invite(ann, at=place).where == place


@contextmanager
def no_descriptor_left() -> Iterator[None]:
    """Let this process open nothing more meanwhile, but what takes the place of something closed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest_free = os.dup(0)
    os.close(lowest_free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_who_can_accept_nobody_more_ends_the_oldest_strangers_conversation(post: Post) -> None:
    hub, friend, stranger, late = (post.open() for _ in range(4))
    post.introduce(friend, hub)
    post.send(stranger, b"let me in", hub.where)
    post.until(lambda: hub.frames, "the stranger is heard")
    post.send(late, b"me too", hub.where)  # connects at once: it is the hub that has to accept it
    with no_descriptor_left():
        post.until(lambda: hub.lost, "somebody has to go")
        post.until(lambda: b"me too" in hub.frames, "the one who came last is heard")
    assert [lost.peer for lost in hub.lost] == [hub.peers[0]], "the friend may stay"


def test_who_can_write_to_nobody_more_ends_the_oldest_conversation_and_then_can(post: Post) -> None:
    hub, friend, other = (post.open() for _ in range(3))
    callee, _ = post.introduce(hub, friend)
    with no_descriptor_left():
        token = post.send(hub, b"hello", other.where)
        post.until(lambda: hub.lost and friend.lost, "both hear of the end")
        outcome = hub.fate(token)
        assert isinstance(outcome, Undeliverable)
        assert not outcome.gone
        again = post.send(hub, b"hello", other.where)
        post.until(lambda: hub.fate(again) and other.frames, "there is room now")
    assert [lost.peer for lost in hub.lost] == [callee]
    assert other.frames == [b"hello"]
