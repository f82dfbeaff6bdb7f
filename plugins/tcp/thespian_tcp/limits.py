"""How much a TCP mailbox takes: of memory, of descriptors, and of silence."""

from __future__ import annotations

from typing import NamedTuple

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

MAX_FRAME_BYTES = 1 << 30  # our choice: a bound, not a measure; a transport may be given another
LARGEST_FRAME_BYTES = (1 << 32) - 1  # the size before each frame has 4 bytes
IDLE_CLOSE_AFTER_S = 20 * 60  # our choice: two check-ins of 10 min, so a healthy peer is never closed
# Where there is no limit to ask for, Windows': select() takes 512 sockets there (FD_SETSIZE in CPython).
FILES_WITHOUT_LIMIT = 512


class Limits(NamedTuple):
    """What one mailbox keeps to.

    Attributes:
        max_frame_bytes: the largest frame, sent or received.
        most_conversations: beyond, those that were idle for longest are ended.
        idle_close_after_s: after so long without a word, a conversation is ended.
    """

    max_frame_bytes: int
    most_conversations: int
    idle_close_after_s: float = IDLE_CLOSE_AFTER_S


def usual_most_conversations() -> int:
    """Return three quarters of the files that this process may open: the rest is the program's."""
    files = FILES_WITHOUT_LIMIT
    if resource is not None:
        files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        if files == resource.RLIM_INFINITY:
            files = 1 << 20  # what Linux allows at most by default (fs.nr_open)
    return max(1, files * 3 // 4)
