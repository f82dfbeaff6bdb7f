"""A mailbox that is reached through the relay."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable, Sequence

from thespian_multiproc.transport.interface import Endpoint, Event, Frame, Invitation, Peer, Sent
from thespian_multiproc.transport.waker import Waker
from thespian_queue.door import Door, RelayGone
from thespian_queue.line import Line
from thespian_queue.protocol.mailbox import Mailbox
from thespian_queue.protocol.talk import Talk

READS_AT_ONCE = 64  # our choice: an owner is to look at 4 MiB before it takes in more


class QueueEndpoint(Endpoint):
    """One mailbox, and all conversations from and to it.

    Args:
        where: its place.
        line: to the relay.
        door: for mailboxes that it reserves.
        is_invited: whether somebody else reserved it: then its process is nothing without the relay.
        closed: called when it has been closed.
    """

    def __init__(
        self, where: str, line: Line, door: Door, is_invited: bool, closed: Callable[[], None]
    ) -> None:
        self.where = where
        self._line = line
        self._door = door
        self._is_invited = is_invited
        self._tell_closed = closed
        self._mailbox = Mailbox(where)
        self._waker = Waker()
        self._poll = select.poll()
        self._woken = self._waker.woken.fileno()
        self._poll.register(self._woken, select.POLLIN)
        self._poll.register(line.sock, select.POLLIN)
        self._waits_for_room = False
        self._is_closed = False
        # A fork has a copy of all this, and is to say nothing in this process's name.
        self._owner = os.getpid()

    def submit(self, frame: Frame, to: str | Peer, token: int) -> bool:
        """Take one frame to be sent; see the interface."""
        mailbox = self._mailbox
        mailbox.submit(frame, to, token)
        if not mailbox.outgoing:
            return False
        has_left = False
        for talk, left in self._line.write(mailbox.outgoing):
            if left == token and talk is to:
                has_left = True
            else:
                mailbox.events.append(Sent(left, talk))
        return has_left

    def wait(self, timeout_s: float | None) -> Sequence[Event]:
        """Return what has happened; see the interface.

        Raises:
            RelayGone: and the mailbox was reserved by somebody else.
        """
        mailbox = self._mailbox
        mailbox.resume()
        until = None if timeout_s is None else time.monotonic() + timeout_s
        while True:
            if mailbox.events:
                patience_s: float | None = 0.0
            elif until is None:
                patience_s = None
            else:
                patience_s = max(0.0, until - time.monotonic())
            woken = self._attend(patience_s)
            if mailbox.events or woken or (until is not None and time.monotonic() >= until):
                break
        events, mailbox.events = mailbox.events, []
        return events

    def _attend(self, timeout_s: float | None) -> bool:
        """Read and write what can be; return whether this was woken."""
        mailbox, line = self._mailbox, self._line
        self._write()
        woken = False
        for number, ready in self._poll.poll(None if timeout_s is None else timeout_s * 1000):
            if number == self._woken:
                self._waker.clear()
                woken = True
            elif ready & ~select.POLLOUT:
                self._read()
        if mailbox.outgoing or line.waits_to_write:
            self._write()
        return woken

    def _read(self) -> None:
        mailbox, line = self._mailbox, self._line
        for _ in range(READS_AT_ONCE):
            records = line.read()
            if records is None:
                self._be_cut_off()
                return
            for record in records:
                mailbox.hear(record)
            if not records:
                return

    def _write(self) -> None:
        mailbox, line = self._mailbox, self._line
        if mailbox.is_cut_off:
            return
        for talk, token in line.write(mailbox.outgoing):
            mailbox.events.append(Sent(token, talk))
        if line.waits_to_write != self._waits_for_room:
            self._waits_for_room = line.waits_to_write
            wanted = select.POLLIN | (select.POLLOUT if self._waits_for_room else 0)
            self._poll.modify(line.sock, wanted)

    def _be_cut_off(self) -> None:
        mailbox = self._mailbox
        mailbox.cut_off()
        self._poll.unregister(self._line.sock)
        if self._is_invited:
            raise RelayGone

    def admit(self, peer: Peer) -> None:
        """Let a peer send frames of full size."""
        if isinstance(peer, Talk):
            self._mailbox.admit(peer)

    def drop(self, peer: Peer) -> None:
        """End a conversation, without ``Lost``."""
        if isinstance(peer, Talk):
            self._mailbox.drop(peer)
            self._write()

    def wake(self) -> None:
        """Make a wait return at once."""
        self._waker.wake()

    def invite(self, at: str | None = None) -> Invitation:
        """Reserve a mailbox for a process that does not run yet.

        Raises:
            AddressInUse: somebody has that place.
            ValueError: no mailbox can have it.
            OSError: the relay is gone, or it or this process can open no more files.
        """
        where, sock = self._door.reserve(at)
        try:
            door = self._door.copy()
        except OSError:
            sock.close()
            raise
        return Invitation(where, (sock.detach(), door))

    def close(self) -> None:
        """Give the mailbox up; what has left is at the relay already."""
        if self._is_closed:
            return
        self._is_closed = True
        self._line.sock.close()
        self._waker.close()
        if os.getpid() == self._owner:
            self._tell_closed()
