"""The relay of one system, as the process that started it knows it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time

from thespian_multiproc.runtime.fresh import start_fresh
from thespian_queue.door import RESERVE, Door

ENDS_WITHIN_S = 10.0  # it ends at once when it has its turn; a loaded machine may let it wait for seconds
LOOK_AGAIN_S = 0.002

# Relays that this process started and has not waited for, with its own number: a fork has none of them. One
# whose system failed to start may end when nobody looks.
_unreaped: dict[int, int] = {}


class Tree:
    """Starts a relay.

    The first mailbox is on its way through the door before there is a relay: one that finds none ends, so it
    is not left over when its starter is killed meanwhile.

    Attributes:
        door: to the relay.
        first: place and line of the first mailbox.
        pid: of the relay.

    Raises:
        OSError: no process can be started; nothing is left behind.
    """

    def __init__(self) -> None:
        for pid in list(_unreaped):
            _reap(pid)
        mine, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.door = Door(mine)
        self.pid = 0
        self._starter = os.getpid()
        self._has_ended = False
        with contextlib.ExitStack() as undoing:
            undoing.callback(self._undo)
            with its:
                line = self.door.knock(RESERVE)
                undoing.callback(line.close)
                process = start_fresh(
                    "thespian_queue.relay:run_relay",
                    its.fileno(),
                    (its.fileno(),),
                    new_session=True,
                )
            process.returncode = 0  # it is waited for here, and not missed by anybody else
            self.pid = process.pid
            self.first = self.door.answer(line, None), line
            undoing.pop_all()
        _unreaped[self.pid] = self._starter

    def _undo(self) -> None:
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            _unreaped[self.pid] = self._starter
        self.end()

    def is_over(self) -> bool:
        """Whether the relay has ended, since nobody needs it; then nothing is left of it."""
        if not self._has_ended:
            if _unreaped.get(self.pid) == os.getpid():
                with contextlib.suppress(ProcessLookupError):  # somebody else has waited for it
                    os.kill(self.pid, signal.SIGCONT)  # one that was stopped would let us wait for its answer
            if not self.door.is_over():
                return False
        self.end()
        return True

    def let_go(self) -> None:
        """Need it no more; who is in it may go on."""
        if not self.is_over():
            self.door.close()

    def end(self) -> None:
        """Let go of a relay that has ended, or is about to. May be called twice."""
        if self._has_ended:
            return
        self._has_ended = True
        self.door.close()
        until = time.monotonic() + ENDS_WITHIN_S
        while not _reap(self.pid) and time.monotonic() < until:
            time.sleep(LOOK_AGAIN_S)


def _reap(pid: int) -> bool:
    """Wait for a relay if it has ended; return whether this process need not do so any more."""
    if _unreaped.get(pid) != os.getpid():
        return True
    with contextlib.suppress(ChildProcessError):  # somebody else has waited for it
        if os.waitpid(pid, os.WNOHANG)[0] == 0:
            return False
    _unreaped.pop(pid, None)
    return True
