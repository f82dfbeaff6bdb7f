"""Pseudo-terminals for tests and pictures."""

from __future__ import annotations

import os


def read_all(screen: int) -> str:
    """Return what is shown on a terminal until nobody writes to it any more.

    Args:
        screen: the descriptor of this side; it stays open.
    """
    shown = b""
    try:
        while piece := os.read(screen, 65536):
            shown += piece
    except OSError:  # how Linux says that nobody has the other side any more
        pass
    return shown.decode().replace("\r\n", "\n")
