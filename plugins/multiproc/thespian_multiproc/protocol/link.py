"""A link carries messages between two mailboxes: in order, once, over conversations that may break.

Both sides number what they send. Each tells the other two cumulative counters: *received* ends the
resending of a message, *handled* moves the window and ends the sender's duty to say what became of it.
Until then the sender keeps the message, so a broken conversation loses nothing.

This is the link of a transport that keeps order and loses nothing within a conversation; ``looselink`` has
the other one.

States and events:

========== ==================== =============== ============= ==================== ===================
state      ``send``             ``opened``      ``arrived``   ``broke``            ``tick``
========== ==================== =============== ============= ==================== ===================
closed     kept; ``Open``       open; resends   ignored       closed               ``Open`` when due
doubted    kept                 open; resends   ignored       ignored              ``Doubt`` again
open       sent, or kept while  open; resends   delivered,    closed; ``Open``     tells counters that
           a write is under                     counters      when mail is owed    are due
           way or the window                    taken
           is full
gone       ``Dead`` at once     ignored         ignored       ignored              nothing
========== ==================== =============== ============= ==================== ===================

``vanished`` says that the mailbox cannot be found any more; that leads to doubted, with ``Doubt`` when
mail is owed: only who watches processes knows what became of it. The answer is ``lives`` (closed, and
``Open`` after a while) or ``gone``. ``Doubt`` also comes, in any state but gone, when mail is owed and
nothing is heard for a while.

``gone`` leads to the state gone from everywhere: all that was not handled is ``Dead``, but for a message
that is known to have been begun, which is ``Poisoned``.

Pure: the time is an argument, in seconds on a clock that never runs backwards.

Longer than 300 lines because one side of a link is one machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from math import inf

from thespian_multiproc.protocol.effects import Dead, Deliver, Doubt, Effect, Open, Poisoned, Transmit
from thespian_multiproc.protocol.frames import Ack, Data, Malformed, ack_frame, data_frame
from thespian_multiproc.protocol.limits import Limits
from thespian_multiproc.protocol.outbox import Kept, Load, Outbox
from thespian_multiproc.transport.interface import Buffer, Frame


class State(Enum):
    """Where a link is in its life."""

    CLOSED = "closed"
    DOUBTED = "doubted"
    OPEN = "open"
    GONE = "gone"


OPEN = State.OPEN  # before Python 3.12, a look-up in the class takes as long as a call


class Link:
    """One side of a link.

    Args:
        limits: what it is tuned by; None for the usual.
        load: what waits to be sent is added to it.

    Attributes:
        due: ``tick`` has nothing to do before that time; it may have nothing to do then, either.
        unanswered: how often mail was sent again since the other side was last heard; for a link on which
            that may happen.
    """

    unanswered = 0

    def __init__(self, limits: Limits | None = None, load: Load | None = None) -> None:
        self._limits = limits or Limits()
        self.state = State.CLOSED
        self._kept = self._new_kept(load or Load())
        self._writing = False
        # What comes in.
        self._received = 0
        self._handled = 0
        self._news = 0  # by how much both have grown since they were told
        # Times, or None for never.
        self._tell_at: float | None = None
        self._reopen_at: float | None = None
        self._doubt_at: float | None = None
        self._moved_at = 0.0  # since when mail is owed and nothing is heard
        self._breaks = 0
        self._doubts = 0
        self.due = inf

    def _new_kept(self, load: Load) -> Kept:
        self._out = Outbox(self._limits.window_bytes, self._limits.batch_bytes, load)
        return self._out

    @property
    def received(self) -> int:
        """How far the other side's messages have come in."""
        return self._received

    @property
    def handled_so_far(self) -> int:
        """How far they have been handled."""
        return self._handled

    @property
    def is_settled(self) -> bool:
        """Whether nothing is owed in either direction: the conversation could end without harm."""
        return not self._kept and self._handled == self._received and not self._news

    @property
    def kept_messages(self) -> int:
        """How many messages wait to be handled over there, sent or not."""
        return len(self._kept)

    @property
    def unreceived(self) -> int:
        """How many messages have not come in over there, as far as is known."""
        if self.state is State.GONE:
            return 0
        return self._out.next_number - 1 - max(self._out.received, self._out.handled)

    @property
    def next_tick(self) -> float | None:
        """When ``tick`` is to be called, or None."""
        tell_at = None if self._writing else self._tell_at  # ``left`` comes first
        times = (tell_at, self._reopen_at, self._doubt_at if self._kept else None)
        return min((at for at in times if at is not None), default=None)

    def send(self, message: Buffer, now: float) -> list[Effect]:
        """Take one message for the other side.

        Raises:
            ValueError: it is larger than a frame can say; it was not taken.
        """
        if self.state is State.GONE:
            self._kept.next_number += 1
            return [Dead(self._kept.next_number - 1, [message])]
        kept = self._kept
        kept.keep(message)
        is_first = kept.next_number - kept.handled == 2
        if is_first:
            self._owes_from(now)
        if self.state is OPEN:
            return [] if self._writing else self._go_on(now)
        if self.state is State.CLOSED and is_first and self._reopen_at is None:
            return self._reopen(now)
        return []

    def transmit(self, message: Buffer, now: float) -> Frame | None:
        """Do what ``send`` does, in the usual case: nothing is under way, and the message may go out now.

        Returns:
            The frame to be submitted; say ``is_leaving`` unless it leaves at once. None when it is another
            case, and nothing has changed.
        """
        if self._writing or self.state is not OPEN:
            return None
        out = self._out
        if not out.fly(message):
            return None
        if out.next_number - out.handled == 2:  # the first one
            self._owes_from(now)
        self._news = 0
        self._tell_at = None
        return data_frame(out.unsent - 1, (message,), self._received, self._handled)

    def is_leaving(self) -> None:
        """What ``transmit`` returned is under way; ``left`` is to come."""
        self._writing = True

    def opened(self, peer_received: int, peer_handled: int, now: float) -> list[Effect]:
        """A conversation has begun; the other side has told its counters.

        Raises:
            Malformed: it claims to have what was never sent; the link is as it was.
        """
        if self.state is State.GONE:
            return []
        self._out.check(peer_received, peer_handled)
        self.state = OPEN
        self._writing = False
        self._reopen_at = None
        self._breaks = 0
        self._out.take_counters(peer_received, peer_handled)
        self._out.rewind(self._out.received)
        self._tell_at = None
        self._tell_anew(now)
        self._reassure(now)
        return self._go_on(now)

    def arrived(self, frame: Data | Ack, now: float) -> list[Effect]:
        """A frame has come in.

        Raises:
            Malformed: its counters cannot be, or what is to come before it has not; the link is as it was.
        """
        if self.state is not OPEN:
            return []
        if type(frame) is Data and frame.first > self._received + 1:
            raise Malformed(f"message {frame.first} came where {self._received + 1} is the next")
        out = self._out
        if frame.received > out.received or frame.handled > out.handled:
            out.check(frame.received, frame.handled)
            out.take_counters(frame.received, frame.handled)
            self._reassure(now)
        effects: list[Effect] = []
        if type(frame) is Data:
            effects = self._take_messages(frame)
            self._tell_soon(now)
        return effects if self._writing else effects + self._go_on(now)

    def takes(self, data: Data | Ack, now: float) -> tuple[int, Sequence[Buffer]] | None:
        """Do what ``arrived`` does, in the usual case: what comes is next, and nothing is to be sent.

        Returns:
            The messages that are to be delivered, with the number of the first; None when it is another
            case, and nothing has changed.
        """
        if type(data) is not Data:
            return None
        first, messages, received, handled = data
        out, count = self._out, len(messages)
        news = self._news + count
        if (
            first != self._received + 1
            or self.state is not OPEN
            or out.unsent != out.next_number
            or not handled <= received < out.next_number
            or news >= self._limits.tell_after_messages
            or (self._tell_at is not None and now >= self._tell_at)
        ):
            return None
        if out.take_counters(received, handled):
            self._reassure(now)
        self._received += count
        self._news = news
        if self._tell_at is None:
            self._tell_at = at = now + self._limits.tell_after_s
            if at < self.due:
                self.due = at
        return first, messages

    def handled(self, count: int, now: float) -> list[Effect]:
        """So many more of the delivered messages have been handled, in order."""
        if count < 0 or self._handled + count > self._received:
            raise ValueError(f"{count} more than {self._handled} of {self._received} cannot be handled")
        self._handled += count
        self._news += count
        if self.state is not OPEN:
            return []
        self._tell_soon(now)
        return [] if self._writing else self._go_on(now)

    @property
    def owes_counters(self) -> bool:
        """Whether the other side could know more of how far this one has come, or is about to."""
        return self.state is OPEN and (self._writing or self._news > 0)

    def tell(self, now: float) -> list[Effect]:
        """Tell the counters now: this side is about to end."""
        if self.state is not OPEN or not self._news:
            return []
        self._tell_at = now
        self.due = min(self.due, now)
        return [] if self._writing else self._go_on(now)

    def left(self, now: float) -> list[Effect]:
        """The frame that was to be transmitted has left."""
        self._writing = False
        if self._tell_at is not None:
            self.due = min(self.due, self._tell_at)
        elif self._out.unsent == self._out.next_number:  # as most often
            return []
        return self._go_on(now) if self.state is OPEN else []

    def broke(self, now: float) -> list[Effect]:
        """The conversation has ended, or could not be begun; the other side may live."""
        if self.state is State.GONE:
            return []
        self._close(State.CLOSED)
        return self._reopen(now) if self._kept else []

    def vanished(self, now: float) -> list[Effect]:
        """Nobody has the other side's mailbox any more, by what the network says."""
        if self.state is State.GONE:
            return []
        self._close(State.DOUBTED if self._kept else State.CLOSED)
        if not self._kept:
            return []
        self._doubt_later(now)
        return [Doubt()]

    def lives(self, now: float) -> list[Effect]:
        """The other side's process lives; it may be about to end."""
        if self.state is not State.DOUBTED:
            return []
        self.state = State.CLOSED
        self._breaks = max(self._breaks, 1)  # not at once again
        return self._reopen(now)

    def gone(self, handled: int = 0, begun: int = 0) -> list[Effect]:
        """The other side's mailbox is gone for ever.

        Args:
            handled: how far it had come for certain, as far as is known beside what it told.
            begun: the message it was in the middle of, if that is known.
        """
        if self.state is State.GONE:
            return []
        self._close(State.GONE)
        first, dead = self._kept.empty(handled)
        self._reopen_at = self._doubt_at = None
        effects: list[Effect] = []
        if dead and begun == first:
            effects.append(Poisoned(first, dead.pop(0)))
            first += 1
        return [*effects, Dead(first, dead)] if dead else effects

    def tick(self, now: float) -> list[Effect]:
        """Time has passed: do what is due."""
        effects = self._tick(now)
        self.due = inf if (at := self.next_tick) is None else at
        return effects

    def _tick(self, now: float) -> list[Effect]:
        effects: list[Effect] = []
        if not self._kept:
            self._doubt_at = None
        elif self._doubt_at is not None and now >= self._doubt_at:
            self._doubt_later(self._moved_at)
            if now >= self._doubt_at:
                self._doubts += 1
                self._doubt_later(now)
                effects.append(Doubt())
        if self._reopen_at is not None and now >= self._reopen_at:
            self._reopen_at = None
            return [*effects, Open()]
        return effects + self._go_on(now) if self.state is OPEN else effects

    def _close(self, state: State) -> None:
        self.state = state
        self._writing = False
        self._tell_at = None

    def _owes_from(self, now: float) -> None:
        """Mail is owed that was not owed before."""
        self._moved_at = now
        if self._doubt_at is None:
            self._doubt_later(now)

    def _reassure(self, now: float) -> None:
        """The other side lives, and moves."""
        self._moved_at = now  # which the next look at the doubts takes into account
        if self._doubts:
            self._doubts = 0
            self._doubt_later(now)

    def _doubt_later(self, since: float) -> None:
        wait_s = self._limits.doubt_after_s
        if self._doubts:
            wait_s = min(wait_s * 2 ** min(self._doubts, 20), self._limits.doubt_at_most_s)
        self._doubt_at = at = since + wait_s
        if at < self.due:
            self.due = at

    # Out

    def _go_on(self, now: float) -> list[Effect]:
        """Transmit what may go, or the counters alone when it is time for them."""
        if self._writing:
            return []
        out = self._out
        first = out.unsent
        if first == out.next_number or not (batch := out.next_batch()):
            if self._tell_at is None or now < self._tell_at:
                return []
            frame = ack_frame(self._received, self._handled)
        else:
            frame = data_frame(first, batch, self._received, self._handled)
        self._news = 0
        self._tell_at = None
        self._writing = True
        return [Transmit(frame)]

    # In

    def _take_messages(self, frame: Data) -> list[Effect]:
        first, messages = self._received + 1, frame.messages
        if frame.first < first:
            # The other side does not know how far this one has come.
            self._news = self._received + self._handled
            messages = messages[first - frame.first :]
            if not messages:
                return []
        self._received += len(messages)
        self._news += len(messages)
        return [Deliver(first, messages)]

    def _tell_soon(self, now: float) -> None:
        if not self._news:
            return
        at = now if self._news >= self._limits.tell_after_messages else now + self._limits.tell_after_s
        if self._tell_at is None or at < self._tell_at:
            self._tell_at = at
            if at < self.due:
                self.due = at

    def _tell_anew(self, now: float) -> None:
        """What the greeting told of the counters may be of a while ago."""
        self._news = self._received + self._handled
        self._tell_soon(now)

    def _reopen(self, now: float) -> list[Effect]:
        self._breaks += 1
        if self._breaks == 1:
            return [Open()]
        wait_s = self._limits.reopen_after_s * 2 ** min(self._breaks - 2, 20)
        self._reopen_at = now + min(wait_s, self._limits.reopen_at_most_s)
        self.due = min(self.due, self._reopen_at)
        return []
