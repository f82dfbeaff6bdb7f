"""Ctrl-C waits until a call is out of its mailbox, where it would tear apart what is half done.

That concerns programs that leave Ctrl-C to Python, which raises ``KeyboardInterrupt`` between any two steps
of their main thread. While there is a mailbox, what Python would do is done as soon as the main thread is in
none; a wait in one ends at once. A program that has a handler of its own keeps it, and :mod:`turns` says
what that may do.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from functools import partial
from types import FrameType

from thespian_multiproc.runtime.turns import Turns

_Handler = Callable[[int, FrameType | None], object]

_guarded: set[Turns] = set()


def guard(turns: Turns) -> None:
    """Let Ctrl-C wait while the main thread has this endpoint."""
    _guarded.add(turns)
    _swap(signal.default_int_handler, _interrupted)


def unguard(turns: Turns) -> None:
    """It is over; when it was the last, Ctrl-C becomes what it was before: now, or by :func:`restore`."""
    _guarded.discard(turns)
    restore()


def restore() -> None:
    """Let Ctrl-C be what it was before, if nothing is guarded, and this is the main thread."""
    if not _guarded:
        _swap(_interrupted, signal.default_int_handler)


def _swap(before: _Handler, after: _Handler) -> None:
    is_main = threading.current_thread() is threading.main_thread()
    if is_main and signal.getsignal(signal.SIGINT) is before:
        signal.signal(signal.SIGINT, after)


def _interrupted(number: int, frame: FrameType | None) -> None:
    for turns in tuple(_guarded):
        if turns.are_mine():
            turns.give_early(partial(signal.default_int_handler, number, frame))
            return
    restore()
    signal.default_int_handler(number, frame)
