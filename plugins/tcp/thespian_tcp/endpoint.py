"""A mailbox that others reach over TCP."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Sequence

from thespian_multiproc.transport.interface import Endpoint, Event, Frame, Invitation, Peer
from thespian_tcp.connections import WRITE, Connections
from thespian_tcp.conversation import Conversation, State, size_of
from thespian_tcp.draining import drain_and_close
from thespian_tcp.places import as_place, as_socket_address, listen


class TcpEndpoint(Endpoint):
    """One mailbox, and all conversations from and to it."""

    def __init__(
        self, listener: socket.socket, where: str, host: str, max_frame_bytes: int, drain_s: float
    ) -> None:
        self.where = where
        self._host = host
        self._max_frame_bytes = max_frame_bytes
        self._drain_s = drain_s
        self._connections = Connections(listener, max_frame_bytes)
        self._closed = False
        # A fork has copies of all sockets: its last word would be the last word of this process.
        self._owner = os.getpid()

    def submit(self, frame: Frame, to: str | Peer, token: int) -> None:
        """Take one frame to be sent; see the interface."""
        connections = self._connections
        size = 0
        for part in frame:
            size += size_of(part)
        if size > self._max_frame_bytes:
            limit = self._max_frame_bytes
            connections.fail(token, f"a frame of {size} bytes is over the limit of {limit} bytes")
            return
        conversation = connections.begun.get(to) if isinstance(to, str) else to
        if conversation is None:
            conversation = connections.begin(str(to), token)
            if conversation is None:
                return
        if not isinstance(conversation, Conversation) or conversation.state > State.OPEN:
            connections.fail(token, f"{to!r} has ended")
            return
        conversation.used_at = connections.now
        outcome = conversation.submit(frame, size, token)
        if outcome is not None:
            connections.events.append(outcome)
        elif conversation.waits_to_write and not conversation.watched & WRITE:
            connections.watch(conversation)

    def wait(self, timeout_s: float | None) -> Sequence[Event]:
        """Return what has happened; see the interface."""
        connections = self._connections
        connections.wait_number += 1
        connections.now = time.monotonic()
        until = None if timeout_s is None else connections.now + timeout_s
        for conversation in [*connections.held]:
            connections.resume(conversation)
        while not connections.attend(connections.patience(until)) and not connections.events:
            connections.now = time.monotonic()
            if until is not None and connections.now >= until:
                break
        events, connections.events = connections.events, []
        return events

    def admit(self, peer: Peer) -> None:
        """Let a peer send frames of full size."""
        if isinstance(peer, Conversation):
            peer.admitted = True

    def drop(self, peer: Peer) -> None:
        """End a conversation, without ``Lost``."""
        if isinstance(peer, Conversation) and peer.state < State.DISCARDING:
            self._connections.events += peer.undelivered("the conversation was dropped")
            self._connections.say_no_more(peer, State.DISCARDING)

    def wake(self) -> None:
        """Make a wait return at once."""
        self._connections.waker.wake()

    def invite(self, at: str | None = None) -> Invitation:
        """Reserve a mailbox for a process that does not run yet.

        Raises:
            AddressInUse: somebody listens at that place.
            ValueError: the place is not an IP address and a port.
            OSError: the system refuses for another reason.
        """
        host, port = (self._host, 0) if at is None else as_socket_address(at)[1]
        listener = listen(host, port)
        return Invitation(at or as_place(host, listener.getsockname()[1]), (listener.detach(),))

    def close_idle(self, idle_for_s: float) -> int:
        """End the conversations in which nothing was said for a while, and report each as lost.

        What the other ends say before they notice is still delivered.

        Returns:
            How many.
        """
        now = time.monotonic()
        idle = [one for one in self._connections.all if one.idle and now - one.used_at >= idle_for_s]
        for conversation in idle:
            self._connections.say_no_more(conversation, State.LAST_MAIL)
        return len(idle)

    def close(self) -> None:
        """Give the mailbox up.

        Waits, for ``drain_s`` at most, until what was written has left this machine: to close a socket
        earlier may destroy it.
        """
        if self._closed:
            return
        self._closed = True
        talking = self._connections.close()
        if os.getpid() == self._owner:
            drain_and_close(talking, self._drain_s)
        for sock in talking:
            sock.close()
