"""Watches files for an actor, as its ThespianWatch asks, in a thread that only waits."""

from __future__ import annotations

import selectors
import socket
import threading
from collections.abc import Callable, Iterable


class Watcher:
    """Tells once that some of the watched files can be read; then it is to be asked anew.

    Args:
        ready: called in the watching thread with the file numbers that can be read, and the number of the
            wish that they were watched for.
    """

    def __init__(self, ready: Callable[[list[int], int], None]) -> None:
        self._ready = ready
        self._wanted: tuple[int, ...] = ()
        self._version = 0
        self._told = -1  # the version that was told of
        self._lock = threading.Lock()
        self._waker, self._woken = socket.socketpair()
        self._woken.setblocking(False)
        threading.Thread(target=self._run, name="thespian-watch", daemon=True).start()

    def watch(self, filenos: Iterable[object]) -> None:
        """Watch these from now on, instead of those before; what is no open file is left out."""
        with self._lock:
            self._wanted = tuple(number for number in filenos if isinstance(number, int))
            self._version += 1
        self._waker.send(b"!")

    def is_current(self, version: int) -> bool:
        """Whether nothing else was wished since a wish: else what it found may have been read meanwhile."""
        return version == self._version

    def _run(self) -> None:
        while True:
            with self._lock:
                wanted, version = self._wanted, self._version
            with selectors.DefaultSelector() as selector:
                selector.register(self._woken, selectors.EVENT_READ)
                always: list[int] = []
                if version != self._told:
                    for number in dict.fromkeys(wanted):
                        try:
                            selector.register(number, selectors.EVENT_READ)
                        except PermissionError:  # epoll(7): a regular file, which never has to be waited for
                            always.append(number)
                        except (OSError, ValueError, OverflowError):  # it is closed, or never was open
                            continue
                ready = selector.select(0 if always else None)
                found = always + [key.fd for key, _ in ready if key.fileobj is not self._woken]
            try:
                while self._woken.recv(4096):
                    pass
            except BlockingIOError:
                pass
            with self._lock:
                is_current = version == self._version
                if found and is_current:
                    self._told = version
            if found and is_current:
                self._ready(found, version)
