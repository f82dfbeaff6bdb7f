"""The page: how far an actor has come with each correspondent's mail, readable after its process was killed.

Memory that one actor process and its launcher share. The actor writes two numbers a message, without a call
to the system; the launcher reads them when the process has ended. Slots of 64 bytes::

    1 byte    length of the peer's id; 0: never used, 255: being given to another
    47 bytes  the peer's id, ASCII
    8 bytes   number of the last message that was begun
    8 bytes   number of the last one that was ended

The first and the last slot are never given out: what is recorded under ``NO_SLOT`` goes there, so that
recording needs no question on the path of every message. When all others are taken, whoever has had one for
longest makes room: it was told long ago how far its mail has come, and gets another with its next message.
"""

from __future__ import annotations

import mmap
import os
import sys
from contextlib import suppress

from thespian_multiproc.runtime.orders import Progress

PAGE_BYTES = 128 << 10  # our choice: 2,046 correspondents; only what is touched takes memory
SLOT_BYTES = 64
LONGEST_ID_BYTES = 47
NO_SLOT = -1

_WORDS = SLOT_BYTES // 8  # of 8 bytes in each slot
_BEGUN = _WORDS - 2  # which of them says what was begun; the next one says what was ended
_SLOTS = PAGE_BYTES // SLOT_BYTES
_CHANGES_HANDS = 255


class Page:
    """One actor's page, in its own process or in the launcher.

    Args:
        memory: ``PAGE_BYTES`` of it, zeros when new.
    """

    def __init__(self, memory: mmap.mmap) -> None:
        self._memory = memory
        self._bytes = memoryview(memory)
        self._words = self._bytes.cast("Q")
        self._next_slot = 1
        self._handles: dict[str, int] = {}  # the oldest first

    @classmethod
    def anonymous(cls) -> Page:
        """Return a new page, which a forked child shares."""
        return cls(mmap.mmap(-1, PAGE_BYTES))

    @classmethod
    def over(cls, descriptor: int) -> Page:
        """Return the page in a file, which is made as long as need be; the descriptor may be closed then.

        Before Python 3.13 the page keeps a descriptor of its own.
        """
        os.ftruncate(descriptor, PAGE_BYTES)
        if sys.version_info >= (3, 13):
            return cls(mmap.mmap(descriptor, PAGE_BYTES, trackfd=False))
        return cls(mmap.mmap(descriptor, PAGE_BYTES))

    def slot(self, peer_id: str) -> int:
        """Return the handle to record a correspondent's next message with.

        It is the same one each time, until another correspondent needs the slot.

        Raises:
            ValueError: the id is longer than 47 bytes or not ASCII; nothing has changed.
        """
        handle = self._handles.get(peer_id)
        if handle is not None:
            return handle
        name = peer_id.encode("ascii")
        if not 0 < len(name) <= LONGEST_ID_BYTES:
            raise ValueError(
                f"the id {peer_id!r} has {len(name)} bytes, and must have 1 to {LONGEST_ID_BYTES}"
            )
        if self._next_slot < _SLOTS - 1:
            number = self._next_slot
            self._next_slot += 1
        else:
            number = self._handles.pop(next(iter(self._handles))) // _WORDS
            self._bytes[number * SLOT_BYTES] = _CHANGES_HANDS
        handle = number * _WORDS + _BEGUN
        self._words[handle] = self._words[handle + 1] = 0
        start = number * SLOT_BYTES
        self._bytes[start + 1 : start + 1 + len(name)] = name
        # The length comes last: a process killed before it leaves a slot that does not count.
        self._bytes[start] = len(name)
        self._handles[peer_id] = handle
        return handle

    def begin(self, slot: int, number: int) -> None:
        """Record that a correspondent's message of this number is being handled."""
        self._words[slot] = number

    def end(self, slot: int, number: int) -> None:
        """Record that a correspondent's message of this number was handled."""
        self._words[slot + 1] = number

    def progress(self) -> tuple[Progress, ...]:
        """Return what was recorded, for all correspondents."""
        found = []
        for number in range(1, _SLOTS - 1):
            start = number * SLOT_BYTES
            length = self._bytes[start]
            if length == 0:  # slots are given out in order: beyond it, memory was never touched
                break
            if length <= LONGEST_ID_BYTES:
                peer = bytes(self._bytes[start + 1 : start + 1 + length]).decode("ascii", "replace")
                begun, ended = self._words[number * _WORDS + _BEGUN : (number + 1) * _WORDS]
                found.append(Progress(peer, begun, ended))
        return tuple(found)

    def keep_from_children(self) -> None:
        """Let processes that this one forks from now on do without the page, where the system can do so."""
        advice = getattr(mmap, "MADV_DONTFORK", None)
        if advice is not None:
            with suppress(OSError):
                self._memory.madvise(advice)

    def close(self) -> None:
        """Give this process's share of the memory back."""
        self._words.release()
        self._bytes.release()
        self._memory.close()
