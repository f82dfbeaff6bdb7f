"""The connections of one TCP mailbox: begun, accepted, attended to, and ended."""

from __future__ import annotations

import errno
import selectors
import socket
import time

from thespian_multiproc.transport.interface import Event, Lost, Undeliverable
from thespian_tcp.conversation import Conversation, State
from thespian_tcp.draining import say_the_last
from thespian_tcp.places import (
    OUT_OF_FILES,
    SocketAddress,
    as_place,
    as_socket_address,
    failure,
    nobody_is_there,
    talks_to_itself,
)
from thespian_tcp.reading import Reader, TooLarge
from thespian_tcp.waker import Waker

LINGER_S = 2.0  # our choice: how long the other end of a dropped conversation has to say its last
ACCEPTED_IN_A_ROW = 64  # then it is the others' turn
READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


class Connections:
    """All connections of one mailbox, and the selector that watches them.

    Attributes:
        events: what has happened and was not told yet.
        begun: conversations begun at this end, by place.
        all: every conversation that is not closed.
        held: strangers whose next frame may have been read already.
        wait_number: which wait of the owner this is.
        now: when it began.
    """

    def __init__(self, listener: socket.socket, max_frame_bytes: int) -> None:
        self.listener = listener
        self.waker = Waker()
        self.events: list[Event] = []
        self.begun: dict[str, Conversation] = {}
        self.all: set[Conversation] = set()
        self.held: set[Conversation] = set()
        self.wait_number = 0
        self.now = time.monotonic()
        self._lingering: dict[Conversation, float] = {}  # until when
        self._accepts = True
        self._reader = Reader(max_frame_bytes)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self.waker.woken, READ)
        self._selector.register(listener, READ)

    def close(self) -> list[socket.socket]:
        """Give everything up, and return the sockets that a last word is due to."""
        self._selector.close()
        self.listener.close()
        self.waker.close()
        talking = []
        for conversation in self.all:
            if conversation.state is State.CONNECTING:
                conversation.sock.close()
            else:
                talking.append(conversation.sock)
            conversation.state = State.CLOSED
        self.all.clear()
        return talking

    def fail(self, token: int, reason: str, gone: bool = False) -> None:
        """Report a frame as undeliverable."""
        self.events.append(Undeliverable(token, reason, gone))

    def begin(self, place: str, token: int) -> Conversation | None:
        """Begin a conversation; when that fails at once, report so for the frame it was begun for."""
        try:
            family, target = as_socket_address(place)
            sock = self._new_socket(family, target)
        except ValueError as problem:
            self.fail(token, str(problem), gone=True)
            return None
        except OSError as problem:
            self.fail(token, f"no conversation with {place} can begin: {problem}")
            return None
        error = sock.connect_ex(target)
        if error not in {0, errno.EINPROGRESS, errno.EWOULDBLOCK, 10035}:  # WSAEWOULDBLOCK
            sock.close()
            self.fail(token, f"{place} cannot be reached: {failure(error)}", gone=nobody_is_there(error))
            return None
        conversation = self.begun[place] = Conversation(sock, place, place, self.now)
        self.all.add(conversation)
        self.watch(conversation)
        return conversation

    def _new_socket(self, family: socket.AddressFamily, target: SocketAddress) -> socket.socket:
        try:
            sock = socket.socket(family, socket.SOCK_STREAM)
        except OSError as problem:
            if problem.errno not in OUT_OF_FILES or not self._make_room():
                raise
            sock = socket.socket(family, socket.SOCK_STREAM)
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    def watch(self, conversation: Conversation) -> None:
        """Watch a connection for what matters now."""
        connecting = conversation.state is State.CONNECTING
        wanted = WRITE if connecting else READ | (WRITE if conversation.waits_to_write else 0)
        if not conversation.watched:
            self._selector.register(conversation.sock, wanted, conversation)
        elif conversation.watched != wanted:
            self._selector.modify(conversation.sock, wanted, conversation)
        conversation.watched = wanted

    def patience(self, until: float | None) -> float | None:
        """Return how long the selector may wait."""
        if self.events or self.held:
            return 0
        if self._lingering:
            for conversation, ends_at in [*self._lingering.items()]:
                if ends_at <= self.now:
                    self._end(conversation, "the other end did not say its last")
            if self.events:
                return 0
            ends = [*self._lingering.values()]
            until = min(ends if until is None else [*ends, until], default=None)
        return None if until is None else max(0.0, until - self.now)

    def attend(self, timeout_s: float | None) -> bool:
        """Do what the sockets are ready for; return whether this was woken."""
        woken = False
        for key, ready in self._selector.select(timeout_s):
            conversation: Conversation | None = key.data
            if conversation is not None:
                if ready & WRITE:
                    self._write(conversation)
                if ready & READ:
                    self._read(conversation)
            elif key.fileobj is self.listener:
                self._accept()
            else:
                woken = True
                self.waker.clear()
        return woken

    def _write(self, conversation: Conversation) -> None:
        if conversation.state is State.CONNECTING:
            error = conversation.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            gone = nobody_is_there(error)
            try:
                if not error and talks_to_itself(conversation.sock):
                    gone, error = True, errno.ECONNREFUSED
            except OSError as problem:  # it came about and broke at once
                error = problem.errno or errno.ECONNRESET
            if error:
                self._end(conversation, f"{conversation.place} cannot be reached: {failure(error)}", gone)
                return
            conversation.state = State.OPEN
            conversation.known = True
        if conversation.state is State.OPEN:
            self.events += conversation.write()
            self.watch(conversation)

    def resume(self, conversation: Conversation) -> None:
        """Look at what a stranger had said behind its last frame."""
        self.held.discard(conversation)
        leftover, conversation.leftover = conversation.leftover, b""
        try:
            self._reader.parse(conversation, leftover, self.events, self.wait_number)
        except TooLarge as problem:
            self._end(conversation, f"{conversation.remote} sent {problem}")
        else:
            self._hold(conversation)

    def _hold(self, conversation: Conversation) -> None:
        heard = conversation.heard_in == self.wait_number
        if heard and not conversation.admitted and conversation.leftover:
            self.held.add(conversation)

    def _read(self, conversation: Conversation) -> None:
        try:
            if conversation.state is State.DISCARDING:
                goes_on = self._reader.discard(conversation)
            elif conversation.state in {State.OPEN, State.LAST_MAIL}:
                conversation.used_at = self.now
                goes_on = self._reader.read(conversation, self.events, self.wait_number)
            else:
                return
        except TooLarge as problem:
            self._end(conversation, f"{conversation.remote} sent {problem}")
        except OSError as problem:
            self._end(conversation, f"the connection with {conversation.remote} broke: {problem}")
        else:
            self._hold(conversation)
            if not goes_on:
                self._end(conversation, f"{conversation.remote} ended the conversation")

    def _accept(self) -> None:
        for _ in range(ACCEPTED_IN_A_ROW):
            try:
                sock, remote = self.listener.accept()
            except OSError as problem:
                # Without room, the listener would stay ready, and every wait would end at once.
                if problem.errno in OUT_OF_FILES and not self._make_room():
                    self._selector.unregister(self.listener)
                    self._accepts = False
                if problem.errno not in OUT_OF_FILES or not self._accepts:
                    return  # nobody more, or somebody who has left again
                continue
            sock.setblocking(False)
            try:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            except OSError:  # it has left again, says macOS here
                sock.close()
                continue
            # Not `now`: of many accepted at once, those who wait longest go first when room is needed.
            conversation = Conversation(sock, as_place(*remote[:2]), None, time.monotonic())
            self.all.add(conversation)
            self.watch(conversation)

    def _make_room(self) -> bool:
        """Close the connection that was idle for longest, strangers first; return whether there was one."""
        idle = [conversation for conversation in self.all if conversation.idle]
        if not idle:
            return False
        oldest = min(idle, key=lambda one: (one.known, one.used_at))
        self.say_no_more(oldest, State.LAST_MAIL)
        if oldest.state is not State.CLOSED:
            self._read(oldest)  # it may have come since
            self._end(oldest, "this process needed room for another conversation")
        return True

    def say_no_more(self, conversation: Conversation, state: State) -> None:
        """Let the other end finish, for a while."""
        if conversation.state is State.CONNECTING or not say_the_last(conversation.sock):
            if state is State.DISCARDING:
                conversation.known = False  # nobody wants to hear of it
            self._end(conversation, "the conversation was ended")
            return
        self._forget_place(conversation)
        conversation.state = state
        if state is State.DISCARDING:
            conversation.leftover = b""
            self.held.discard(conversation)
        self._lingering[conversation] = time.monotonic() + LINGER_S
        self.watch(conversation)

    def _end(self, conversation: Conversation, reason: str, gone: bool = False) -> None:
        """Close a connection, and report what it means."""
        if conversation.state is State.CLOSED:
            return
        if conversation.known and conversation.state is not State.DISCARDING:
            self.events.append(Lost(conversation, conversation.place))
        self.events += conversation.undelivered(reason, gone)
        conversation.state = State.CLOSED
        conversation.leftover, conversation.large = b"", None
        self._forget_place(conversation)
        self._selector.unregister(conversation.sock)
        conversation.sock.close()
        self.all.discard(conversation)
        self.held.discard(conversation)
        self._lingering.pop(conversation, None)
        if not self._accepts:
            self._accepts = True
            self._selector.register(self.listener, READ)

    def _forget_place(self, conversation: Conversation) -> None:
        if conversation.place is not None and self.begun.get(conversation.place) is conversation:
            del self.begun[conversation.place]
