"""The link of a transport that can lose frames, double them and swap them: it resends what was not seen.

It has the states and events of the other link, and tells the same to those above it. What differs is what is
on the wire (``packets``): a message may be several pieces, every frame has a serial, and the counters say
which frames were seen. So

- a message of any size gets through, each of its frames being sent again by itself;
- what is lost is known as soon as later frames are seen, without waiting for a clock.

The counters are told at once when the other side asks for them, after a few frames, when there is a gap, and
when something came that had come before; else as on other links. When nothing is heard of what is owed, the
oldest frame is sent again, or the counters are asked for if all were seen; when that is, see ``roundtrips``.

Longer than 300 lines because one side of a link is one machine.
"""

from __future__ import annotations

from collections.abc import Sequence

from thespian_multiproc.protocol.effects import Deliver, Effect, Transmit
from thespian_multiproc.protocol.flights import Flight
from thespian_multiproc.protocol.joining import Joiner
from thespian_multiproc.protocol.limits import Limits
from thespian_multiproc.protocol.link import OPEN, Link, State
from thespian_multiproc.protocol.outbox import Kept, Load
from thespian_multiproc.protocol.packets import (
    Counters,
    Packet,
    news_frame,
    one_piece_frame,
    packet_frame,
)
from thespian_multiproc.protocol.roundtrips import RoundTrips
from thespian_multiproc.protocol.shipping import Shipping
from thespian_multiproc.transport.interface import Buffer, Frame


class LooseLink(Link):
    """One side of a link over frames that can be lost.

    Args:
        limits: what it is tuned by; None for the usual.
        load: what waits to be sent is added to it.
        trips: how long answers take, whoever they come from; None for what this link learns alone.
    """

    def __init__(
        self, limits: Limits | None = None, load: Load | None = None, trips: RoundTrips | None = None
    ) -> None:
        self._trips = trips or RoundTrips()
        super().__init__(limits, load)
        self._joiner = Joiner()
        self._owed_since: float | None = None  # since when an answer is waited for
        self._hole_at: float | None = None  # when what others have overtaken counts as lost
        self._is_asking = False
        self._has_asked = False  # the last frame asked for an answer
        self._untold = 0  # frames that have come since the counters were told
        self._patience = 0  # how often in a row nothing new was heard in time

    def _new_kept(self, load: Load) -> Kept:
        self._shipping = Shipping(self._limits, load, self._trips)
        return self._shipping

    @property
    def is_settled(self) -> bool:
        """Whether nothing is owed in either direction: the conversation could end without harm."""
        return not self._shipping and self._handled == self._joiner.delivered and not self._news

    @property
    def unreceived(self) -> int:
        """How many messages have not come in over there, as far as is known."""
        return self._shipping.unreceived

    @property
    def next_tick(self) -> float | None:
        """When ``tick`` is to be called, or None."""
        at, resend_at = super().next_tick, self._resend_at
        return at if resend_at is None else resend_at if at is None else min(at, resend_at)

    def transmit(self, message: Buffer, now: float) -> Frame | None:
        """Do what ``send`` does, in the usual case: nothing waits, and the message may go out now, whole.

        Returns:
            The frame to be submitted; say ``is_leaving`` unless it leaves at once. None when it is another
            case, and nothing has changed.
        """
        if self._writing or self._is_asking or self.state is not OPEN:
            return None
        out, joiner = self._shipping, self._joiner
        flight = out.fly(message, now)
        if flight is None:
            return None
        if out.next_number - out.handled == 2:  # the first one
            self._owes_from(now)
        if len(out.flights) == 1:  # whatever was waited for before, this one has just left
            self._owed_since = self._hole_at = None
        self._has_asked = False
        self._untold = self._news = 0
        self._tell_at = None
        self._await_answer(now)
        newest, seen = joiner.newest, joiner.seen
        return one_piece_frame(
            flight.serial, flight.first, message, joiner.received, self._handled, newest, seen
        )

    def takes(self, packet: Packet | Counters, now: float) -> tuple[int, Sequence[Buffer]] | None:  # type: ignore[override]
        """Do what ``arrived`` does, in the usual case: one whole message is next, and nothing is to be sent.

        Returns:
            The message, with its number; None when it is another case, which is for ``arrived``.
        """
        limits, tell_at = self._limits, self._tell_at
        if (
            type(packet) is not Packet
            or packet.wants_answer
            or self.state is not OPEN
            or self._is_asking
            or self._untold + 1 >= limits.tell_after_frames
            or self._news + 1 >= limits.tell_after_messages
            or (tell_at is not None and now >= tell_at)
        ):
            return None
        is_further = self._shipping.takes(packet.counters, now)
        if is_further is None:
            return None
        if is_further:
            self._progress(now)
        message = self._joiner.take_next(packet)
        if message is None:  # but its counters were taken, which ``arrived`` would do first, too
            return None
        self.unanswered = 0
        self._received += 1
        self._untold += 1
        self._news += 1
        if tell_at is None:
            self._tell_at = at = now + limits.tell_after_s
            if at < self.due:
                self.due = at
        if self._owed_since is None:
            self._await_answer(now)
        return self._joiner.delivered, [message]

    def opened(self, peer_received: int, peer_handled: int, now: float) -> list[Effect]:
        """A conversation has begun; the other side has told its counters.

        Raises:
            Malformed: it claims to have what was never sent; the link is as it was.
        """
        if self.state is State.GONE:
            return []
        out = self._shipping
        told = Counters(peer_received, peer_handled, 0, 0)
        out.check(told)
        self.state = OPEN
        self._writing = self._is_asking = False
        self._reopen_at = self._tell_at = self._owed_since = self._hole_at = None
        self._breaks = self._patience = self.unanswered = 0
        out.take_counters(told, now)
        out.land_all()
        self._tell_anew(now)
        self._reassure(now)
        self._await_answer(now)
        return self._go_on(now)

    def arrived(self, frame: Packet | Counters, now: float) -> list[Effect]:  # type: ignore[override]
        """A frame has come in.

        Raises:
            Malformed: its counters cannot be; the link is as it was.
        """
        if self.state is not OPEN:
            return []
        told = frame.counters if type(frame) is Packet else frame
        assert type(told) is Counters
        out = self._shipping
        self.unanswered = 0
        if out.is_news(told):
            out.check(told)
            self._take_counters(told, now)
        effects: list[Effect] = []
        if type(frame) is Packet:
            effects = self._take_pieces(frame, now)
        self._await_answer(now)
        return effects if self._writing else effects + self._go_on(now)

    def handled(self, count: int, now: float) -> list[Effect]:
        """So many more of the delivered messages have been handled, in order."""
        delivered = self._joiner.delivered
        if count < 0 or self._handled + count > delivered:
            raise ValueError(f"{count} more than {self._handled} of {delivered} cannot be handled")
        self._handled += count
        self._news += count
        if self.state is not OPEN:
            return []
        self._tell_soon(now)
        return self._go_on(now)

    def left(self, now: float) -> list[Effect]:
        """The frame that was to be transmitted has left."""
        self._writing = False
        if self._tell_at is not None:
            self.due = min(self.due, self._tell_at)
        return self._go_on(now) if self.state is OPEN else []

    def _tick(self, now: float) -> list[Effect]:
        if self.state is OPEN and (at := self._resend_at) is not None and now >= at:
            self._owed_since = self._hole_at = None
            self._send_again()
            self._await_answer(now)
        return super()._tick(now)

    def _close(self, state: State) -> None:
        super()._close(state)
        self._owed_since = self._hole_at = None

    def _go_on(self, now: float) -> list[Effect]:
        """Transmit what may go, or the counters alone when it is time for them."""
        if self._writing:
            return []
        out = self._shipping
        if not (out.is_held_back or self._is_asking or (self._tell_at is not None and now >= self._tell_at)):
            return []
        was_flying = bool(out.flights)
        if (flight := out.next_flight(now)) is not None:
            self._writing = True
            return [Transmit(self._frame_of(flight, was_flying, now))]
        if self._is_asking:
            frame = packet_frame(out.next_serial(), 1, (), self._seen(), True)
        elif self._tell_at is not None and now >= self._tell_at:
            frame = news_frame(self._seen())
        else:
            return []
        self._writing = True
        self._counters_told(now)
        return [Transmit(frame)]

    def _frame_of(self, flight: Flight, was_flying: bool, now: float) -> Frame:
        """Return the frame of what goes out now."""
        out = self._shipping
        if not was_flying:
            self._owed_since = self._hole_at = None  # as in ``transmit``
        self._has_asked = wants_answer = out.is_held_back and not out.has_room
        frame = packet_frame(flight.serial, flight.first, flight.pieces, self._seen(), wants_answer)
        self._counters_told(now)
        return frame

    def _seen(self) -> Counters:
        joiner = self._joiner
        return Counters(joiner.received, self._handled, joiner.newest, joiner.seen)

    def _counters_told(self, now: float) -> None:
        """A frame goes out, and the counters with it."""
        self._is_asking = False
        self._untold = 0
        self._news = 0
        self._tell_at = None
        self._await_answer(now)

    def _send_again(self) -> None:
        """Nothing was heard for too long: send what may be lost, or ask."""
        out = self._shipping
        if out.has_hole:
            out.lose_holes()
            return
        self._patience += 1
        self.unanswered += 1
        if out.flights:
            out.lose_oldest()
        else:
            self._is_asking = True

    def _await_answer(self, now: float) -> None:
        """Send again some time, when anything is owed; when that is, is for the tick to say."""
        out = self._shipping
        if out.has_hole:
            at = now + max(self._limits.swap_s, out.round_trip_s / 4)
            self._hole_at = at if self._hole_at is None else min(at, self._hole_at)
        elif self._owed_since is None and out.next_number - out.handled > 1:
            self._owed_since = now
            at = now + self._first_wait_s
        else:
            return
        if at < self.due:
            self.due = at

    @property
    def _first_wait_s(self) -> float:
        return self._limits.asked_after_s if self._has_asked else self._limits.resend_after_s

    @property
    def _resend_at(self) -> float | None:
        out = self._shipping
        if self._hole_at is not None:
            return self._hole_at
        if self._owed_since is None:
            return None
        limits = self._limits
        least_s: float = max(self._first_wait_s, 2 * out.round_trip_s, self._trips.wait_s)
        most_s = limits.resend_at_most_s
        if not out.flights:  # only what was not handled: that takes as long as it takes
            least_s, most_s = max(least_s, limits.doubt_after_s), limits.doubt_at_most_s
        wait_s: float = min(least_s * 2 ** min(self._patience, 20), max(least_s, most_s))
        return self._owed_since + wait_s

    def _take_counters(self, told: Counters, now: float) -> None:
        if self._shipping.take_counters(told, now):
            self._progress(now)

    def _progress(self, now: float) -> None:
        """The other side has come further."""
        self._patience = 0
        self._owed_since = self._hole_at = None
        self._reassure(now)

    def _take_pieces(self, packet: Packet, now: float) -> list[Effect]:
        joiner = self._joiner
        before, received = joiner.delivered, joiner.received
        messages = joiner.take(packet)
        self._received = joiner.received
        self._news += joiner.received - received
        if messages is not None:  # else it is a copy, and its like was answered
            self._untold += 1
            is_much = self._untold >= self._limits.tell_after_frames
            if packet.wants_answer or is_much or joiner.has_gap or joiner.received == received:
                self._tell_at = now
                self.due = min(self.due, now)
            else:
                self._tell_soon(now)
        return [Deliver(before + 1, messages)] if messages else []
