"""The front of the application: where requests go, how many are under way, and whether new ones must wait."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from thespian.actors import ActorAddress

DRAIN_LIMIT_S = 60.0  # for what is under way to be answered


class KnowsRoles(Protocol):
    """What a DirectorControl is here."""

    def get_role_address(self, role: str, group: str | None = None) -> dict[str, Any] | None:
        """Return what is known of the active actor with a role."""
        ...


class Front:
    """Gives every request the address of the version that is active.

    Args:
        control: knows that version.
    """

    def __init__(self, control: KnowsRoles) -> None:
        self._control = control
        self._changed = threading.Condition()
        self._is_open = True
        self._under_way = 0
        self._desk = self._active_desk()

    def look(self) -> None:
        """Send new requests to the version that is active now."""
        desk = self._active_desk()
        with self._changed:
            self._desk = desk

    @contextmanager
    def request(self) -> Iterator[ActorAddress]:
        """Begin a request; where it goes is decided now, and where it was begun it ends."""
        with self._changed:
            while not self._is_open:
                self._changed.wait()
            self._under_way += 1
            desk = self._desk
        try:
            yield desk
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    @contextmanager
    def drained(self) -> Iterator[None]:
        """Let new requests wait, until what is done meanwhile is done; it begins when none is under way.

        Raises:
            TimeoutError: some are not answered.
        """
        with self._changed:
            self._is_open = False
            try:
                if not self._changed.wait_for(lambda: self._under_way == 0, DRAIN_LIMIT_S):
                    raise TimeoutError(f"{self._under_way} requests are not answered")
            except BaseException:
                self._open()
                raise
        try:
            yield
            self.look()
        finally:
            with self._changed:
                self._open()

    def _open(self) -> None:
        self._is_open = True
        self._changed.notify_all()

    def _active_desk(self) -> ActorAddress:
        found = self._control.get_role_address("desk", group="quotes")
        if found is None:
            raise LookupError("no version of quotes is active")
        desk: ActorAddress = found["ActorAddress"]
        return desk
