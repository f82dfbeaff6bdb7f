"""Tells whether a process still exists, also when nobody has reaped it yet."""

from __future__ import annotations

import os
import select
import threading


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
                    self._is_gone = not exists(self.pid)
                else:
                    self._is_gone = _is_readable(self._descriptor, timeout_s)
        return self._is_gone

    def close(self) -> None:
        """Watch no more; what is known by now stays. May be called twice."""
        with self._lock:
            self._is_closed = True
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None


def _is_readable(descriptor: int, timeout_s: float) -> bool:
    poll = select.poll()  # a number over 1024 is too high for select
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(int(timeout_s * 1000)))


def exists(pid: int) -> bool:
    """Whether there is a process of that number, of this or another user."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
