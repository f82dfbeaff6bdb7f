"""An in-memory mailbox: what arrived and was not looked at yet, and whom it came from."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from thespian_multiproc.transport.interface import (
    STRANGER_FRAME_BYTES,
    Event,
    Lost,
    Received,
    Undeliverable,
)


class Somebody:
    """A peer, as one mailbox knows it.

    Attributes:
        mailbox: whose peer it is.
        admitted: whether it may send large frames.
        known: whether the mailbox's owner has heard of it.
        ended: whether the mailbox's owner is done with it.
    """

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox
        self.admitted = False
        self.known = False
        self.ended = False


class Correspondent(Somebody):
    """Whoever is at a place that frames without a conversation come from."""

    def __init__(self, mailbox: Mailbox, place: str) -> None:
        super().__init__(mailbox)
        self.place = place

    def __repr__(self) -> str:
        return f"<{self.place}, as known at {self.mailbox.where}>"


class Side(Somebody):
    """One end of a conversation.

    Attributes:
        begun_with: the place it was begun with, when it was begun at this end.
        other: the other end; None until the conversation has come about.
        unsent: tokens and frames that wait for that.
        broken: nothing passes any more, though the owners may not know yet.
        busy_until: when the last thing that this end sent arrives.
    """

    def __init__(self, number: int, mailbox: Mailbox, begun_with: str | None = None) -> None:
        super().__init__(mailbox)
        self.number = number
        self.begun_with = begun_with
        self.other: Side | None = None
        self.unsent: list[tuple[int, bytes]] = []
        self.broken = False
        self.busy_until = 0.0

    def __repr__(self) -> str:
        return f"<conversation {self.number} at {self.mailbox.where}>"

    def undelivered(self, reason: str, gone: bool) -> list[Event]:
        """Return the outcome of all that waited for the conversation to come about."""
        outcomes: list[Event] = [Undeliverable(token, reason, gone) for token, _ in self.unsent]
        self.unsent.clear()
        return outcomes


class Arrival(NamedTuple):
    """A frame that was not looked at yet."""

    peer: Somebody
    frame: bytes


class Ending(NamedTuple):
    """The end of a conversation that was not looked at yet."""

    peer: Side
    reason: str


class Mailbox:
    """One place: reserved at first, then somebody's."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.arrivals: deque[Arrival | Ending | Event] = deque()
        self.sides: dict[Side, None] = {}  # a set in the order they began: the log depends on it
        self.correspondents: dict[str, Correspondent] = {}
        self.woken = threading.Event()

    def look(self, refuse: Callable[[Somebody], None]) -> list[Event]:
        """Take out what arrived, but of each stranger one frame at most.

        Args:
            refuse: ends the conversation with a stranger that sent a large frame.
        """
        events: list[Event] = []
        heard: set[Somebody] = set()
        later: dict[Somebody, None] = {}
        held: list[Arrival | Ending | Event] = []
        while self.arrivals:
            entry = self.arrivals.popleft()
            if not isinstance(entry, (Arrival, Ending)):
                events.append(entry)
                continue
            peer = entry.peer
            if peer in later:
                held.append(entry)
            elif peer.ended:
                continue
            elif isinstance(entry, Ending):
                events += self._end(entry)
            elif peer in heard:
                later[peer] = None
                held.append(entry)
            elif peer.admitted or len(entry.frame) <= STRANGER_FRAME_BYTES:
                if not peer.admitted:
                    heard.add(peer)
                peer.known = True
                events.append(Received(entry.frame, peer))
            else:
                refuse(peer)
        self.arrivals.extend(held)
        return events

    def _end(self, entry: Ending) -> list[Event]:
        side = entry.peer
        side.ended = True
        self.sides.pop(side, None)
        lost: list[Event] = [Lost(side, side.begun_with)] if side.known else []
        return lost + side.undelivered(entry.reason, gone=False)
