"""A mailbox that others reach over UDP.

A peer is the address that datagrams come from, so nothing is kept for one that has proved nothing. A
frame is a datagram; what is lost, doubled or out of order is the engine's matter.
"""

from __future__ import annotations

import socket
import time
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from thespian_multiproc.transport.interface import (
    STRANGER_FRAME_BYTES,
    Endpoint,
    Event,
    Frame,
    Invitation,
    Lost,
    Peer,
    Received,
    Sent,
    Undeliverable,
)
from thespian_multiproc.transport.waker import Waker
from thespian_multiproc.transport.watching import READ, WRITE, new_watcher
from thespian_udp.outcomes import Outcomes
from thespian_udp.places import SocketAddress, as_place, as_socket_address, hold
from thespian_udp.refusals import take_refusals

LARGEST_DATAGRAM_BYTES = 65_536  # one more than any has, so none is cut
# Our choice: an owner is to look at what came before it takes in more; many peers may write at once.
ENOUGH_READ_BYTES = 1 << 20
# How often in a row a call may fail for what an earlier datagram met: that is told first, and clears it.
MOST_OLD_ERRORS = 16
# Our choice: what comes so soon after a look that found nothing has most likely come alone. To look whether
# something is behind it would cost a tenth of all that is done with it.
ALONE_WITHIN_S = 0.000_1


class _Waiting(NamedTuple):
    """A datagram that the system had no room for yet."""

    data: bytes
    address: SocketAddress
    token: int
    to_place: bool


class UdpEndpoint(Endpoint):
    """One mailbox, and whoever writes to it."""

    def __init__(self, sock: socket.socket, where: str, host: str, max_frame_bytes: int) -> None:
        self.where = where
        self._sock = sock
        self._host = host
        self._max_frame_bytes = max_frame_bytes
        self._address_fields = len(sock.getsockname())  # 2, or 4 for IPv6
        self._waker = Waker()
        self._waking = self._waker.woken.fileno()
        self._number = sock.fileno()
        self._watcher = new_watcher()
        for number in (self._number, self._waking):
            self._watcher.register(number, READ)
        self._admitted: set[SocketAddress] = set()
        self._waiting: deque[_Waiting] = deque()
        self._heard: set[SocketAddress] = set()  # the strangers whose frame this wait tells of
        # A stranger's frame after one that was told in the same wait; then nothing more was read.
        self._held: tuple[bytes, SocketAddress] | None = None
        # Read into, and copied from: blocks that are cut to size would leave a memory full of holes.
        self._room = memoryview(bytearray(LARGEST_DATAGRAM_BYTES))
        self._empty_at = 0.0  # when nothing was there
        self._events: list[Event] = []
        self._outcomes = Outcomes(self._events)

    def submit(self, frame: Frame, to: str | Peer, token: int) -> bool:
        """Take one frame to be sent; see the interface."""
        if to in self._admitted and not self._waiting:  # as most often: somebody who is known
            data = b"".join(frame)
            if len(data) <= self._max_frame_bytes:
                try:
                    self._sock.sendto(data, to)
                except OSError:  # no room; or what an earlier datagram met
                    frame = [data]
                else:
                    return True
        size = sum(map(len, frame))
        if size > self._max_frame_bytes:
            limit = self._max_frame_bytes
            self._fail(token, f"a frame of {size} bytes is over the limit of {limit} bytes")
            return False
        to_place = isinstance(to, str)
        try:
            address = as_socket_address(to) if isinstance(to, str) else to
        except ValueError as why:
            self._fail(token, str(why))
            return False
        if not isinstance(address, tuple) or len(address) != self._address_fields:
            self._fail(token, f"{to!r} cannot be reached from {self.where}")
            return False
        return self._send(_Waiting(b"".join(frame), address, token, to_place)) and not to_place

    def _send(self, datagram: _Waiting) -> bool:
        """Send a datagram, after all those that wait; whether it has left."""
        if not self._waiting:
            try:
                if self._has_left(datagram):
                    return True
            except OSError as why:
                self._fail(datagram.token, f"a datagram could not be sent: {why.strerror}")
                return False
            self._watcher.modify(self._number, READ | WRITE)
        self._waiting.append(datagram)
        return False

    def _has_left(self, datagram: _Waiting) -> bool:
        """Send a datagram; False when the system has no room for it now.

        Raises:
            OSError: it will not send this one.
        """
        for tries_left in reversed(range(MOST_OLD_ERRORS)):
            try:
                self._sock.sendto(datagram.data, datagram.address)
            except BlockingIOError:
                return False
            except OSError:
                if not self._hear_refusals() or not tries_left:
                    raise
            else:
                break
        if datagram.to_place:
            self._outcomes.await_refusal(datagram.address, datagram.token, time.monotonic())
        return True

    def _send_waiting(self) -> None:
        while self._waiting:
            datagram = self._waiting[0]
            try:
                if not self._has_left(datagram):
                    return
                if not datagram.to_place:
                    self._events.append(Sent(datagram.token, datagram.address))
            except OSError as why:
                self._fail(datagram.token, f"a datagram could not be sent: {why.strerror}")
            self._waiting.popleft()
        self._watcher.modify(self._number, READ)

    def _fail(self, token: int, reason: str) -> None:
        self._events.append(Undeliverable(token, reason, gone=False))

    def _hear_refusals(self) -> bool:
        """Note what the network says of earlier datagrams; whether it said anything."""
        refusals = take_refusals(self._sock)
        for refusal in refusals:
            is_lost = self._outcomes.refused(refusal)
            if is_lost:
                self._admitted.discard(refusal.address)
                self._events.append(Lost(refusal.address))
        return bool(refusals)

    def wait(self, timeout_s: float | None) -> Sequence[Event]:
        """Return what has happened; see the interface."""
        now = time.monotonic()
        until = None if timeout_s is None else now + timeout_s
        self._heard.clear()
        events, outcomes = self._events, self._outcomes
        is_alone = now - self._empty_at < ALONE_WITHIN_S
        if self._held is not None:
            self._read()
        while True:
            due = until
            if outcomes.due:
                outcomes.decide(now)
                if (decides := outcomes.next_at) is not None and (due is None or decides < due):
                    due = decides
            if events:
                due = 0.0
            woken = self._attend(None if due is None else max(0.0, due - now), is_alone)
            if events or woken:
                break
            if timeout_s == 0:
                self._empty_at = now
                break
            now = time.monotonic()
            if until is not None and now >= until:
                break
        if outcomes.due:
            outcomes.decide(time.monotonic())
        told = events[:]
        events.clear()
        return told

    def _attend(self, timeout_s: float | None, is_alone: bool) -> bool:
        """Read and send what can be; return whether this was woken."""
        woken = False
        found = self._watcher.poll(0, 2)
        if not found and timeout_s != 0:
            found, is_alone = self._watcher.poll(timeout_s, 2), True
        for number, ready in found:
            if number == self._waking:
                woken = True
                self._waker.clear()
                continue
            if ready & ~READ and self._waiting:
                self._send_waiting()
            if ready & ~WRITE:
                self._read(is_alone)
        return woken

    def _read(self, is_alone: bool = False) -> None:
        """Take in what came, one datagram if it seems to be alone, but of each stranger one frame at most."""
        heard = self._heard
        has_read = failed = 0
        while has_read < (1 if is_alone else ENOUGH_READ_BYTES):
            if self._held is not None:
                (data, address), self._held = self._held, None
            else:
                try:
                    size, address = self._sock.recvfrom_into(self._room)
                    data = self._room[:size].tobytes()
                except BlockingIOError:
                    return
                except OSError:  # about a datagram that was sent, not about one that came
                    self._hear_refusals()
                    failed += 1
                    if failed == MOST_OLD_ERRORS:
                        return
                    continue
            # Also what is not worth a word takes time.
            has_read += len(data) + STRANGER_FRAME_BYTES
            if address not in self._admitted:
                if address in heard:  # who has proved itself by the next wait may send large ones
                    self._held = data, address
                    return
                if len(data) > STRANGER_FRAME_BYTES:
                    continue
                heard.add(address)
            if self._outcomes.due:
                self._outcomes.heard(address)
            self._events.append(Received(data, address))

    def admit(self, peer: Peer) -> None:
        """Let a peer send frames of full size."""
        if isinstance(peer, tuple):
            self._admitted.add(peer)

    def drop(self, peer: Peer) -> None:
        """Forget a peer: the same place is a stranger again."""
        if isinstance(peer, tuple):
            self._admitted.discard(peer)

    def wake(self) -> None:
        """Make a wait return at once."""
        self._waker.wake()

    def invite(self, at: str | None = None) -> Invitation:
        """Reserve a mailbox for a process that does not run yet.

        Raises:
            AddressInUse: somebody has that place.
            ValueError: the place is not an IP address and a port.
            OSError: the system refuses for another reason.
        """
        host, port = (self._host, 0) if at is None else as_socket_address(at)[:2]
        sock = hold(host, port)
        return Invitation(at or as_place(host, sock.getsockname()[1]), (sock.detach(),))

    def close(self) -> None:
        """Give the mailbox up."""
        self._watcher.close()
        self._waker.close()
        self._sock.close()
