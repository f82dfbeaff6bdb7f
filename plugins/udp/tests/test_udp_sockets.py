"""What is particular to UDP: ports, refusals, handed-over sockets, and rooms that are full."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time

import pytest

from plugins.udp.tests.udp_helpers import post, stranger
from thespian_multiproc.testing.post import Post
from thespian_multiproc.transport.interface import AddressInUse, Sent, Undeliverable
from thespian_udp.endpoint import UdpEndpoint
from thespian_udp.places import as_socket_address, hold
from thespian_udp.transport import MAX_FRAME_BYTES, ONE_PACKET_BYTES, UdpTransport

__all__ = ["post", "stranger"]


def test_a_place_that_another_program_has_is_in_use(post: Post, stranger: socket.socket) -> None:
    place = f"127.0.0.1:{stranger.getsockname()[1]}"
    with pytest.raises(AddressInUse, match=place):
        post.invite(post.open(), at=place)


def test_nobody_can_bind_a_mailboxs_port_a_second_time_by_any_option(post: Post) -> None:
    box = post.open()
    for option in (socket.SO_REUSEADDR, getattr(socket, "SO_REUSEPORT", socket.SO_REUSEADDR)):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as thief:
            thief.setsockopt(socket.SOL_SOCKET, option, 1)
            with pytest.raises(OSError, match="in use"):
                thief.bind(as_socket_address(box.where))


def test_a_mailbox_is_on_loopback_only(post: Post) -> None:
    assert as_socket_address(post.open().where)[0] == "127.0.0.1"


def test_a_refused_frame_is_lost_once_it_was_said_to_have_left(post: Post) -> None:
    ann, bob = post.open(), post.open()
    callee, _ = post.introduce(ann, bob)
    post.close(bob)
    token = post.send(ann, b"still there?", callee)
    assert isinstance(ann.fate(token), Sent)
    post.until(lambda: ann.lost, "the loss of the peer is reported")
    assert [(lost.peer, lost.place) for lost in ann.lost] == [(callee, None)]


def test_a_refusal_of_one_is_no_refusal_of_another(post: Post) -> None:
    ann, bob, eve = post.open(), post.open(), post.open()
    callee, _ = post.introduce(ann, bob)
    post.close(eve)
    for number in range(20):
        dead = post.send(ann, b"anybody there?", eve.where)
        alive = post.send(ann, b"%d" % number, bob.where)
        live_peer = post.send(ann, b"more", callee)
        post.until(lambda ids=(dead, alive, live_peer): all(map(ann.fate, ids)), "all is reported")  # type: ignore[misc]
        assert getattr(ann.fate(dead), "gone", False)
        assert isinstance(ann.fate(alive), Sent)
        assert isinstance(ann.fate(live_peer), Sent)
    post.until(lambda: len(bob.frames) == 40, "all mail to the other arrives")
    assert ann.lost == []


@pytest.mark.skipif(sys.platform == "win32", reason="a socket is handed over by its number only on POSIX")
def test_a_reserved_mailbox_is_handed_to_another_process(post: Post) -> None:
    ann = post.open()
    reserved = post.invite(ann)
    assert not any(map(os.get_inheritable, reserved.descriptors))
    program = (
        "import sys\n"
        "from thespian_multiproc.transport.interface import Invitation, Received\n"
        "from thespian_udp.transport import UdpTransport\n"
        "endpoint = UdpTransport().open(Invitation(sys.argv[1], (int(sys.argv[2]),)))\n"
        "[heard] = [event for event in endpoint.wait(30) if isinstance(event, Received)]\n"
        "endpoint.submit([b'this is ', heard.frame], heard.peer, 1)\n"
        "endpoint.close()\n"
    )
    post.send(ann, b"the child", reserved.where)
    child = subprocess.Popen(
        [sys.executable, "-c", program, reserved.where, str(reserved.descriptors[0])],
        pass_fds=reserved.descriptors,
    )
    # The parent's copy keeps the port open: without this, mail to a dead child looks delivered.
    reserved.release()
    try:
        post.until(lambda: ann.frames, "the child answers")
    finally:
        assert child.wait(30) == 0
    assert ann.frames == [b"this is the child"]
    token = post.send(ann, b"still there?", reserved.where)
    post.until(lambda: ann.fate(token), "the outcome is reported")
    assert getattr(ann.fate(token), "gone", False)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")  # 3.12 and later, when there are threads
def test_a_fork_that_closes_its_copy_takes_nothing_from_the_owner(post: Post) -> None:
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


class FullSocket(socket.socket):
    """A socket without room for datagrams until it is given some."""

    room = 0

    def sendto(self, *args: object) -> int:
        if not self.room:
            raise BlockingIOError
        self.room -= 1
        return super().sendto(*args)  # type: ignore[call-overload,no-any-return]


def test_frames_wait_in_order_until_the_system_has_room_for_them(post: Post) -> None:
    bob = post.open()
    held = hold("127.0.0.1", 0)
    sock = FullSocket(fileno=held.detach())
    ann = UdpEndpoint(sock, "ann", "127.0.0.1", MAX_FRAME_BYTES)
    try:
        peer = as_socket_address(bob.where)
        assert [ann.submit([b"%d" % number], peer, number) for number in range(3)] == [False] * 3
        assert list(ann.wait(0)) == []
        sock.room = 2
        assert ann.wait(0) == [Sent(0, peer), Sent(1, peer)]
        sock.room = 2
        assert ann.wait(None) == [Sent(2, peer)]
        assert ann.submit([b"3"], peer, 3), "there is room again"
        post.until(lambda: len(bob.frames) == 3 or bob.look(0.1), "they arrive")
        post.until(lambda: len(bob.frames) == 4, "they all arrive")
        assert bob.frames == [b"0", b"1", b"2", b"3"]
    finally:
        ann.close()


@pytest.mark.parametrize(
    ("place", "why"), [("[::1]:1029", "cannot be reached"), ("255.255.255.255:1029", "could not be sent")]
)
def test_a_frame_that_the_system_refuses_is_undeliverable_and_says_why(
    post: Post, place: str, why: str
) -> None:
    ann = post.open()
    token = post.send(ann, b"to another kind of place", place)
    post.until(lambda: ann.fate(token), "the outcome is reported")
    outcome = ann.fate(token)
    assert isinstance(outcome, Undeliverable)
    assert not outcome.gone
    assert why in outcome.reason


@pytest.mark.parametrize(
    "place", ["nowhere", "localhost:1029", "127.0.0.1:0", "127.0.0.1:70000", "127.0.0.1:x", "1.2.3:5", ""]
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
        hold("::1", 0).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    post = Post(UdpTransport("::1"), time.monotonic)
    try:
        ann, bob = post.open(), post.open()
        assert ann.where.startswith("[::1]:")
        callee, _ = post.introduce(ann, bob)
        assert callee == as_socket_address(bob.where)
        post.close(bob)
        token = post.send(ann, b"still there?", bob.where)
        post.until(lambda: ann.fate(token), "the outcome is reported")
        assert getattr(ann.fate(token), "gone", False)
    finally:
        post.close_all()


@pytest.mark.parametrize("host", ["", "0.0.0.0", "::", "localhost", "127.0.0.1:80", "224.0.0.1"])
def test_a_host_that_others_cannot_send_to_is_refused(host: str) -> None:
    with pytest.raises(ValueError, match="host of a mailbox") as caught:
        UdpTransport(host)
    assert repr(host) in str(caught.value)


@pytest.mark.parametrize("limit", [0, -1, 1023, MAX_FRAME_BYTES + 1])
def test_a_limit_that_cannot_be_is_refused_by_name(limit: int) -> None:
    with pytest.raises(ValueError, match="max_frame_bytes") as caught:
        UdpTransport(max_frame_bytes=limit)
    assert repr(limit) in str(caught.value)


def test_between_machines_a_frame_fits_in_one_packet_on_any_path() -> None:
    assert UdpTransport("192.0.2.1").max_frame_bytes == ONE_PACKET_BYTES
    assert UdpTransport("127.0.0.1").max_frame_bytes == MAX_FRAME_BYTES


def test_the_admins_place_is_at_port_1029_or_at_the_one_that_is_given() -> None:
    assert UdpTransport().resolve({}) == "127.0.0.1:1029"
    assert UdpTransport().resolve({"Admin Port": 65_535}) == "127.0.0.1:65535"


@pytest.mark.parametrize("port", ["1029", 0, -1, 70_000, True, None, 1.5])
def test_an_admin_port_that_is_none_is_refused_by_name(port: object) -> None:
    with pytest.raises(ValueError, match="Admin Port") as caught:
        UdpTransport().resolve({"Admin Port": port})
    assert repr(port) in str(caught.value)
