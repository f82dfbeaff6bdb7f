"""What a mailbox does with records: its conversations, their windows, and what strangers may say. Pure.

States of a conversation: *beginning*, when this end began it and the relay has not answered; *going on*;
*ended*. A mailbox is *cut off* once the relay is gone.

Events: ``submit``, ``admit`` and ``drop`` of its owner; ``hear`` (a record has come in); ``resume`` (the
owner waits anew: so each stranger is heard once more); ``cut_off``. What follows is put into ``events``, for
the owner, and into ``outgoing``, records to be written and removed by whoever drives it.

The window: each end may send ``WINDOW_BYTES`` in a conversation, and as
much again as the other end says that it has taken in. It says so when the mailbox has read it, in halves of a
window, and not before a stranger's owner has heard it. What does not fit waits here, and holds up no other
conversation; neither here nor at the relay does anybody wait for anybody.

>>> ann = Mailbox("/1")
>>> ann.submit([b"hello"], "/2", token=7)
>>> [record.data for record in split(b"".join(out.record for out in ann.outgoing))[0]]
[b'/2']
>>> ann.hear(Record(Kind.BEGUN, 1, b""))
>>> ann.outgoing[-1].token
7
>>> ann.hear(Record(Kind.LAST, 1, b"welcome"))
>>> [event.frame for event in ann.events]
[b'welcome']
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from thespian_multiproc.transport.interface import (
    STRANGER_FRAME_BYTES,
    Event,
    Frame,
    Lost,
    Peer,
    Received,
    Undeliverable,
)
from thespian_queue.protocol.records import (
    COUNT,
    PIECE_BYTES,
    WINDOW_BYTES,
    Kind,
    Record,
    cost_of,
    pack,
    split,
)
from thespian_queue.protocol.talk import State, Talk, Waiting

__all__ = ["Kind", "Mailbox", "Out", "Record", "split"]

CUT_OFF = "the relay of this system is gone, and with it everybody that could be reached"

_KEPT = frozenset({Kind.BEGIN, Kind.END})  # the relay hears of both, or it would have a conversation for ever


class Out(NamedTuple):
    """A record to be written.

    Attributes:
        record: as it travels.
        talk: the conversation that it is about.
        token: of the frame that has left when this was written, if any.
    """

    record: bytes
    talk: Talk
    token: int | None = None


class Mailbox:
    """All conversations of one mailbox.

    Args:
        where: its place.

    Attributes:
        events: what its owner is to be told.
        outgoing: what is to be written.
        is_cut_off: whether the relay is gone.
    """

    def __init__(self, where: str) -> None:
        self.where = where
        self.events: list[Event] = []
        self.outgoing: deque[Out] = deque()
        self.is_cut_off = False
        self._talks: dict[int, Talk] = {}
        self._begun: dict[str, Talk] = {}
        self._held: dict[Talk, None] = {}  # a set that keeps its order
        self._next_number = 1
        self._wait_number = 0

    # The owner

    def submit(self, frame: Frame, to: str | Peer, token: int) -> None:
        """Take a frame to be sent."""
        talk = self._begun.get(to) if isinstance(to, str) else to
        if talk is None and not self.is_cut_off:
            try:
                talk = self._begin(str(to))
            except UnicodeEncodeError as why:
                self.events.append(Undeliverable(token, f"no mailbox can be at {to!r}: {why}", False))
                return
        if not isinstance(talk, Talk) or talk.state is State.ENDED:
            reason = CUT_OFF if self.is_cut_off else f"{to!r} has ended"
            self.events.append(Undeliverable(token, reason, self.is_cut_off))
            return
        size = sum(map(len, frame))
        waits = talk.state is State.BEGINNING or talk.waiting or size > PIECE_BYTES
        if waits or talk.window < cost_of(size):
            talk.waiting.append(Waiting(frame, size, token))
            self._fill_window(talk)
        else:
            talk.window -= cost_of(size)
            self.outgoing.append(Out(pack(Kind.LAST, talk.number, b"".join(frame)), talk, token))

    def admit(self, talk: Talk) -> None:
        """Let a peer send frames of full size."""
        talk.admitted = True

    def drop(self, talk: Talk) -> None:
        """End a conversation; its owner is not told."""
        if talk.state is not State.ENDED:
            self._end(talk)
            self._give_up(talk, "the conversation was dropped")
            self.outgoing.append(Out(pack(Kind.END, talk.number), talk))

    def resume(self) -> None:
        """The owner waits anew: hear each stranger once more."""
        self._wait_number += 1
        for talk in [*self._held]:
            while talk.held and self._may_be_heard(talk):
                self._take(talk, talk.held.popleft())
            if not talk.held:
                self._held.pop(talk, None)

    # The relay

    def hear(self, record: Record) -> None:
        """Take what has come in."""
        kind, number, _ = record
        talk = self._talks.get(number)
        if talk is None:
            if kind == Kind.CALLED:
                self._talks[number] = Talk(number, None)
            return  # else of a conversation that this end has ended
        if kind == Kind.LAST and talk.admitted and not talk.held and not talk.begun:  # the usual case
            self.events.append(Received(record.data, talk))
            self._give_back(talk, cost_of(len(record.data)))
        elif kind == Kind.TAKEN_IN:
            talk.window += COUNT.unpack(record.data)[0]
            self._fill_window(talk)
        elif kind == Kind.BEGUN:
            talk.state, talk.known = State.GOING_ON, True
            self._fill_window(talk)
        elif kind == Kind.NOBODY:
            self._end(talk)
            self._give_up(talk, f"nobody has the mailbox {talk.place}", gone=True)
        elif talk.held or not self._may_be_heard(talk):
            talk.held.append(record)
            self._held[talk] = None
        else:
            self._take(talk, record)

    def cut_off(self) -> None:
        """The relay is gone."""
        self.is_cut_off = True
        for talk in [*self._talks.values()]:
            while talk.held and talk.state is not State.ENDED:
                self._take(talk, talk.held.popleft())
            if talk.state is not State.ENDED:
                self._lose(talk, CUT_OFF, gone=True)
        self._held.clear()
        self.outgoing.clear()

    # Inside

    def _begin(self, place: str) -> Talk:
        name = place.encode()
        talk = self._begun[place] = self._talks[self._next_number] = Talk(self._next_number, place)
        self._next_number += 2
        self.outgoing.append(Out(pack(Kind.BEGIN, talk.number, name), talk))
        return talk

    def _fill_window(self, talk: Talk) -> None:
        """Send what there is room for."""
        waiting = talk.waiting
        while waiting and talk.state is State.GOING_ON:
            frame = waiting[0]
            size = min(frame.left, PIECE_BYTES)
            if talk.window < cost_of(size):
                return
            talk.window -= cost_of(size)
            frame.left -= size
            piece = next(frame.pieces)
            if frame.left:
                self.outgoing.append(Out(pack(Kind.PIECE, talk.number, piece), talk))
            else:
                self.outgoing.append(Out(pack(Kind.LAST, talk.number, piece), talk, frame.token))
                waiting.popleft()

    def _may_be_heard(self, talk: Talk) -> bool:
        return talk.admitted or talk.heard_in != self._wait_number

    def _take(self, talk: Talk, record: Record) -> None:
        kind, _, data = record
        if kind == Kind.END:
            self._lose(talk, "the other end has ended the conversation")
            return
        talk.begun_bytes += len(data)
        if not talk.admitted and talk.begun_bytes > STRANGER_FRAME_BYTES:
            self.outgoing.append(Out(pack(Kind.END, talk.number), talk))
            self._lose(talk, "it sent more than a stranger may")
            return
        if kind == Kind.LAST:
            frame = b"".join((*talk.begun, data)) if talk.begun else data
            talk.begun, talk.begun_bytes = [], 0
            talk.known, talk.heard_in = True, self._wait_number
            self.events.append(Received(frame, talk))
        else:
            talk.begun.append(data)
        self._give_back(talk, cost_of(len(data)))

    def _give_back(self, talk: Talk, cost: int) -> None:
        talk.taken_in += cost
        if talk.taken_in >= WINDOW_BYTES // 2:
            self.outgoing.append(Out(pack(Kind.TAKEN_IN, talk.number, COUNT.pack(talk.taken_in)), talk))
            talk.taken_in = 0

    def _lose(self, talk: Talk, reason: str, gone: bool = False) -> None:
        self._end(talk)
        if talk.known:
            self.events.append(Lost(talk, talk.place))
        self._give_up(talk, reason, gone)

    def _end(self, talk: Talk) -> None:
        talk.state = State.ENDED
        self._talks.pop(talk.number, None)
        self._held.pop(talk, None)
        talk.held.clear()
        talk.begun = []
        if talk.place is not None and self._begun.get(talk.place) is talk:
            del self._begun[talk.place]

    def _give_up(self, talk: Talk, reason: str, gone: bool = False) -> None:
        """Report what was not written as undeliverable."""
        kept: deque[Out] = deque()
        for out in self.outgoing:
            if out.talk is not talk or out.record[0] in _KEPT:
                kept.append(out)
            elif out.token is not None:
                self.events.append(Undeliverable(out.token, reason, gone))
        self.outgoing = kept
        for frame in talk.waiting:
            self.events.append(Undeliverable(frame.token, reason, gone))
        talk.waiting.clear()
