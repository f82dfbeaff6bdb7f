"""What one side of a link has sent and still answers for, and what may go out next."""

from __future__ import annotations

from collections import deque
from math import inf
from typing import Protocol

from thespian_multiproc.protocol.frames import LARGEST_COUNT, LARGEST_MESSAGE_BYTES, Malformed
from thespian_multiproc.transport.interface import Buffer


class Load:
    """How many bytes wait to be sent, in all links of a mailbox together."""

    __slots__ = ("unsent_bytes",)

    def __init__(self) -> None:
        self.unsent_bytes = 0


class Kept(Protocol):
    """What a link keeps of what it was given, on whatever transport.

    Attributes:
        next_number: of the next message to be kept.
        handled: how far the other side has handled, as it told.
    """

    next_number: int
    handled: int

    def __len__(self) -> int:
        """How many messages were not handled."""
        ...

    def keep(self, message: Buffer) -> None:
        """Take one more message."""
        ...

    def empty(self, handled: int) -> tuple[int, list[Buffer]]:
        """Give everything up that was not handled; return it, with the number of the first."""
        ...


class Outbox:
    """Messages by number, from the first that is not known to be handled.

    Args:
        window_bytes: how much may be sent and not handled, beyond the first message.
        batch_bytes: how much goes out at once, beyond the first message.
        load: what waits to be sent is added to it.
    """

    def __init__(self, window_bytes: int, batch_bytes: int, load: Load) -> None:
        self._window_bytes = window_bytes
        self._batch_bytes = batch_bytes
        self._load = load
        # Two, since looking into the middle of a deque takes time: there may be a million messages in it.
        self._flying: deque[Buffer] = deque()  # sent, and not handled: flying[0] has the number handled + 1
        self._waiting: deque[Buffer] = deque()  # not sent: waiting[0] has the number unsent
        self._flying_bytes = 0
        #: The number of the next message to be kept.
        self.next_number = 1
        #: The number of the next message to be sent.
        self.unsent = 1
        #: How far the other side has received, as it told.
        self.received = 0
        #: How far it has handled.
        self.handled = 0

    def __len__(self) -> int:
        return len(self._flying) + len(self._waiting)

    def keep(self, message: Buffer) -> None:
        """Take one more message.

        Raises:
            ValueError: it is larger than a frame can say; it was not taken.
        """
        size = len(message)
        if size > LARGEST_MESSAGE_BYTES:
            raise ValueError(f"a message of {size} bytes is over the limit of {LARGEST_MESSAGE_BYTES}")
        self._waiting.append(message)
        self._load.unsent_bytes += size
        self.next_number += 1

    def fly(self, message: Buffer) -> bool:
        """Take one more message and count it as sent, if nothing waits and it may go out now.

        Returns:
            False when it may not; nothing has changed.
        """
        size = len(message)
        flying_bytes = self._flying_bytes
        if self._waiting or size > LARGEST_MESSAGE_BYTES:
            return False
        if flying_bytes and flying_bytes + size > self._window_bytes:
            return False
        self._flying.append(message)
        self._flying_bytes = flying_bytes + size
        self.next_number += 1
        self.unsent += 1
        return True

    def next_batch(self) -> list[Buffer]:
        """Return what may go out now, from number ``unsent`` on, and count it as sent."""
        waiting = self._waiting
        if not waiting or self._flying_bytes >= self._window_bytes:
            return []
        if len(waiting) == 1 and not self._flying_bytes:  # the usual case
            message = waiting.popleft()
            self._flying.append(message)
            self._flying_bytes = len(message)
            self._load.unsent_bytes -= self._flying_bytes
            self.unsent += 1
            return [message]
        batch: list[Buffer] = []
        batch_bytes = 0
        room = self._window_bytes - self._flying_bytes if self._flying_bytes else inf
        allowed = min(self._batch_bytes, self._window_bytes - self._flying_bytes)
        while waiting and len(batch) < LARGEST_COUNT:
            size = len(waiting[0])
            if batch_bytes + size > (allowed if batch else room):
                break
            batch.append(waiting.popleft())
            batch_bytes += size
        self._flying.extend(batch)
        self._flying_bytes += batch_bytes
        self._load.unsent_bytes -= batch_bytes
        self.unsent += len(batch)
        return batch

    def check(self, received: int, handled: int) -> None:
        """Look whether the other side can have come so far.

        Raises:
            Malformed: it cannot.
        """
        if not handled <= received < self.next_number:
            raise Malformed(f"counters {received} and {handled} where {self.next_number - 1} were sent")

    def take_counters(self, received: int, handled: int) -> bool:
        """Note how far the other side has come; whether that is news. Old counters do no harm."""
        if received <= self.received and handled <= self.handled:
            return False
        if received > self.received:
            self.received = received
        while self.unsent <= received:  # an earlier copy has come in: not again, then
            message = self._waiting.popleft()
            self._flying.append(message)
            self._flying_bytes += len(message)
            self._load.unsent_bytes -= len(message)
            self.unsent += 1
        flying = self._flying
        while self.handled < handled:
            self._flying_bytes -= len(flying.popleft())
            self.handled += 1
        return True

    def rewind(self, sent: int) -> None:
        """Count all that comes after number ``sent`` as not sent."""
        while self.unsent > sent + 1:
            message = self._flying.pop()
            self._waiting.appendleft(message)
            self._flying_bytes -= len(message)
            self._load.unsent_bytes += len(message)
            self.unsent -= 1

    def empty(self, handled: int) -> tuple[int, list[Buffer]]:
        """Give everything up that was not handled; return it, with the number of the first.

        Args:
            handled: how far the other side had come for certain, beside what it told.
        """
        self.rewind(self.handled)
        self._load.unsent_bytes -= sum(map(len, self._waiting))
        for _ in range(min(handled, self.next_number - 1) - self.handled):
            self._waiting.popleft()
            self.handled += 1
        rest = list(self._waiting)
        self._waiting.clear()
        return self.handled + 1, rest
