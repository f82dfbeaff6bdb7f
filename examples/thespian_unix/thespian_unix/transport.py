"""Mailboxes that other processes of this machine reach over Unix sockets; Linux only."""

import contextlib
import errno
import os
import socket
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector

from thespian_multiproc.transport import interface
from thespian_multiproc.transport.capabilities import admin_port
from thespian_multiproc.transport.interface import Event, Frame, Invitation, Peer, Undeliverable

PACKET_BYTES = 64 << 10  # our choice: three of them fit into a socket (Linux: net.core.wmem_default)
MORE, LAST = b"+", b"."  # what a packet begins with: does its frame go on in the next one?


class UnixSocket(socket.socket):
    """Keeps packets whole and in order, and never blocks. A connected one is a conversation, and a peer.

    Attributes:
        place: what the conversation was begun with, if this end began it.
        admitted: whether the other end has proved who it is.
        unsent: packets that wait for room: mark, content, and the token of the frame.
        parts: what has come of a frame that is not whole yet.
    """

    def __init__(self, descriptor: int | None = None, *, place: str | None = None) -> None:
        super().__init__(socket.AF_UNIX, socket.SOCK_SEQPACKET, fileno=descriptor)
        self.setblocking(False)
        self.place, self.admitted = place, False
        self.unsent: deque[tuple[bytes, memoryview, int]] = deque()
        self.parts: list[bytes] = []

    def write(self) -> Iterator[Event]:
        """Send the packets that there is room for."""
        with contextlib.suppress(OSError):  # no room for now; or the end, which whoever reads comes to
            while self.unsent:
                mark, part, token = self.unsent[0]
                self.sendmsg((mark, part))
                self.unsent.popleft()
                if mark == LAST:
                    yield interface.Sent(token, self)

    def read(self) -> Iterator[Event]:
        """Read one packet.

        Raises:
            EOFError: nothing more can come.
        """
        most = PACKET_BYTES if self.admitted else interface.STRANGER_FRAME_BYTES
        with contextlib.suppress(OSError):  # told once: what we sent was not read; what came still can be
            packet = self.recv(1 + most + 1)  # one byte too many tells of a packet that is too large
            if not packet or len(packet) > 1 + most or (packet[:1] != LAST and not self.admitted):
                raise EOFError("the other side has ended the conversation, or sent more than it may")
            self.parts.append(packet[1:])
            if packet[:1] == LAST:
                frame, self.parts = b"".join(self.parts), []
                yield interface.Received(frame, self)


def reserve(at: str | None = None) -> Invitation:
    """Let connections wait at a place, a new one if none is named, until somebody owns it.

    Raises:
        AddressInUse: it cannot be had.
        ValueError: UTF-8 cannot encode it.
    """
    place = at or f"thespian-{os.urandom(8).hex()}"
    with UnixSocket() as listener:
        try:
            listener.bind("\0" + place)  # a name that no file has: Linux forgets it with the last socket
        except OSError as why:
            raise interface.AddressInUse(f"{place} cannot be had: {why}") from why
        listener.listen(socket.SOMAXCONN)
        return Invitation(place, (listener.detach(),))


class UnixTransport(interface.Transport):
    """Makes mailboxes of one machine."""

    scheme = "unix"

    def resolve(self, capabilities: Mapping[str, object]) -> str:
        """Return the place of the admin: each user has one for each ``Admin Port``."""
        return f"thespian-{os.getuid()}-{admin_port(capabilities)}"

    def open(self, invitation: Invitation | None = None) -> interface.Endpoint:
        """Become the owner of a reserved mailbox, or of a fresh one."""
        invitation = invitation or reserve()
        return UnixEndpoint(invitation.where, UnixSocket(*invitation.take()))


class UnixEndpoint(interface.Endpoint):
    """One mailbox: a socket that listens, and one for each conversation."""

    def __init__(self, where: str, listener: UnixSocket) -> None:
        self.where, self._listener = where, listener
        self._bell, self._rope = socket.socketpair()
        self._events: list[Event] = []
        self._peers: dict[Peer, UnixSocket] = {}  # the oldest first; by place, too, if begun at this end
        self._selector = DefaultSelector()
        self._selector.register(self._listener, EVENT_READ)
        self._selector.register(self._bell, EVENT_READ)

    def submit(self, frame: Frame, to: str | Peer, token: int) -> bool:
        """Cut a frame into packets, and send those that there is room for; its outcome comes from wait."""
        try:
            peer = self._peers.get(to) or self._begin(to)
        except (OSError, UnicodeError) as why:
            self._events.append(Undeliverable(token, f"{to!r}: {why}", type(why) is ConnectionRefusedError))
            if isinstance(why, OSError) and why.errno == errno.EMFILE:
                self._make_room()
            return False
        whole = memoryview(b"".join(frame))
        for at in range(0, len(whole) or 1, PACKET_BYTES):
            mark = MORE if at + PACKET_BYTES < len(whole) else LAST
            peer.unsent.append((mark, whole[at : at + PACKET_BYTES], token))
        self._write(peer)
        return False

    def wait(self, timeout_s: float | None) -> Sequence[Event]:
        """Do what the sockets are ready for, and return what came of it."""
        for key, ready in self._selector.select(0 if self._events else timeout_s):
            if key.fileobj is self._listener:
                self._accept()
            elif key.fileobj is self._bell:
                self._bell.recv(PACKET_BYTES)
            elif key.data in self._peers:  # else it was ended a moment ago
                self._attend(key.data, ready)
        events, self._events = self._events, []
        return events

    def admit(self, peer: Peer) -> None:
        """Let a peer send frames of any size."""
        if peer in self._peers:
            self._peers[peer].admitted = True

    def drop(self, peer: Peer) -> None:
        """End a conversation; what has left is at the other end already."""
        if peer in self._peers:
            self._end(self._peers[peer], "the conversation was dropped")

    def wake(self) -> None:
        """Ring the bell."""
        with contextlib.suppress(OSError):  # it rings already, or nobody is there to hear it
            self._rope.send(b"!", socket.MSG_DONTWAIT)

    def invite(self, at: str | None = None) -> Invitation:
        """Reserve a mailbox for another process."""
        return reserve(at)

    def close(self) -> None:
        """Close everything; what has left is at the other ends already."""
        self._selector.close()
        for sock in (self._listener, self._bell, self._rope, *self._peers.values()):
            sock.close()

    def _begin(self, place: Peer) -> UnixSocket:
        if not isinstance(place, str):
            raise ConnectionAbortedError("the conversation has ended")
        with UnixSocket() as sock:
            sock.connect("\0" + place)  # at once, or not at all
            return self._add(UnixSocket(sock.detach(), place=place))

    def _accept(self) -> None:
        try:
            self._add(UnixSocket(self._listener.accept()[0].detach()))
        except OSError:  # it stays in the queue
            self._make_room()

    def _make_room(self) -> None:
        """Without a descriptor left, end the oldest conversation, a stranger's first: it can begin anew."""
        if peer := min(self._peers.values(), key=lambda one: one.admitted, default=None):
            self._end(peer, "another conversation needed its place", interface.Lost(peer, peer.place))

    def _add(self, peer: UnixSocket) -> UnixSocket:
        self._peers[peer] = self._peers[peer.place or peer] = peer
        self._selector.register(peer, EVENT_READ, peer)
        return peer

    def _attend(self, peer: UnixSocket, ready: int) -> None:
        try:
            if ready & EVENT_WRITE:
                self._write(peer)
            if ready & EVENT_READ:
                self._events += peer.read()
        except EOFError as why:
            self._end(peer, str(why), interface.Lost(peer, peer.place))

    def _write(self, peer: UnixSocket) -> None:
        self._events += peer.write()
        self._selector.modify(peer, EVENT_READ | EVENT_WRITE if peer.unsent else EVENT_READ, peer)

    def _end(self, peer: UnixSocket, why: str, *told: Event) -> None:
        del self._peers[peer]
        self._peers.pop(peer.place, None)
        self._selector.unregister(peer)
        peer.close()
        unsent = [token for mark, _, token in peer.unsent if mark == LAST]
        self._events += [*told, *(Undeliverable(token, why, gone=False) for token in unsent)]
