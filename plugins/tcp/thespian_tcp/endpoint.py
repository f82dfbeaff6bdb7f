"""A mailbox that others reach over TCP."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Sequence

from thespian_multiproc.transport.interface import Endpoint, Event, Frame, Invitation, Peer, Sent
from thespian_multiproc.transport.watching import READ, WRITE
from thespian_tcp.connections import Connections
from thespian_tcp.conversation import OPEN, Conversation, State
from thespian_tcp.draining import drain_and_close
from thespian_tcp.keeping import Keeper
from thespian_tcp.limits import Limits
from thespian_tcp.meeting import Doors
from thespian_tcp.places import as_place, as_socket_address

# Our choice: an owner is to look at what came before it takes in more; a thousand peers may write at once.
ENOUGH_READ_BYTES = 4 << 20


class TcpEndpoint(Endpoint):
    """One mailbox, and all conversations from and to it."""

    def __init__(
        self, listener: socket.socket, where: str, host: str, limits: Limits, drain_s: float
    ) -> None:
        self.where = where
        self._host = host
        self._max_frame_bytes = limits.max_frame_bytes
        self._drain_s = drain_s
        self._connections = Connections(listener, limits)
        self._keeper = Keeper(self._connections)
        self._doors = Doors(self._connections, self._keeper)
        self._listening = listener.fileno()
        self._waking = self._connections.waker.woken.fileno()
        self._turns: dict[int, int] = {}  # descriptors, by their turn, after a wait that not all had one in
        self._newcomers_turn = 0
        self._closed = False
        # A fork has copies of all sockets: its last word would be the last word of this process.
        self._owner = os.getpid()

    def submit(self, frame: Frame, to: str | Peer, token: int) -> bool:
        """Take one frame to be sent; see the interface."""
        connections = self._connections
        size = sum(map(len, frame))
        if size > self._max_frame_bytes:
            limit = self._max_frame_bytes
            connections.fail(token, f"a frame of {size} bytes is over the limit of {limit} bytes")
            return False
        conversation = connections.begun.get(to) if isinstance(to, str) else to
        if conversation is None:
            conversation = self._doors.begin(str(to), token)
            if conversation is None:
                return False
        if not isinstance(conversation, Conversation) or conversation.state > OPEN:
            connections.fail(token, f"{to!r} has ended")
            return False
        conversation.used_at = time.monotonic()
        if conversation.submit(frame, size, token):
            if conversation is to:
                return True
            connections.events.append(Sent(token, conversation))
        elif conversation.waits_to_write and not conversation.watched & WRITE:
            connections.watch(conversation)
        return False

    def wait(self, timeout_s: float | None) -> Sequence[Event]:
        """Return what has happened; see the interface."""
        connections = self._connections
        connections.wait_number += 1
        connections.now = time.monotonic()
        until = None if timeout_s is None else connections.now + timeout_s
        if connections.held:
            for conversation in [*connections.held]:
                connections.resume(conversation)
        while True:
            patience_s = 0.0
            if timeout_s != 0 and not connections.events:
                next_at = connections.next_due
                if until is not None and until < next_at:
                    next_at = until
                patience_s = max(0.0, next_at - connections.now)
            woken = self._attend(patience_s)
            if connections.now >= connections.next_due:
                self._keeper.do_what_is_due()
            if woken or connections.events or (until is not None and connections.now >= until):
                break
        events, connections.events = connections.events, []
        return events

    def _attend(self, timeout_s: float) -> bool:
        """Do what the sockets are ready for, until enough was read; return whether this was woken."""
        connections = self._connections
        watched = connections.watched
        all_ready = connections.watcher.poll(timeout_s, len(watched) + 2)
        connections.now = time.monotonic()
        if self._turns:
            # The system names those first again who had their turn: by itself, it would starve the others.
            all_ready.sort(key=lambda one: self._turns.get(one[0], self._newcomers_turn))
            self._turns = {}
        woken = False
        reader = connections.reader
        reader.has_read = 0
        for had_turn, (number, ready) in enumerate(all_ready, start=1):
            conversation = watched.get(number)
            if conversation is not None:
                if ready & ~READ and conversation.watched & WRITE:
                    connections.write(conversation)
                if ready & ~WRITE:
                    connections.read(conversation)
                if reader.has_read >= ENOUGH_READ_BYTES:
                    self._take_turns(all_ready, had_turn)
                    break
            elif number == self._waking:
                woken = True
                connections.waker.clear()
            elif number == self._listening:
                self._doors.accept()
        return woken

    def _take_turns(self, all_ready: list[tuple[int, int]], had_turn: int) -> None:
        """Let those who had no turn be first in the next wait, then newcomers, then the others."""
        self._newcomers_turn = len(all_ready) - had_turn
        self._turns = {one: turn for turn, (one, _) in enumerate(all_ready[had_turn:])}
        for turn, (one, _) in enumerate(all_ready[:had_turn], start=self._newcomers_turn + 1):
            self._turns[one] = turn

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
        listener = self._doors.reserve(host, port)
        return Invitation(at or as_place(host, listener.getsockname()[1]), (listener.detach(),))

    def close_idle(self, idle_for_s: float) -> int:
        """End the conversations in which nothing was said for a while, and report each as lost.

        What the other ends say before they notice is still delivered.

        Returns:
            How many.
        """
        return self._keeper.close_idle(idle_for_s, time.monotonic())

    def close(self) -> None:
        """Give the mailbox up.

        Waits, for ``drain_s`` at most, until what was written has left this machine: to close a socket
        earlier may destroy it.
        """
        if self._closed:
            return
        self._closed = True
        talking = self._connections.close()
        try:
            if os.getpid() == self._owner:
                drain_and_close(talking, self._drain_s)
        finally:
            for sock in talking:
                sock.close()
