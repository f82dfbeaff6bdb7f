"""What lies between in-memory mailboxes: conversations that can break, and frames without one."""

from __future__ import annotations

import zlib
from itertools import count

from thespian_multiproc.transport.interface import AddressInUse, Sent, Undeliverable
from thespian_multiproc.transport.memory_clock import NO_FAULTS, Faults, VirtualClock
from thespian_multiproc.transport.memory_mailbox import (
    Arrival,
    Correspondent,
    Ending,
    Mailbox,
    Side,
    Somebody,
)


class MemoryNetwork(VirtualClock):
    """Mailboxes in this process, a virtual clock, and faults from one seed.

    Everything happens in :meth:`step` and in the endpoints' own calls, so a simulation of many
    endpoints needs one thread: submit, :meth:`step`, and ``wait(0)`` of the endpoint in question.

    Args:
        seed: what all chances and delays come from.
        faults: what goes wrong.
        real_patience_s: how long a wait without end, for which nothing is under way, lets another
            thread wake it before it raises.
    """

    def __init__(self, seed: int = 0, faults: Faults = NO_FAULTS, real_patience_s: float = 60.0) -> None:
        super().__init__(seed, faults)
        self.real_patience_s = real_patience_s
        self._mailboxes: dict[str, Mailbox] = {}
        self._names = count(1)
        self._sides = count(1)

    def reserve(self, at: str | None) -> Mailbox:
        """Make a mailbox.

        Raises:
            AddressInUse: another one has the place.
        """
        where = at or next(name for name in (f"m{n}" for n in self._names) if name not in self._mailboxes)
        if where in self._mailboxes:
            raise AddressInUse(f"somebody has {where} already")
        self.note("reserve", where)
        self._mailboxes[where] = Mailbox(where)
        return self._mailboxes[where]

    def remove(self, mailbox: Mailbox) -> None:
        """Free a mailbox's place, and end its conversations."""
        if self._mailboxes.get(mailbox.where) is mailbox:
            self.note("remove", mailbox.where)
            del self._mailboxes[mailbox.where]
            for side in list(mailbox.sides):
                self.end(side)

    def begin(self, mailbox: Mailbox, place: str) -> Side:
        """Begin a conversation; it comes about when the place has heard of it."""
        side = Side(next(self._sides), mailbox, begun_with=place)
        mailbox.sides[side] = None
        self.note("begin", mailbox.where, place)
        self.schedule(self.arrival(), lambda: self._connect(side, place))
        return side

    def send(self, side: Side, token: int, frame: bytes) -> None:
        """Send a frame in a conversation, once that has come about."""
        if side.other is None:
            side.unsent.append((token, frame))
            return
        here, there = side.mailbox, side.other.mailbox
        self.note("send", here.where, there.where, token, len(frame), zlib.crc32(frame))
        here.arrivals.append(Sent(token, side))
        if side.broken or side.other.ended:
            self.note("swallow", here.where, there.where, token)
        elif self.happens(self.faults.loss):
            self.break_off(side)
        else:
            side.busy_until = max(side.busy_until, self.arrival())
            self.schedule(side.busy_until, lambda: self._arrive(side, frame))

    def send_alone(self, mailbox: Mailbox, place: str, token: int, frame: bytes) -> None:
        """Send a frame without a conversation."""
        self.note("send", mailbox.where, place, token, len(frame), zlib.crc32(frame))
        if place not in self._mailboxes:
            mailbox.arrivals.append(Undeliverable(token, f"nobody has {place}", gone=True))
            return
        if self.happens(self.faults.refusal):
            mailbox.arrivals.append(Undeliverable(token, f"{place} takes no more for now", gone=False))
            return
        peer = mailbox.correspondents.setdefault(place, Correspondent(mailbox, place))
        mailbox.arrivals.append(Sent(token, peer))
        for _ in range(1 + self.happens(self.faults.duplication)):
            if self.happens(self.faults.loss):
                self.note("lose", mailbox.where, place, token)
            else:
                self.schedule(self.arrival(), lambda: self._arrive_alone(mailbox.where, place, frame))

    def end(self, side: Side) -> None:
        """End a conversation at one end; the other hears of it after what was sent."""
        side.ended = True
        side.mailbox.sides.pop(side, None)
        side.mailbox.arrivals.extend(
            side.undelivered("the conversation was ended before it began", gone=False)
        )
        other = side.other
        if other is not None and not side.broken:
            side.busy_until = max(side.busy_until, self.arrival())
            self.schedule(side.busy_until, lambda: self._lose(other, "the other side ended the conversation"))

    def break_off(self, side: Side) -> None:
        """Let nothing pass in a conversation any more; both ends hear of it in their own time."""
        if side.other is None or side.broken:
            return
        self.note("break", side.mailbox.where, side.other.mailbox.where)
        for end in (side, side.other):
            end.broken = True
            self._lose_later(end, "the conversation broke off")

    def refuse(self, peer: Somebody) -> None:
        """Let a stranger's large frame end its conversation."""
        self.note("refuse", peer.mailbox.where)
        if isinstance(peer, Side):
            self.break_off(peer)

    def _connect(self, side: Side, place: str) -> None:
        mailbox = self._mailboxes.get(place)
        if side.ended:
            return
        if mailbox is None:
            self._fail(side, f"nobody has {place}", gone=True)
        elif self.is_cut(side.mailbox.where, place):
            self._fail(side, f"nothing passes between {side.mailbox.where} and {place}", gone=False)
        elif self.happens(self.faults.refusal):
            self._fail(side, f"{place} takes no conversations for now", gone=False)
        else:
            side.other = Side(next(self._sides), mailbox)
            side.other.other = side
            side.known = True
            mailbox.sides[side.other] = None
            for token, frame in side.unsent:
                self.send(side, token, frame)
            side.unsent.clear()

    def _fail(self, side: Side, reason: str, gone: bool) -> None:
        self.note("fail", side.mailbox.where, reason)
        side.ended = True
        side.mailbox.sides.pop(side, None)
        side.mailbox.arrivals.extend(side.undelivered(reason, gone))

    def _arrive(self, side: Side, frame: bytes) -> None:
        other = side.other
        assert other is not None  # sent in a conversation that has come about
        if side.broken or other.ended:
            self.note("swallow", side.mailbox.where, other.mailbox.where, len(frame))
        elif self.is_cut(side.mailbox.where, other.mailbox.where):
            self.break_off(side)
        else:
            self.note("arrive", side.mailbox.where, other.mailbox.where, len(frame), zlib.crc32(frame))
            other.mailbox.arrivals.append(Arrival(other, frame))

    def _arrive_alone(self, sender: str, place: str, frame: bytes) -> None:
        mailbox = self._mailboxes.get(place)
        if mailbox is None or self.is_cut(sender, place):
            self.note("lose", sender, place, len(frame))
            return
        self.note("arrive", sender, place, len(frame), zlib.crc32(frame))
        peer = mailbox.correspondents.setdefault(sender, Correspondent(mailbox, sender))
        mailbox.arrivals.append(Arrival(peer, frame))

    def _lose(self, side: Side, reason: str) -> None:
        if not side.ended:
            side.mailbox.arrivals.append(Ending(side, reason))

    def _lose_later(self, side: Side, reason: str) -> None:
        self.schedule(self.arrival(), lambda: self._lose(side, reason))
