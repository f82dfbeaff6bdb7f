"""QueueTransport, which makes mailboxes that are reached through inherited queues only."""

from __future__ import annotations

import os
import socket
import threading
import weakref
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from thespian_multiproc.transport.interface import LOOPBACK, Invitation, Transport
from thespian_queue.door import Door, RelayGone
from thespian_queue.endpoint import QueueEndpoint
from thespian_queue.line import Line

if TYPE_CHECKING:
    from thespian_queue.tree import Tree

DEFAULT_ADMIN_ADDRESS = "ThespianQ"  # what Thespian's documentation has always named
ADMIN_ADDRESS_BYTES = 200  # our choice: it is in texts that people read


class QueueTransport(Transport):
    """Makes mailboxes of one system.

    The first mailbox that is not invited starts a relay, and all that follow from it are reached through that
    one; so every transport has a system of its own. May be used by any number of threads.

    Args:
        host: queues have none; every transport is made with one.
    """

    scheme = "Q"
    max_frame_bytes = None
    ordered = True
    crosses_hosts = False

    def __init__(self, host: str = LOOPBACK) -> None:
        super().__init__(host)
        self._tree: Tree | None = None
        self._open = 0
        self._owner = os.getpid()
        self._lock = threading.RLock()

    def resolve(self, capabilities: Mapping[str, Any]) -> str:
        """Return the place of the admin that the capability ``Admin Address`` names.

        Raises:
            ValueError: no admin can have it; the text says why, and what helps.
        """
        address = capabilities.get("Admin Address", DEFAULT_ADMIN_ADDRESS)
        if fault := _fault_of(address):
            raise ValueError(f"the capability 'Admin Address' {fault}")
        return f"/{address}"

    def open(self, invitation: Invitation | None = None) -> QueueEndpoint:
        """Take a reserved mailbox, with the frames that came for it meanwhile, or make a fresh one.

        Raises:
            ValueError: the invitation was opened or released before, or is another transport's.
            OSError: no process can be started, or no file be opened.
        """
        self._renew_in_a_fork()
        if invitation is not None:
            return self._take(invitation)
        with self._lock:
            where, sock, door = self._reserve()
            self._open += 1
        return QueueEndpoint(where, Line(sock), door, False, self._closed)

    def _take(self, invitation: Invitation) -> QueueEndpoint:
        if len(invitation.descriptors) != 2:
            raise ValueError(f"{invitation!r} reserves no mailbox of queues: that is a line and a door")
        line, copy = invitation.take()
        door = Door(socket.socket(fileno=copy))
        with self._lock:
            self._open += 1

        def closed() -> None:
            door.close()
            self._closed()

        return QueueEndpoint(invitation.where, Line(socket.socket(fileno=line)), door, True, closed)

    def _reserve(self) -> tuple[str, socket.socket, Door]:
        if self._tree is not None:
            try:
                return *self._tree.door.reserve(), self._tree.door
            except RelayGone:
                self._tree.end()
        from thespian_queue.tree import Tree  # only who starts a system needs it, and what it imports

        self._tree = tree = Tree()
        # At the end of the program, the relay ends without that.
        weakref.finalize(self, tree.let_go).atexit = False
        return *tree.first, tree.door

    def _closed(self) -> None:
        with self._lock:
            self._open -= 1
            if not self._open and self._tree is not None and self._tree.is_over():
                self._tree = None

    def _renew_in_a_fork(self) -> None:
        if self._owner != os.getpid():
            self._owner, self._open, self._lock = os.getpid(), 0, threading.RLock()


def _fault_of(address: object) -> str:
    """Say what is wrong with the text that is to name an admin, and what helps; nothing when it is right.

    >>> _fault_of("7")
    "is digits only, '7', as the places of other mailboxes are: put a letter in"
    >>> _fault_of("7 of 9")
    ''
    """
    if not isinstance(address, str) or not address:
        return f"must be a text that is not empty, such as {DEFAULT_ADMIN_ADDRESS!r}, not {address!r}"
    try:
        size = len(address.encode())
    except UnicodeEncodeError as why:
        return f"has a character that UTF-8 cannot encode: {address[why.start]!r}; leave it out"
    if size > ADMIN_ADDRESS_BYTES:
        return f"has {size} bytes in UTF-8, and {ADMIN_ADDRESS_BYTES} are the most: choose a shorter one"
    if address.isdecimal():
        return f"is digits only, {address!r}, as the places of other mailboxes are: put a letter in"
    return ""
