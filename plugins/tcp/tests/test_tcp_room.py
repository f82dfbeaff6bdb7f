"""A TCP mailbox keeps to the descriptors that there are: whoever was idle for longest makes room."""

from __future__ import annotations

import contextlib
import itertools
import os
import socket
import time
from collections.abc import Iterator

import pytest

from plugins.tcp.tests.tcp_helpers import framed, post, raw_client
from thespian_multiproc.testing.post import Box, Post
from thespian_multiproc.transport.interface import Lost, Sent, Undeliverable
from thespian_tcp.limits import usual_most_conversations
from thespian_tcp.places import as_place
from thespian_tcp.transport import TcpTransport

__all__ = ["post"]

counts_files = pytest.mark.skipif(
    not os.path.exists("/proc/self/fd"), reason="open files can only be counted in /proc"
)
FEW = 40


@pytest.fixture
def few_files() -> Iterator[None]:
    """Let this process open only a few more files."""
    resource = pytest.importorskip("resource", reason="this system has no such limit to set")
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    used = {*map(int, os.listdir("/proc/self/fd"))}
    free = (number for number in itertools.count() if number not in used)
    resource.setrlimit(resource.RLIMIT_NOFILE, (next(itertools.islice(free, FEW, None)), before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.fixture
def transport() -> TcpTransport:
    """A transport whose limits a test may change."""
    return TcpTransport()


@contextlib.contextmanager
def opened(transport: TcpTransport) -> Iterator[Post]:
    """Open mailboxes of a transport, and close them whatever happens."""
    post = Post(transport, time.monotonic)
    try:
        yield post
    finally:
        post.close_all()


def test_idle_conversations_end_when_asked_and_both_sides_hear(post: Post) -> None:
    ann, bob = post.open(), post.open()
    callee, caller = post.introduce(ann, bob)
    assert ann.endpoint.close_idle(60) == 0  # type: ignore[attr-defined]
    post.send(bob, b"said meanwhile", caller)
    assert ann.endpoint.close_idle(0) == 1  # type: ignore[attr-defined]
    post.until(lambda: ann.lost and bob.lost, "both hear of the end")
    assert ann.frames == [b"said meanwhile"], "what was accepted is to be delivered"
    assert ann.lost == [Lost(callee, bob.where)]
    post.introduce(ann, bob)


@counts_files
@pytest.mark.usefixtures("few_files")
def test_whoever_runs_out_of_files_closes_what_was_idle_and_goes_on(post: Post) -> None:
    box, friend = post.open(), post.open()
    # Four files each, and the clients are in this process as well: all of them at once do not fit.
    clients = [raw_client(box.where) for _ in range(FEW - 15)]
    try:
        post.send(friend, b"good mail", box.where)
        post.until(lambda: box.frames, "the good mail arrives")
    finally:
        for client in clients:
            client.close()
    assert box.frames == [b"good mail"]


@counts_files
@pytest.mark.usefixtures("few_files")
def test_whoever_runs_out_of_files_with_nothing_idle_waits_until_somebody_leaves(post: Post) -> None:
    box = post.open()
    clients = []
    try:
        for _ in range(FEW // 4):
            clients.append(raw_client(box.where))
            clients[-1].sendall(framed(b"half a frame")[:8])  # under way, so not idle
            box.look(0.01)
        box.look(0.05)  # so that the last one, too, is under way
        with contextlib.suppress(OSError):  # until there is no file left to accept with
            while True:
                clients.append(raw_client(box.where))
        busy_since = time.process_time()
        box.look(0.3)
        assert time.process_time() - busy_since < 0.15, "a mailbox without room is not to run in circles"
        while clients:
            clients.pop().close()
        clients.append(raw_client(box.where))
        clients[0].sendall(framed(b"good mail"))
        post.until(lambda: b"good mail" in box.frames, "the good mail arrives")
    finally:
        for client in clients:
            client.close()


@counts_files
@pytest.mark.usefixtures("few_files")
def test_whoever_runs_out_of_files_begins_and_reserves_in_place_of_what_was_idle(post: Post) -> None:
    ann = post.open()
    with contextlib.ExitStack() as servers:
        places = []
        for _ in range(FEW - 15):
            server = servers.enter_context(socket.create_server(("127.0.0.1", 0)))
            places.append(as_place(*server.getsockname()))
        for place in places:  # more than there are files left for
            token = post.send(ann, b"hello", place)
            post.until(lambda token=token: ann.fate(token), "the outcome is reported")  # type: ignore[misc]
            assert isinstance(ann.fate(token), Sent)
        post.invite(ann)
        assert [lost.place for lost in ann.lost[:5]] == places[:5], "the longest idle are to go first"


@counts_files
@pytest.mark.usefixtures("few_files")
def test_whoever_runs_out_of_files_with_nothing_idle_fails_to_begin_but_nobody_is_gone(post: Post) -> None:
    ann, bob = post.open(), post.open()
    with contextlib.ExitStack() as files:
        with contextlib.suppress(OSError):
            while True:
                files.enter_context(open(os.devnull))
        token = post.send(ann, b"hello", bob.where)
        outcome = ann.look(0) and ann.fate(token)
        assert isinstance(outcome, Undeliverable)
        assert not outcome.gone
    post.introduce(ann, bob)


@counts_files
@pytest.mark.usefixtures("few_files")
def test_whoever_could_not_accept_does_when_others_have_given_files_back(post: Post) -> None:
    box = post.open()
    with raw_client(box.where) as client, contextlib.ExitStack() as files:
        client.sendall(framed(b"let me in"))
        with contextlib.suppress(OSError):
            while True:
                files.enter_context(open(os.devnull))
        busy_since = time.process_time()
        assert not box.look(0.3)
        assert time.process_time() - busy_since < 0.15, "a mailbox without room is not to run in circles"
        files.close()
        post.until(lambda: box.frames, "whoever waited is heard")


def test_a_conversation_that_was_idle_for_long_ends_by_itself(transport: TcpTransport) -> None:
    transport.idle_close_after_s = 0.05
    with opened(transport) as post:
        ann, bob = post.open(), post.open()
        callee, caller = post.introduce(ann, bob)
        post.until(lambda: ann.lost and bob.lost, "both hear of the end")
        assert (ann.lost, bob.lost) == ([Lost(callee, bob.where)], [Lost(caller)])
        post.introduce(ann, bob)


def test_what_is_written_to_somebody_who_has_just_ended_the_conversation_arrives(post: Post) -> None:
    ann, bob = post.open(), post.open()
    _, caller = post.introduce(ann, bob)
    assert ann.endpoint.close_idle(0) == 1  # type: ignore[attr-defined]
    post.send(bob, b"said a moment later", caller)
    post.until(lambda: ann.lost and bob.lost, "both hear of the end")
    assert ann.frames == [b"said a moment later"]


def test_of_too_many_conversations_the_longest_idle_are_ended_on_both_sides(transport: TcpTransport) -> None:
    transport.most_conversations = 5
    with opened(transport) as post:
        hub, *friends = (post.open() for _ in range(13))
        callers = [post.introduce(friend, hub)[1] for friend in friends]
        post.until(
            lambda: len(hub.lost) == 7 and all(friend.lost for friend in friends[:7]), "they hear of it"
        )
        post.quiet()
        assert [lost.peer for lost in hub.lost] == callers[:7]
        assert not any(friend.lost for friend in friends[7:])
        post.introduce(friends[0], hub)


def test_all_can_write_to_all_with_far_fewer_conversations_than_pairs(transport: TcpTransport) -> None:
    transport.most_conversations = 6
    with opened(transport) as post:
        boxes = [post.open() for _ in range(20)]
        missing = {(one.where, other.where) for one in boxes for other in boxes if one is not other}
        by_place = {box.where: box for box in boxes}
        rounds = 0
        while missing:
            rounds += 1
            assert rounds < 50, f"{len(missing)} pairs did not hear of each other"
            sent = [(by_place[one], write(post, by_place[one], other)) for one, other in sorted(missing)]
            post.until(lambda sent=sent: all(box.fate(token) for box, token in sent), "all is reported")  # type: ignore[misc]
            post.quiet()
            assert not any(getattr(box.fate(token), "gone", False) for box, token in sent)
            missing -= {(frame.decode(), box.where) for box in boxes for frame in box.frames}


def write(post: Post, one: Box, place: str) -> int:
    """Write to a place who has written, and return the token."""
    return post.send(one, one.where.encode(), place)


@counts_files
@pytest.mark.usefixtures("few_files")
def test_a_quarter_of_the_files_is_left_to_the_program() -> None:
    resource = pytest.importorskip("resource", reason="this system has no such limit to set")
    assert usual_most_conversations() == resource.getrlimit(resource.RLIMIT_NOFILE)[0] * 3 // 4
