"""Has the C library keep large blocks of memory for the next large message."""

from __future__ import annotations

import sys

LARGE_BYTES = 128 << 10  # glibc's own limit, from where on each block is mapped and unmapped anew

# Of <malloc.h>. New memory costs a fault for each 4 KiB of it: two thirds of the time that a message of 1 MB
# takes (our measurement). 32 MiB is the highest that the library takes.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_MAPPED_FROM_BYTES = 32 << 20
_KEPT_BYTES = 64 << 20

_keeps = False


def keep_large_blocks() -> None:
    """Keep up to 64 MiB of what large messages took, in this process; a second call does nothing.

    For GNU's C library; with any other, nothing changes.
    """
    global _keeps
    if _keeps:
        return
    _keeps = True
    if sys.platform != "linux":
        return
    import ctypes  # takes 5 ms, which only those pay who have large messages

    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _MAPPED_FROM_BYTES)
        mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)
