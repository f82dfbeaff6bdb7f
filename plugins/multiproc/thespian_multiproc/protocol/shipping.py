"""What one side of a link has sent and still answers for, and what may go out next, where frames can be lost.

A frame that goes out is a *flight*. It ends when the other side has seen it, or when it counts as lost: three
frames that left after it were seen, or one was, and a moment has passed. What was in it flies again, under
a serial of its own. How much may fly at once is halved when something is lost, and grows with what arrives:
most losses on one machine are a receiver's full buffer.

Messages are counted as a whole wherever anything but the flights is concerned: they are kept, whole, until
they are handled.

Longer than 300 lines because what waits, what flies and what was seen is one ledger.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from thespian_multiproc.protocol.flights import Flight
from thespian_multiproc.protocol.frames import Malformed
from thespian_multiproc.protocol.limits import Limits
from thespian_multiproc.protocol.outbox import Load
from thespian_multiproc.protocol.packets import GOES_ON, HEAD_BYTES, SEEN_SERIALS, SIZE_BYTES, Counters
from thespian_multiproc.protocol.roundtrips import RoundTrips
from thespian_multiproc.transport.interface import Buffer

LOST_AFTER_FRAMES = 3  # RFC 9002, 6.1.1: a smaller number takes frames that swapped places for lost ones
LEAST_FLYING_FRAMES = 8  # our choice: enough that those behind a lost one show that it is
LARGEST_MESSAGE_BYTES = (1 << 32) - 1  # as on other links
LEARN_FROM_EACH = 16  # our choice: so many frames; from those that were slow, always
LONGEST_TRIP_S = 0.5  # our choice: an answer that took longer says that somebody was busy, not where he is


class Shipping:
    """Messages by number, from the first that is not known to be handled, and their pieces on their way.

    Args:
        limits: what it is tuned by.
        load: what waits to be sent is added to it.
        trips: how long frames take is added to it.

    Attributes:
        next_number: of the next message to be kept.
        received: how many pieces the other side has received, as it told.
        handled: how many messages it has handled.
        flights: what is under way, and nobody has seen, by serial.
        has_hole: whether a frame was seen that left after one that was not.
        round_trip_s: how long it usually takes until a frame is known to be seen; 0 when none was yet.
    """

    def __init__(self, limits: Limits, load: Load, trips: RoundTrips) -> None:
        self._window_bytes = limits.window_bytes
        self._frame_bytes = limits.frame_bytes
        self._piece_bytes = limits.frame_bytes - HEAD_BYTES - SIZE_BYTES
        self._most_flying_bytes = limits.flying_bytes
        self._least_flying_bytes = min(limits.flying_bytes, LEAST_FLYING_FRAMES * limits.frame_bytes)
        self._load = load
        self._trips = trips
        self._messages: deque[Buffer] = deque()  # messages[0] has the number handled + 1
        self._ends: deque[int] = deque()  # the last piece of each message that was not received
        self._waiting: deque[tuple[int, Buffer]] = deque()  # waiting[0] has the number _unsent
        self._unsent = 1
        self._next_piece = 1
        self._is_inside = False  # the piece before waiting[0] goes on
        self._unhandled_bytes = 0  # of pieces that were sent
        self.flights: dict[int, Flight] = {}  # by serial, in its order
        self._again: deque[Flight] = deque()
        self._flying_bytes = 0
        self._room_bytes = self._least_flying_bytes
        self._is_probing = False  # one frame may go out however much flies
        self._last_serial = 0
        self._cut_serial = 0  # what is lost up to it was lost at once
        self._newest = 0
        self.next_number = 1
        self.received = 0
        self.handled = 0
        self.has_hole = False
        self.round_trip_s = 0.0

    def __len__(self) -> int:
        return len(self._messages)

    @property
    def has_room(self) -> bool:
        """Whether another frame may fly."""
        return self._has_room(self._frame_bytes)

    @property
    def is_held_back(self) -> bool:
        """Whether something waits to be sent."""
        return bool(self._waiting or self._again)

    @property
    def unreceived(self) -> int:
        """How many messages have not come in over there, as far as is known."""
        return len(self._ends)

    def keep(self, message: Buffer) -> None:
        """Take one more message.

        Raises:
            ValueError: it is larger than the other links can carry; it was not taken.
        """
        size = len(message)
        if size > LARGEST_MESSAGE_BYTES:
            raise ValueError(f"a message of {size} bytes is over the limit of {LARGEST_MESSAGE_BYTES}")
        if size <= self._piece_bytes:
            self._waiting.append((size, message))
            self._next_piece += 1
        else:
            view = memoryview(message)
            starts = range(0, size, self._piece_bytes)
            for start in starts:
                piece = view[start : start + self._piece_bytes]
                goes_on = GOES_ON if start != starts[-1] else 0
                self._waiting.append((len(piece) | goes_on, piece))
            self._next_piece += len(starts)
        self._messages.append(message)
        self._ends.append(self._next_piece - 1)
        self._load.unsent_bytes += size
        self.next_number += 1

    def fly(self, message: Buffer, now: float) -> Flight | None:
        """Take one more message and count it as sent, if nothing waits and it may go out now, whole.

        Returns:
            What goes out; None when it may not, and nothing has changed.
        """
        size = len(message)
        frame_bytes = HEAD_BYTES + SIZE_BYTES + size
        if self._waiting or self._again or size > self._piece_bytes:
            return None
        if self.flights and not self._has_room(frame_bytes):
            return None
        unhandled_bytes = self._unhandled_bytes + size
        if unhandled_bytes > self._window_bytes and self._unhandled_bytes and not self._is_inside:
            return None
        self._is_inside = False
        self._messages.append(message)
        self._ends.append(self._next_piece)
        self._next_piece += 1
        self._unhandled_bytes = unhandled_bytes
        self.next_number += 1
        first, self._unsent = self._unsent, self._unsent + 1
        self._last_serial = serial = self._last_serial + 1
        self.flights[serial] = flight = Flight(serial, first, [(size, message)], frame_bytes, now)
        self._flying_bytes += frame_bytes
        return flight

    def next_flight(self, now: float) -> Flight | None:
        """Return what may go out now, and count it as sent."""
        while self._again:
            flight = self._again[0]
            if flight.last <= self.received:  # an earlier copy has come in late
                self._again.popleft()
                continue
            if not self._is_probing and not self._has_room(flight.size):
                return None
            self._is_probing = False
            self._again.popleft()
            return self._fly(flight.first, flight.pieces, flight.size, now)
        waiting = self._waiting
        if not waiting or not self._has_room(HEAD_BYTES + SIZE_BYTES + (waiting[0][0] & ~GOES_ON)):
            return None
        pieces: list[tuple[int, Buffer]] = []
        frame_bytes = HEAD_BYTES
        while waiting:
            size = waiting[0][0] & ~GOES_ON
            if frame_bytes + SIZE_BYTES + size > self._frame_bytes:
                break
            # What has begun to arrive goes on: a message that is larger than the window must get through.
            is_over = self._unhandled_bytes + size > self._window_bytes
            if is_over and self._unhandled_bytes and not self._is_inside:
                break
            self._is_inside = bool(waiting[0][0] & GOES_ON)
            pieces.append(waiting.popleft())
            frame_bytes += SIZE_BYTES + size
            self._unhandled_bytes += size
            self._load.unsent_bytes -= size
        if not pieces:
            return None
        first, self._unsent = self._unsent, self._unsent + len(pieces)
        return self._fly(first, pieces, frame_bytes, now)

    def next_serial(self) -> int:
        """Return a serial for a frame that is never sent again."""
        self._last_serial += 1
        return self._last_serial

    def _has_room(self, size: int) -> bool:
        if not self.flights:
            return True
        return len(self.flights) < SEEN_SERIALS and self._flying_bytes + size <= self._room_bytes

    def _fly(self, first: int, pieces: list[tuple[int, Buffer]], size: int, now: float) -> Flight:
        flight = Flight(self.next_serial(), first, pieces, size, now)
        self.flights[flight.serial] = flight
        self._flying_bytes += size
        return flight

    def is_news(self, told: Counters) -> bool:
        """Whether counters say more than is known, about whatever it may be."""
        return (
            told.received > self.received
            or told.handled > self.handled
            or told.newest > self._newest
            or self.has_hole
        )

    def takes(self, told: Counters, now: float) -> bool | None:
        """Do what ``check`` and ``take_counters`` do, in the usual case: nothing is new, or all has come in.

        Returns:
            Whether the other side has come further; None when it is another case or something waits to be
            sent, and nothing has changed.
        """
        received, handled, newest = told.received, told.handled, told.newest
        if self._waiting or self._again or self.has_hole:
            return None
        if newest <= self._newest and received <= self.received and handled <= self.handled:
            return False
        if newest != self._last_serial or received != self._next_piece - 1 or handled >= self.next_number:
            return None
        is_further = received > self.received or handled > self.handled
        self.received = received
        self._ends.clear()
        while self.handled < handled:
            self._unhandled_bytes -= len(self._messages.popleft())
            self.handled += 1
        self._newest = newest
        if flights := self.flights:
            is_further = True
            if (latest := flights.get(newest)) is not None:
                self._learn(latest, now)
            room_bytes = self._room_bytes + self._flying_bytes
            self._room_bytes = room_bytes if room_bytes < self._most_flying_bytes else self._most_flying_bytes
            flights.clear()
            self._flying_bytes = 0
        return is_further

    def check(self, told: Counters) -> None:
        """Look whether the other side can have come so far.

        Raises:
            Malformed: it cannot.
        """
        arrived = self.next_number - 1 - len(self._ends)
        for end in self._ends:
            if end > told.received:
                break
            arrived += 1
        sent = self._next_piece - 1
        if told.received > sent or told.handled > arrived or told.newest > self._last_serial:
            raise Malformed(f"counters {tuple(told[:3])} where {sent} pieces were sent")

    def take_counters(self, told: Counters, now: float) -> bool:
        """Note how far the other side has come; whether it has come further. Old counters do no harm."""
        is_further = told.received > self.received or told.handled > self.handled
        self.received = max(self.received, told.received)
        while self._ends and self._ends[0] <= self.received:
            self._ends.popleft()
        for _ in range(told.handled - self.handled):
            self._unhandled_bytes -= len(self._messages.popleft())
        self.handled = max(self.handled, told.handled)
        self._newest = max(self._newest, told.newest)
        self.has_hole = False
        if (latest := self.flights.get(told.newest)) is not None:
            self._learn(latest, now)
        for flight in [*self.flights.values()]:
            if _is_seen(flight, told, self.received):
                is_further = True
                self._land(flight)
                self._room_bytes = min(self._most_flying_bytes, self._room_bytes + flight.size)
            elif self._newest - flight.serial >= LOST_AFTER_FRAMES:
                self._lose(flight)
            elif flight.serial < self._newest:
                self.has_hole = True
        return is_further

    def lose_holes(self) -> None:
        """Count as lost what has left before a frame that was seen."""
        for flight in [*self.flights.values()]:
            if flight.serial < self._newest:
                self._lose(flight)
        self.has_hole = False

    def lose_oldest(self) -> None:
        """Let the frame that has flown for longest fly again: what is said of it tells of all others."""
        for flight in self.flights.values():
            self._land(flight)
            self._again.appendleft(flight)
            self._is_probing = True
            break

    def land_all(self) -> None:
        """The conversation is a new one: what was not seen in the old one flies again."""
        flights = [*self.flights.values()]
        self._again.extendleft(reversed(flights))
        self.flights.clear()
        self._flying_bytes = 0
        self._room_bytes = self._least_flying_bytes
        self.has_hole = False

    def _learn(self, latest: Flight, now: float) -> None:
        """The newest frame that was seen has taken so long."""
        trip_s, trips = now - latest.left_at, self._trips
        trips.has_heard = True
        if trip_s > trips.wait_s or latest.serial % LEARN_FROM_EACH == 0:
            trips.took(trip_s)
        trip_s = min(trip_s, LONGEST_TRIP_S)
        self.round_trip_s += (trip_s - self.round_trip_s) / 8  # as RFC 6298, 2.3

    def _land(self, flight: Flight) -> None:
        del self.flights[flight.serial]
        self._flying_bytes -= flight.size

    def _lose(self, flight: Flight) -> None:
        self._land(flight)
        self._again.append(flight)
        if flight.serial > self._cut_serial:
            self._room_bytes = max(self._least_flying_bytes, self._room_bytes // 2)
            self._cut_serial = self._last_serial

    def empty(self, handled: int) -> tuple[int, list[Buffer]]:
        """Give everything up that was not handled; return it, with the number of the first.

        Args:
            handled: how far the other side had come for certain, beside what it told.
        """
        self._load.unsent_bytes -= sum(_sizes(self._waiting))
        for _ in range(min(handled, self.next_number - 1) - self.handled):
            self._messages.popleft()
            self.handled += 1
        rest = list(self._messages)
        for kept in (self._messages, self._ends, self._waiting, self._again, self.flights):
            kept.clear()
        self._flying_bytes = self._unhandled_bytes = 0
        return self.handled + 1, rest


def _is_seen(flight: Flight, told: Counters, received: int) -> bool:
    """Whether counters, or how far all has come in, say that a frame was seen."""
    behind = told.newest - flight.serial
    return flight.last <= received or (0 <= behind < SEEN_SERIALS and bool(told.seen >> behind & 1))


def _sizes(pieces: Iterable[tuple[int, Buffer]]) -> Iterable[int]:
    return (size & ~GOES_ON for size, _ in pieces)
