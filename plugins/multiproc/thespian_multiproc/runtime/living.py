"""Tells whether a process still exists, also when nobody has reaped it yet."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import threading
import time
from collections.abc import Callable

LOOK_AGAIN_S = 0.1  # where the system cannot wait for the end of a process that is no child
A_WHILE_S = 3600.0  # as long as one wait may be


class ProcessWatch:
    """Watches one process, which need not be a child.

    Args:
        pid: of a process that exists.
    """

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._descriptor: int | None = None
        self._is_gone = self._is_closed = False
        self._lock = threading.Lock()
        if hasattr(os, "pidfd_open"):
            try:
                self._descriptor = os.pidfd_open(pid)
            except ProcessLookupError:
                self._is_gone = True
            except OSError:  # no such call, or no descriptor left
                self._descriptor = None

    def is_gone(self) -> bool:
        """Whether it has ended."""
        return self.wait(0)

    def wait(self, timeout_s: float) -> bool:
        """Wait for its end; whether it came in time."""
        with self._lock:
            if not self._is_gone and not self._is_closed:
                if self._descriptor is None:
                    self._is_gone = _ends_within(self.pid, timeout_s)
                else:
                    self._is_gone = _is_readable(self._descriptor, timeout_s)
        return self._is_gone

    def go_on(self) -> None:
        """Let the process run again if somebody has stopped it, and if this one may do so."""
        if hasattr(signal, "SIGCONT") and not self.is_gone():
            with contextlib.suppress(OSError):
                os.kill(self.pid, signal.SIGCONT)

    def close(self) -> None:
        """Watch no more; what is known by now stays. May be called twice."""
        with self._lock:
            self._is_closed = True
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None


def tell_when_gone(pid: int, tell: Callable[[], None]) -> None:
    """Watch this process's parent in a thread that only waits.

    Args:
        pid: the parent's; it may have ended since.
        tell: called in that thread when it has.
    """
    watch = ProcessWatch(pid)

    def wait() -> None:
        # Another process may have the number by now, but is no parent of this one.
        while os.getppid() == pid and not watch.wait(A_WHILE_S):
            continue
        tell()

    threading.Thread(target=wait, name="thespian-starter", daemon=True).start()


def _ends_within(pid: int, timeout_s: float) -> bool:
    until = time.monotonic() + timeout_s
    while exists(pid):
        left_s = until - time.monotonic()
        if left_s <= 0:
            return False
        time.sleep(min(left_s, LOOK_AGAIN_S))
    return True


def _is_readable(descriptor: int, timeout_s: float) -> bool:
    poll = select.poll()  # a number over 1024 is too high for select
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(int(timeout_s * 1000)))


def exists(pid: int) -> bool:
    """Whether a process of that number runs, of this or another user; not if it waits to be reaped."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # where there is one; its second field is in brackets
            return file.read().rpartition(b")")[2].split()[0] not in (b"Z", b"X")
    except (OSError, IndexError):
        return True
