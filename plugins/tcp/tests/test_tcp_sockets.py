"""What is particular to TCP: ports, circles, idle connections, and running out of files."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import struct
import subprocess
import sys
import time

import pytest

from plugins.tcp.tests.tcp_helpers import framed, post, raw_client
from thespian_multiproc.testing.post import Post
from thespian_multiproc.transport.interface import AddressInUse, Undeliverable
from thespian_tcp.meeting import Doors
from thespian_tcp.places import SocketAddress, as_socket_address, nobody_is_there
from thespian_tcp.transport import TcpTransport

__all__ = ["post"]


def test_a_connection_that_goes_round_in_a_circle_is_nobody(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = post.open()
    nobody = post.invite(ann)
    nobody.release()
    usual = Doors._new_socket

    def unlucky(self: Doors, family: socket.AddressFamily, target: SocketAddress) -> socket.socket:
        """Choose, of all ports, the one that is connected to: the system does so now and then."""
        sock = usual(self, family, target)
        sock.bind(target)
        return sock

    monkeypatch.setattr(Doors, "_new_socket", unlucky)
    token = post.send(ann, b"anybody there?", nobody.where)
    post.until(lambda: ann.fate(token), "the outcome is reported")
    outcome = ann.fate(token)
    assert isinstance(outcome, Undeliverable)
    assert outcome.gone
    assert (ann.frames, ann.lost) == ([], [])


def test_a_place_that_another_program_listens_at_is_in_use(post: Post) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        place = f"127.0.0.1:{other.getsockname()[1]}"
        with pytest.raises(AddressInUse, match=place):
            post.invite(post.open(), at=place)


def test_a_mailbox_listens_on_loopback_only(post: Post) -> None:
    host, _ = as_socket_address(post.open().where)[1]
    assert host == "127.0.0.1"


def test_hundreds_may_connect_before_the_owner_looks(post: Post) -> None:
    box = post.open()
    with contextlib.ExitStack() as clients:
        for number in range(300):
            clients.enter_context(raw_client(box.where)).sendall(framed(b"%d" % number))
        post.until(lambda: len(box.frames) == 300, "everybody is heard")
    assert sorted(map(int, box.frames)) == list(range(300))


def test_conversations_are_reused_in_both_directions(post: Post) -> None:
    ann, bob = post.open(), post.open()
    callee, caller = post.introduce(ann, bob)
    files = len(os.listdir("/proc/self/fd")) if os.path.exists("/proc/self/fd") else 0
    for number in range(20):
        post.send(ann, b"question", bob.where)
        post.send(bob, b"answer", caller)
        post.until(lambda number=number: len(ann.frames) > number < len(bob.frames), "both arrive")  # type: ignore[misc]
    assert {*bob.peers} == {caller}
    assert {*ann.peers} == {callee}
    assert not files or len(os.listdir("/proc/self/fd")) == files


def test_an_answer_to_somebody_who_hung_up_rudely_is_undeliverable(post: Post) -> None:
    box = post.open()
    with raw_client(box.where) as client:
        client.sendall(framed(b"hello"))
        post.until(lambda: box.frames, "the greeting arrives")
        # Closing without lingering resets the connection.
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    tokens = [post.send(box, b"welcome", box.peers[0]) for _ in range(3)]
    post.until(lambda: box.lost and all(map(box.fate, tokens)), "every outcome is reported")
    assert isinstance(box.fate(tokens[-1]), Undeliverable)


@pytest.mark.parametrize(
    "error", [errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EADDRNOTAVAIL, 0]
)
def test_only_a_refusal_proves_that_nobody_is_there(error: int) -> None:
    assert nobody_is_there(errno.ECONNREFUSED)
    assert not nobody_is_there(error)


def test_a_broken_connection_is_lost_and_its_unsent_frames_are_undeliverable(post: Post) -> None:
    ann = post.open()
    with socket.create_server(("127.0.0.1", 0)) as server:
        tokens = [post.send(ann, bytes(1 << 20), f"127.0.0.1:{server.getsockname()[1]}") for _ in range(30)]
        post.until(lambda: ann.fate(tokens[0]), "the first frame leaves")
        sock, _ = server.accept()
        sock.close()  # with unread bytes: a reset
        post.until(lambda: ann.lost and all(map(ann.fate, tokens)), "every outcome is reported")
    assert isinstance(ann.fate(tokens[-1]), Undeliverable)
    assert not getattr(ann.fate(tokens[-1]), "gone", True)


@pytest.mark.skipif(sys.platform == "win32", reason="a socket is handed over by its number only on POSIX")
def test_a_reserved_mailbox_is_handed_to_another_process(post: Post) -> None:
    ann = post.open()
    reserved = post.invite(ann)
    assert not any(map(os.get_inheritable, reserved.descriptors))
    program = (
        "import sys\n"
        "from thespian_multiproc.transport.interface import Invitation, Received\n"
        "from thespian_tcp.transport import TcpTransport\n"
        "endpoint = TcpTransport().open(Invitation(sys.argv[1], (int(sys.argv[2]),)))\n"
        "[heard] = [event for event in endpoint.wait(30) if isinstance(event, Received)]\n"
        "endpoint.submit([b'this is ', heard.frame], heard.peer, 1)\n"
        "endpoint.close()\n"
    )
    post.send(ann, b"the child", reserved.where)
    child = subprocess.Popen(
        [sys.executable, "-c", program, reserved.where, str(reserved.descriptors[0])],
        pass_fds=reserved.descriptors,
    )
    # The parent's copy keeps the port open: without this, a dead child still accepts mail.
    reserved.release()
    try:
        post.until(lambda: ann.frames, "the child answers")
        post.until(lambda: ann.lost, "the child's end is seen")
    finally:
        assert child.wait(30) == 0
    assert ann.frames == [b"this is the child"]
    token = post.send(ann, b"still there?", reserved.where)
    post.until(lambda: ann.fate(token), "the outcome is reported")
    assert getattr(ann.fate(token), "gone", False)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")  # 3.12 and later, when there are threads
def test_a_fork_that_closes_its_copy_ends_no_conversation(post: Post) -> None:
    ann, bob = post.open(), post.open()
    callee, caller = post.introduce(ann, bob)
    child = os.fork()
    if not child:
        ann.endpoint.close()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    post.send(ann, b"question", callee)
    post.send(bob, b"answer", caller)
    post.until(lambda: ann.frames and bob.frames, "both arrive")
    assert (ann.lost, bob.lost) == ([], [])


def test_small_frames_and_large_ones_have_left_at_once_when_there_is_room(post: Post) -> None:
    ann, bob = post.open(), post.open()
    callee, caller = post.introduce(ann, bob)
    tokens = [post.send(ann, b"small", callee), post.send(ann, [bytes(50_000), b"and more"], callee)]
    tokens += [post.send(bob, b"small", caller)]
    assert {*tokens} <= {*ann.left_at_once, *bob.left_at_once}


def test_a_mailbox_with_a_smaller_limit_hangs_up_on_larger_frames() -> None:
    large, small = (Post(TcpTransport(max_frame_bytes=size), time.monotonic) for size in (4_000, 2_000))
    try:
        ann, bob = large.open(), small.open()
        large.boxes.append(bob)  # so that both attend
        callee, _ = large.introduce(ann, bob)
        large.send(ann, bytes(2_000), callee)
        large.until(lambda: bob.frames, "the frame that is just not too large arrives")
        large.send(ann, bytes(2_001), callee)
        large.until(lambda: ann.lost and bob.lost, "both hear of the end")
        assert len(bob.frames) == 1
    finally:
        large.close_all()
        small.close_all()


@pytest.mark.parametrize("limit", [0, -1, 1023, 1 << 32])
def test_a_limit_that_cannot_be_is_refused_by_name(limit: int) -> None:
    with pytest.raises(ValueError, match="max_frame_bytes") as caught:
        TcpTransport(max_frame_bytes=limit)
    assert repr(limit) in str(caught.value)


def test_closing_takes_no_longer_than_was_said_though_somebody_does_not_read() -> None:
    post = Post(TcpTransport(drain_s=0.2), time.monotonic)
    ann, deaf = post.open(), post.open()
    try:
        callee, _ = post.introduce(ann, deaf)
        for _ in range(20):
            post.send(ann, bytes(1 << 20), callee)
        began_at = time.monotonic()
        post.close(ann)
        assert 0.15 < time.monotonic() - began_at < 3
    finally:
        post.close_all()


@pytest.mark.parametrize(
    "place", ["nowhere", "localhost:1900", "127.0.0.1:0", "127.0.0.1:70000", "127.0.0.1:x", "1.2.3:5", ""]
)
def test_a_place_that_is_none_is_undeliverable_and_named(post: Post, place: str) -> None:
    ann = post.open()
    token = post.send(ann, b"frame", place)
    ann.look(0)
    outcome = ann.fate(token)
    assert isinstance(outcome, Undeliverable)
    assert repr(place) in outcome.reason


def test_mailboxes_can_have_ipv6_places() -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    post = Post(TcpTransport("::1"), time.monotonic)
    try:
        ann, bob = post.open(), post.open()
        assert ann.where.startswith("[::1]:")
        post.introduce(ann, bob)
    finally:
        post.close_all()


@pytest.mark.parametrize("host", ["", "0.0.0.0", "::", "localhost", "127.0.0.1:80"])
def test_a_host_that_others_cannot_connect_to_is_refused(host: str) -> None:
    with pytest.raises(ValueError, match="host of a mailbox") as caught:
        TcpTransport(host)
    assert repr(host) in str(caught.value)


def test_the_admins_place_is_at_port_1900_or_at_the_one_that_is_given() -> None:
    assert TcpTransport().resolve({}) == "127.0.0.1:1900"
    assert TcpTransport().resolve({"Admin Port": 65_535}) == "127.0.0.1:65535"


@pytest.mark.parametrize("port", ["1900", 0, -1, 70_000, True, None, 1.5])
def test_an_admin_port_that_is_none_is_refused_by_name(port: object) -> None:
    with pytest.raises(ValueError, match="Admin Port") as caught:
        TcpTransport().resolve({"Admin Port": port})
    assert repr(port) in str(caught.value)
