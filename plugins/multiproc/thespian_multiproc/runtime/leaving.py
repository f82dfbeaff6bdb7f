"""How a program that ends, or a copy of it that a fork made, leaves the systems it is connected with."""

from __future__ import annotations

import atexit
import contextlib
import sys
import time
import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thespian_multiproc.runtime.port import EnginePort

SAID_AFTER_S = 1.0  # our choice: who waits longer wonders whether the program hangs
WAITING = "waiting, 7 s at most, until what this program has sent has come in; Ctrl-C ends that"
NOT_TAKEN = "{} messages at most had not come in after 7 s, and may be lost: who was to get them is busy"

_is_child_minded = False  # whether multiprocessing, which started this process, will call see_off
# Also those of systems that the program has let go of: what they have under way is seen off all the same.
_open_ports: weakref.WeakSet[EnginePort] = weakref.WeakSet()


def look_after(port: EnginePort) -> None:
    """See off what a port has under way when the program ends."""
    global _is_child_minded
    _open_ports.add(port)
    process = sys.modules.get("multiprocessing.process")
    if process is not None and process.parent_process() is not None and not _is_child_minded:
        from multiprocessing.util import Finalize

        _is_child_minded = True
        Finalize(None, see_off, exitpriority=0)  # such a child may end without its atexit functions


def abandon_all() -> None:
    """In a copy of this process that a fork made: let go of all ports, which are not its own."""
    global _is_child_minded
    _is_child_minded = False
    for port in list(_open_ports):
        port.abandon()


@atexit.register
def see_off() -> None:
    """Wait, for a limited time, until what was sent has come in; say so when it takes long."""
    ports = [port for port in _open_ports if port.is_usable]
    with contextlib.suppress(KeyboardInterrupt):
        for port in ports:
            port.close()
        until = time.monotonic() + SAID_AFTER_S
        if all(port.wait_until_closed(max(0.0, until - time.monotonic())) for port in ports):
            return
        _say(WAITING)
        for port in ports:
            port.wait_until_closed()
        if left := sum(port.left_behind for port in ports):
            _say(NOT_TAKEN.format(left))


def _say(text: str) -> None:
    with contextlib.suppress(Exception):  # nobody may be there to read it
        print(f"thespian: {text}", file=sys.stderr, flush=True)
