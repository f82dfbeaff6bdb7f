"""What signals mean to an actor's process: an exit request, a wish for its status, or nothing."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

from thespian_core.internallog import thesplog

EXIT = ("SIGTERM", "SIGQUIT", "SIGABRT")
STATUS = "SIGUSR1"
# Left as they are: what cannot be caught or means a broken process, what stops and continues it, its
# children's, and broken pipes, which Python turns into exceptions.
LEFT_ALONE = (
    *("SIGKILL", "SIGSTOP", "SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGTRAP", "SIGSYS"),
    *("SIGCHLD", "SIGCLD", "SIGCONT", "SIGPIPE", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGWINCH", "SIGURG"),
)

# What Python sets for itself.
_OF_PYTHON: dict[int, Any] = {
    signal.SIGINT: signal.default_int_handler,
    getattr(signal, "SIGXFSZ", 0): signal.SIG_IGN,
}

_meaning: dict[int, Callable[[], None]] = {}
_early: list[tuple[int, int]] = []  # process and signal, of what came before anybody listened
_prepared = False
_held = threading.local()


def prepare_signals() -> None:
    """Keep what comes from now on for who listens later; a second call does nothing.

    A launcher does so once: its children find it done. To be called in the main thread.
    """
    global _prepared
    if _prepared:
        return
    _prepared = True
    left_alone = {getattr(signal, name) for name in LEFT_ALONE if hasattr(signal, name)}
    for number in signal.valid_signals() - left_alone:
        if signal.getsignal(number) in (signal.SIG_DFL, signal.SIG_IGN, signal.default_int_handler):
            try:
                signal.signal(number, _heard)
            except (OSError, ValueError):  # the system keeps this one for itself
                continue


def listen_to_signals(exit_requested: Callable[[], None], status_wanted: Callable[[], None]) -> None:
    """Take signals from now on, and those that this process got before; to be called in the main thread.

    Args:
        exit_requested: called for SIGTERM, SIGQUIT and SIGABRT.
        status_wanted: called for SIGUSR1.
    """
    prepare_signals()
    for name in EXIT:
        if hasattr(signal, name):
            _meaning[getattr(signal, name)] = exit_requested
    if hasattr(signal, STATUS):
        _meaning[getattr(signal, STATUS)] = status_wanted
    me = os.getpid()
    while _early:
        pid, number = _early.pop()
        if pid == me:
            _heard(number, None)


def hold_signals() -> None:
    """Keep signals back while this thread forks: in the fork, they wait for the meaning they have there."""
    _held.mask = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())


def let_signals_through() -> None:
    """Let them come again."""
    signal.pthread_sigmask(signal.SIG_SETMASK, _held.mask)


def forget_signals() -> None:
    """Let signals mean to a fork of this process what they mean to any other; those the user has set stay."""
    for number in signal.valid_signals():
        if signal.getsignal(number) is _heard:
            signal.signal(number, _OF_PYTHON.get(number, signal.SIG_DFL))


def _heard(number: int, frame: FrameType | None) -> None:
    if not _meaning:
        _early.append((os.getpid(), number))
    elif number in _meaning:
        _meaning[number]()
    else:
        thesplog("got signal %d, which means nothing to an actor", number, level=logging.WARNING)
