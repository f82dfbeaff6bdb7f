"""Reads frames from connections: small ones out of one shared buffer, large ones straight into their own."""

from __future__ import annotations

from thespian_multiproc.transport.interface import STRANGER_FRAME_BYTES, Event, Received
from thespian_tcp.conversation import HEADER, Conversation

BUFFER_BYTES = 64 << 10  # many small frames at a time (our choice)
LARGE_FROM_BYTES = 16 << 10  # what is not in the buffer yet of so large a frame is not copied again
READS_IN_A_ROW = 16  # then it is the next one's turn


class TooLarge(Exception):
    """A frame is larger than its sender may send."""


class Reader:
    """Turns what connections say into frames; one for each endpoint."""

    def __init__(self, max_frame_bytes: int) -> None:
        self._max_frame_bytes = max_frame_bytes
        self._buffer = memoryview(bytearray(BUFFER_BYTES))

    def read(self, conversation: Conversation, events: list[Event], wait: int) -> bool:
        """Read what has come.

        Args:
            conversation: whose turn it is.
            events: where whole frames are put.
            wait: its number; a stranger is heard once in each.

        Returns:
            False when the other end has said its last.

        Raises:
            OSError: the connection is broken.
            TooLarge: a frame is larger than is allowed.
        """
        for _ in range(READS_IN_A_ROW):
            if not conversation.admitted and conversation.heard_in == wait:
                return True
            try:
                more = self._read_once(conversation, events, wait)
            except BlockingIOError:
                return True
            if more is not None:
                return more
        return True

    def parse(self, conversation: Conversation, data: bytes, events: list[Event], wait: int) -> None:
        """Take whole frames out of what was read, and keep the rest.

        Raises:
            TooLarge: a frame is larger than is allowed.
        """
        at, has = 0, len(data)
        admitted = conversation.admitted
        limit = self._max_frame_bytes if admitted else STRANGER_FRAME_BYTES
        unpack = HEADER.unpack_from
        while has - at >= HEADER.size:
            # Before the size is looked at: the frame just heard may be the proof that lets a large one in.
            if not admitted and conversation.heard_in == wait:
                break
            (size,) = unpack(data, at)
            if size > limit:
                raise TooLarge(f"a frame of {size} bytes, where {limit} are allowed")
            begin = at + HEADER.size
            if begin + size <= has:
                at = begin + size
                conversation.known = True
                conversation.heard_in = wait
                events.append(Received(data[begin:at], conversation))
            elif size >= LARGE_FROM_BYTES:
                conversation.large = bytearray(size)
                conversation.large_has = has - begin
                conversation.large[: has - begin] = data[begin:]
                at = has
            else:
                break
        conversation.leftover = data[at:]

    def discard(self, conversation: Conversation) -> bool:
        """Throw away what has come.

        Returns:
            False when the other end has said its last.

        Raises:
            OSError: the connection is broken.
        """
        for _ in range(READS_IN_A_ROW):
            try:
                if not conversation.sock.recv_into(self._buffer):
                    return False
            except BlockingIOError:
                return True
        return True

    def _read_once(self, conversation: Conversation, events: list[Event], wait: int) -> bool | None:
        if conversation.large is not None:
            rest = memoryview(conversation.large)[conversation.large_has :]
            count = conversation.sock.recv_into(rest)
            conversation.large_has += count
            if count == len(rest):
                conversation.known = True
                conversation.heard_in = wait
                events.append(Received(conversation.large, conversation))
                conversation.large = None
            return None if count else False
        leftover = conversation.leftover
        # Nothing is kept for a stranger beyond the one frame it may send.
        room = BUFFER_BYTES if conversation.admitted else HEADER.size + STRANGER_FRAME_BYTES - len(leftover)
        count = conversation.sock.recv_into(self._buffer[:room])
        if not count:
            return False
        data = bytes(self._buffer[:count])
        self.parse(conversation, leftover + data if leftover else data, events, wait)
        return None if count == room or conversation.large is not None else True
