"""What lets the launcher's loop notice that a child has ended: a pipe that SIGCHLD writes to."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

from thespian_multiproc.runtime.processes import put_signals_off


class ChildWatch:
    """Can be read from when a child may have ended; for the main thread."""

    def __init__(self) -> None:
        self._reading, self._writing = os.pipe()
        for end in (self._reading, self._writing):
            os.set_blocking(end, False)

    def begin(self) -> None:
        """Watch from now on; again after code has run that may have set signals for itself."""
        put_signals_off()
        signal.set_wakeup_fd(self._writing, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        with suppress(BlockingIOError):
            os.write(self._writing, b"\0")  # one may have ended already

    def fileno(self) -> int:
        """Return what can be read from then."""
        return self._reading

    def drain(self) -> None:
        """Read what there is."""
        with suppress(BlockingIOError):
            os.read(self._reading, 4096)

    def close(self) -> None:
        """Watch no more."""
        signal.set_wakeup_fd(-1)
        for end in (self._reading, self._writing):
            os.close(end)
