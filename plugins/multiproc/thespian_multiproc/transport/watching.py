"""Watches sockets: by epoll where there is one, since every frame passes here; else by selectors."""

from __future__ import annotations

import selectors
import sys
from typing import Protocol

if sys.platform == "linux":
    import select

READ, WRITE = 1, 4  # EPOLLIN and EPOLLOUT; what else epoll reports (errors) counts as both


class Watcher(Protocol):
    """What an epoll object can do, and all that is used of it."""

    def register(self, number: int, wanted: int, /) -> None:
        """Watch a descriptor for what is wanted."""

    def modify(self, number: int, wanted: int, /) -> None:
        """Watch a descriptor for something else."""

    def unregister(self, number: int, /) -> None:
        """Watch a descriptor no more."""

    def poll(self, timeout_s: float | None, most: int, /) -> list[tuple[int, int]]:
        """Return who is ready, and for what; wait for somebody if nobody is."""

    def close(self) -> None:
        """Watch nobody any more."""


class SelectorWatcher:
    """What an epoll object can do, by the standard library's selectors."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()

    def register(self, number: int, wanted: int, /) -> None:
        """Watch a descriptor for what is wanted."""
        self._selector.register(number, _as_selected(wanted))

    def modify(self, number: int, wanted: int, /) -> None:
        """Watch a descriptor for something else."""
        self._selector.modify(number, _as_selected(wanted))

    def unregister(self, number: int, /) -> None:
        """Watch a descriptor no more."""
        self._selector.unregister(number)

    def poll(self, timeout_s: float | None, most: int, /) -> list[tuple[int, int]]:
        """Return who is ready, and for what; wait for somebody if nobody is."""
        return [
            (key.fd, (ready & selectors.EVENT_READ and READ) | (ready & selectors.EVENT_WRITE and WRITE))
            for key, ready in self._selector.select(timeout_s)
        ]

    def close(self) -> None:
        """Watch nobody any more."""
        self._selector.close()


def _as_selected(wanted: int) -> int:
    return (wanted & READ and selectors.EVENT_READ) | (wanted & WRITE and selectors.EVENT_WRITE)


def new_watcher() -> Watcher:
    """Return the fastest watcher that this system has."""
    if sys.platform == "linux":
        return select.epoll()
    return SelectorWatcher()
