"""The connections of one TCP mailbox: watched, read, written to, and ended."""

from __future__ import annotations

import errno
import math
import socket
import time

from thespian_multiproc.transport.interface import Event, Lost, Undeliverable
from thespian_multiproc.transport.waker import Waker
from thespian_multiproc.transport.watching import READ, WRITE, new_watcher
from thespian_tcp.conversation import LAST_MAIL, OPEN, Conversation, State
from thespian_tcp.draining import say_the_last
from thespian_tcp.limits import Limits
from thespian_tcp.places import failure, nobody_is_there, talks_to_itself
from thespian_tcp.reading import Reader, TooLarge

LINGER_S = 2.0  # our choice: how long the other end of a dropped conversation has to say its last
PAUSE_S = 0.05  # our choice: how soon it is looked whether others have given descriptors back


class Connections:
    """All connections of one mailbox, and what watches them.

    Attributes:
        events: what has happened and was not told yet.
        begun: conversations begun at this end, by place.
        all: every conversation that is not closed.
        held: strangers whose next frame may have been read already.
        lingering: those that this end has said its last in, oldest first, and until when each is heard.
        watched: who is watched, by descriptor.
        wait_number: which wait of the owner this is.
        now: the time, as of the last look at the clock.
        next_due: when something is to be done although nobody says anything; 0 for at once.
        paused_until: when the listener is watched again.
    """

    def __init__(self, listener: socket.socket, limits: Limits) -> None:
        self.listener = listener
        self.limits = limits
        self.waker = Waker()
        self.events: list[Event] = []
        self.begun: dict[str, Conversation] = {}
        self.all: set[Conversation] = set()
        self.held: set[Conversation] = set()
        self.lingering: dict[Conversation, float] = {}
        self.watched: dict[int, Conversation] = {}
        self.wait_number = 0
        self.now = time.monotonic()
        self.next_due = 0.0
        self.paused_until = math.inf
        self.reader = Reader(limits.max_frame_bytes)
        self.watcher = new_watcher()
        self.watcher.register(self.waker.woken.fileno(), READ)
        self.watcher.register(listener.fileno(), READ)

    def close(self) -> list[socket.socket]:
        """Give everything up, and return the sockets that a last word is due to."""
        self.watcher.close()
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

    def add(self, conversation: Conversation) -> None:
        """Look after a new conversation."""
        self.all.add(conversation)
        self.watch(conversation)

    def watch(self, conversation: Conversation) -> None:
        """Watch a connection for what matters now."""
        connecting = conversation.state is State.CONNECTING
        wanted = WRITE if connecting else READ | (WRITE if conversation.waits_to_write else 0)
        number = conversation.sock.fileno()
        if not conversation.watched:
            self.watcher.register(number, wanted)
            self.watched[number] = conversation
        elif conversation.watched != wanted:
            self.watcher.modify(number, wanted)
        conversation.watched = wanted

    def pause(self) -> None:
        """Leave whoever connects in the queue, until something is closed, or for a moment.

        Without room, the listener would stay ready, and every wait would end at once.
        """
        if self.paused_until == math.inf:
            self.watcher.unregister(self.listener.fileno())
        self.paused_until = time.monotonic() + PAUSE_S
        self.next_due = min(self.next_due, self.paused_until)

    def listen_again(self) -> None:
        """Take those who connect again, if that was paused."""
        if self.paused_until != math.inf:
            self.paused_until = math.inf
            self.watcher.register(self.listener.fileno(), READ)

    def write(self, conversation: Conversation) -> None:
        """Write what waits, or find out whether the conversation has come about."""
        if conversation.state is State.CONNECTING:
            error = conversation.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            gone = nobody_is_there(error)
            try:
                if not error and talks_to_itself(conversation.sock):
                    gone, error = True, errno.ECONNREFUSED
            except OSError as problem:  # it came about and broke at once
                error = problem.errno or errno.ECONNRESET
            if error:
                self.end(conversation, f"{conversation.place} cannot be reached: {failure(error)}", gone)
                return
            conversation.state = OPEN
            conversation.known = True
        if conversation.state is OPEN:
            self.events += conversation.write()
            self.watch(conversation)

    def resume(self, conversation: Conversation) -> None:
        """Look at what a stranger had said behind its last frame."""
        self.held.discard(conversation)
        leftover, conversation.leftover = conversation.leftover, b""
        try:
            self.reader.parse(conversation, leftover, self.events, self.wait_number)
        except TooLarge as problem:
            self.end(conversation, f"{conversation.remote} sent {problem}")
        else:
            self._hold(conversation)

    def _hold(self, conversation: Conversation) -> None:
        if not conversation.admitted and conversation.heard_in == self.wait_number and conversation.leftover:
            self.held.add(conversation)

    def read(self, conversation: Conversation) -> None:
        """Read what has come, if it is of use."""
        state = conversation.state
        try:
            if state is OPEN or state is LAST_MAIL:
                conversation.used_at = self.now
                goes_on = self.reader.read(conversation, self.events, self.wait_number)
            elif state is State.DISCARDING:
                goes_on = self.reader.discard(conversation)
            else:
                return
        except TooLarge as problem:
            self.end(conversation, f"{conversation.remote} sent {problem}")
        except OSError as problem:
            self.end(conversation, f"the connection with {conversation.remote} broke: {problem}")
        else:
            if not conversation.admitted:
                self._hold(conversation)
            if not goes_on:
                self.end(conversation, f"{conversation.remote} ended the conversation")

    def say_no_more(self, conversation: Conversation, state: State) -> None:
        """Let the other end finish, for a while."""
        if conversation.state is State.CONNECTING or not say_the_last(conversation.sock):
            if state is State.DISCARDING:
                conversation.known = False  # nobody wants to hear of it
            self.end(conversation, "the conversation was ended")
            return
        self._forget_place(conversation)
        conversation.state = state
        if state is State.DISCARDING:
            conversation.leftover = b""
            self.held.discard(conversation)
        # Not moved: of those that linger, the oldest come first.
        until = self.lingering.setdefault(conversation, time.monotonic() + LINGER_S)
        self.next_due = min(self.next_due, until)
        self.watch(conversation)

    def end(self, conversation: Conversation, reason: str, gone: bool = False) -> None:
        """Close a connection, and report what it means."""
        if conversation.state is State.CLOSED:
            return
        if conversation.known and conversation.state is not State.DISCARDING:
            self.events.append(Lost(conversation, conversation.place))
        self.events += conversation.undelivered(reason, gone)
        conversation.state = State.CLOSED
        conversation.leftover, conversation.large = b"", None
        self._forget_place(conversation)
        number = conversation.sock.fileno()
        self.watcher.unregister(number)
        del self.watched[number]
        conversation.sock.close()
        self.all.discard(conversation)
        self.held.discard(conversation)
        self.lingering.pop(conversation, None)
        self.listen_again()

    def _forget_place(self, conversation: Conversation) -> None:
        if conversation.place is not None and self.begun.get(conversation.place) is conversation:
            del self.begun[conversation.place]
