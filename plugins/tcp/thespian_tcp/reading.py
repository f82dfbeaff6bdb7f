"""Reads frames from connections: small ones out of one shared buffer, large ones straight into their own."""

from __future__ import annotations

import socket

from thespian_multiproc.transport.interface import STRANGER_FRAME_BYTES, Event, Received
from thespian_tcp.conversation import HEADER, Conversation

# Our choice: many small frames at a time; a batch of 64 KiB and what it is packed in comes in one piece.
BUFFER_BYTES = 128 << 10
LARGE_FROM_BYTES = 16 << 10  # what is not in the buffer yet of so large a frame is not copied again
LARGE_READ_BYTES = 256 << 10  # read at a time of a large frame: a socket may hold several MiB (Linux: 6)
READS_IN_A_ROW = 4  # then it is the next one's turn: after 1 MiB and a little at most
_new_tuple = tuple.__new__
SCATTERS = hasattr(socket.socket, "recvmsg_into")  # not on Windows


class TooLarge(Exception):
    """A frame is larger than its sender may send."""


class Reader:
    """Turns what connections say into frames; one for each endpoint.

    Attributes:
        has_read: how many bytes, since somebody set it to 0.
    """

    def __init__(self, max_frame_bytes: int) -> None:
        self._max_frame_bytes = max_frame_bytes
        self._buffer = memoryview(bytearray(BUFFER_BYTES))
        self.has_read = 0

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
            read_some = self._read_buffer if conversation.large is None else self._read_large
            try:
                more = read_some(conversation, events, wait)
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

    # Both return False when the other end has said its last, True when nothing more is there, else None:
    # a read that comes back short has emptied the socket, and another one would be a call for nothing.

    def _read_large(self, conversation: Conversation, events: list[Event], wait: int) -> bool | None:
        large, has = conversation.large, conversation.large_has
        assert large is not None  # the caller has looked
        rest = memoryview(large)[has : has + LARGE_READ_BYTES]
        is_last = has + len(rest) == len(large)
        if is_last and SCATTERS:
            # What follows the frame comes with it, so that its end needs no read of its own.
            room = len(rest) + BUFFER_BYTES
            count = conversation.sock.recvmsg_into((rest, self._buffer))[0]
        else:
            room = len(rest)
            count = conversation.sock.recv_into(rest)
        if not count:
            return False
        self.has_read += count
        beyond = count - len(rest)
        if is_last and beyond >= 0:
            conversation.known = True
            conversation.heard_in = wait
            conversation.large = None
            events.append(Received(large, conversation))
            if beyond:
                self.parse(conversation, bytes(self._buffer[:beyond]), events, wait)
        else:
            conversation.large_has = has + count
        return None if count == room else True

    def _read_buffer(self, conversation: Conversation, events: list[Event], wait: int) -> bool | None:
        leftover = conversation.leftover
        admitted = conversation.admitted
        # Nothing is kept for a stranger beyond the one frame it may send.
        room = BUFFER_BYTES if admitted else HEADER.size + STRANGER_FRAME_BYTES - len(leftover)
        count = conversation.sock.recv_into(self._buffer, room)
        if not count:
            return False
        self.has_read += count
        if admitted and not leftover and count >= HEADER.size:
            (size,) = HEADER.unpack_from(self._buffer)
            if HEADER.size + size == count and size <= self._max_frame_bytes:  # as most often: one frame
                conversation.known = True
                conversation.heard_in = wait
                # As Received(...), which is a call more.
                events.append(_new_tuple(Received, (bytes(self._buffer[HEADER.size : count]), conversation)))
                return None if count == room else True
        data = bytes(self._buffer[:count])
        self.parse(conversation, leftover + data if leftover else data, events, wait)
        return None if count == room else True
