"""What the relay does with records: who has which place, and which conversation goes where. Pure.

A *line* is the relay's end of the two queues of one mailbox, known by a number.

States of a line: *connected*, from when its place was given until its other end is gone. Of a
conversation: *going on* between two lines (or a line and itself), from BEGIN until END, or until one of them
is gone. Of the relay: it *goes on* until its keeper is gone, the first mailbox that was reserved by name; or
until no mailbox is left.

Events: ``connect`` (somebody wants a place), ``hear`` (records have come in), ``disconnect`` (the other end
of a line is gone, and everything from it was heard). What follows is put into ``outgoing``, to be written
and removed by whoever drives it.

Nothing here ever waits, and no line is ever left unread, so there is no circle that could. What cannot be
written to a line is kept; how much that can be is bounded by the windows of the conversations.

>>> switch = Switch()
>>> switch.connect(1, at="/ThespianQ"), switch.connect(2), switch.connect(3, at="/ThespianQ")
('/ThespianQ', '/1', None)
>>> _ = switch.hear(2, bytearray(pack(Kind.BEGIN, 1, b"/ThespianQ") + pack(Kind.LAST, 1, b"hello")))
>>> [record.kind for record in split(b"".join(switch.outgoing.pop(2)))[0]] == [Kind.WELCOME, Kind.BEGUN]
True
>>> [(record.number, record.data) for record in split(b"".join(switch.outgoing.pop(1)))[0]]
[(0, b'/ThespianQ'), (2, b''), (2, b'hello')]
>>> switch.disconnect(1)
>>> switch.is_over
True
"""

from __future__ import annotations

from itertools import count

from thespian_queue.protocol.records import HEAD, Kind, pack, split

__all__ = ["Kind", "Switch", "pack", "split"]

_FORWARDED = frozenset({Kind.PIECE, Kind.LAST, Kind.TAKEN_IN})


class _Line:
    """One mailbox, as the relay knows it.

    Attributes:
        place: of the mailbox.
        others: the line and number at the other end, by number here.
        next_number: of the next conversation that somebody else begins with it.
    """

    def __init__(self, place: str) -> None:
        self.place = place
        self.others: dict[int, tuple[int, int]] = {}
        self.next_number = 2


class Switch:
    """Gives out places, and passes records on.

    Attributes:
        outgoing: what is to be written to each line, oldest first.
        keeper: the line without which the relay is over.
    """

    def __init__(self) -> None:
        self.outgoing: dict[int, list[bytes]] = {}
        self._lines: dict[int, _Line] = {}
        self._places: dict[str, int] = {}
        self._minted = count(1)
        self.keeper: int | None = None
        self._has_no_keeper_left = False

    @property
    def is_over(self) -> bool:
        """Whether the relay has nobody left to serve."""
        return self._has_no_keeper_left or not self._lines

    def line_at(self, place: str) -> int | None:
        """Return the line of whoever has a place."""
        return self._places.get(place)

    def connect(self, line: int, at: str | None = None) -> str | None:
        """Give a line a place, and tell it so.

        Args:
            line: its number, which no other line ever had.
            at: the place that it wants; None for any.

        Returns:
            The place; None when somebody has it, which nobody is told.
        """
        place = at if at is not None else next(p for n in self._minted if (p := f"/{n}") not in self._places)
        if place in self._places:
            return None
        self._places[place] = line
        self._lines[line] = _Line(place)
        if at is not None and self.keeper is None:
            self.keeper = line
        self._put(line, pack(Kind.WELCOME, 0, place.encode()))
        return place

    def disconnect(self, line: int) -> None:
        """Take back a place; all conversations with it end."""
        gone = self._lines.pop(line)
        del self._places[gone.place]
        self.outgoing.pop(line, None)
        self._has_no_keeper_left |= line == self.keeper
        for other, number in gone.others.values():
            if other != line:
                del self._lines[other].others[number]
                self._put(other, pack(Kind.END, number))

    def hear(self, line: int, buffer: bytearray) -> int:
        """Take the whole records in a buffer, which is changed.

        Records that go the same way are passed on in one piece.

        Returns:
            How many bytes of the buffer were taken.
        """
        others = self._lines[line].others
        at = passed = 0  # from `passed` to `at`, everything goes the same way
        way: int | None = None
        while len(buffer) - at >= HEAD.size:
            kind, number, size = HEAD.unpack_from(buffer, at)
            after = at + HEAD.size + size
            if after > len(buffer):
                break
            other = others.get(number) if kind in _FORWARDED else None
            if other is None or other[0] != way:
                if way is not None:
                    self._put(way, bytes(buffer[passed:at]))
                way, passed = (other[0], at) if other is not None else (None, after)
            if other is not None:
                HEAD.pack_into(buffer, at, kind, other[1], size)
            elif kind == Kind.BEGIN:
                # What is no text becomes one that no place is.
                place = buffer[at + HEAD.size : after].decode(errors="surrogateescape")
                self._begin(line, number, place)
            elif kind == Kind.END:
                self._end(line, number)
            at = after  # what is said in a conversation that has ended is nobody's
        if way is not None:
            self._put(way, bytes(buffer[passed:at]))
        return at

    def _begin(self, line: int, number: int, place: str) -> None:
        other = self._places.get(place)
        if other is None:
            self._put(line, pack(Kind.NOBODY, number))
            return
        callee = self._lines[other]
        its_number, callee.next_number = callee.next_number, callee.next_number + 2
        callee.others[its_number] = line, number
        self._lines[line].others[number] = other, its_number
        self._put(line, pack(Kind.BEGUN, number))
        self._put(other, pack(Kind.CALLED, its_number))

    def _end(self, line: int, number: int) -> None:
        other = self._lines[line].others.pop(number, None)
        if other is not None:
            del self._lines[other[0]].others[other[1]]
            self._put(other[0], pack(Kind.END, other[1]))

    def _put(self, line: int, data: bytes) -> None:
        self.outgoing.setdefault(line, []).append(data)
