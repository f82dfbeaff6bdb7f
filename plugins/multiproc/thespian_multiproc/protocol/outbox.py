"""What one side of a link has sent and still answers for, and what may go out next."""

from __future__ import annotations

from collections import deque
from itertools import islice

from thespian_multiproc.protocol.frames import LARGEST_COUNT, LARGEST_MESSAGE_BYTES, Malformed
from thespian_multiproc.transport.interface import Buffer


class Outbox:
    """Messages by number, from the first that is not known to be handled.

    Args:
        window_bytes: how much may be sent and not handled, beyond the first message.
        batch_bytes: how much goes out at once, beyond the first message.
    """

    def __init__(self, window_bytes: int, batch_bytes: int) -> None:
        self._window_bytes = window_bytes
        self._batch_bytes = batch_bytes
        self._kept: deque[Buffer] = deque()  # kept[0] has the number handled + 1
        self._flying_bytes = 0  # of those that are sent, and not handled
        #: The number of the next message to be kept.
        self.next_number = 1
        #: The number of the next message to be sent.
        self.unsent = 1
        #: How far the other side has received, as it told.
        self.received = 0
        #: How far it has handled.
        self.handled = 0

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, message: Buffer) -> None:
        """Take one more message.

        Raises:
            ValueError: it is larger than a frame can say; it was not taken.
        """
        if len(message) > LARGEST_MESSAGE_BYTES:
            raise ValueError(
                f"a message of {len(message)} bytes is over the limit of {LARGEST_MESSAGE_BYTES}"
            )
        self._kept.append(message)
        self.next_number += 1

    def next_batch(self) -> list[Buffer]:
        """Return what may go out now, from number ``unsent`` on, and count it as sent."""
        begin = self.unsent - self.handled - 1
        batch: list[Buffer] = []
        batch_bytes = 0
        if begin < len(self._kept):
            for message in islice(self._kept, begin, begin + LARGEST_COUNT):
                size = len(message)
                if batch and batch_bytes + size > self._batch_bytes:
                    break
                if self._flying_bytes and self._flying_bytes + size > self._window_bytes:
                    break
                batch.append(message)
                batch_bytes += size
                self._flying_bytes += size
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
        is_news = received > self.received or handled > self.handled
        self.received = max(self.received, received)
        while self.unsent <= self.received:  # an earlier copy has come in: not again, then
            self._flying_bytes += len(self._kept[self.unsent - self.handled - 1])
            self.unsent += 1
        while self.handled < handled:
            self._flying_bytes -= len(self._kept.popleft())
            self.handled += 1
        return is_news

    def rewind(self, sent: int) -> None:
        """Count all that comes after number ``sent`` as not sent."""
        self.unsent = sent + 1
        self._flying_bytes = sum(len(message) for message in islice(self._kept, sent - self.handled))

    def empty(self, handled: int) -> tuple[int, list[Buffer]]:
        """Give everything up that was not handled; return it, with the number of the first.

        Args:
            handled: how far the other side had come for certain, beside what it told.
        """
        for _ in range(min(handled, self.next_number - 1) - self.handled):
            self._kept.popleft()
            self.handled += 1
        rest = list(self._kept)
        self._kept.clear()
        return self.handled + 1, rest
