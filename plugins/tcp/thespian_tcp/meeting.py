"""How conversations of a TCP mailbox come about: begun or accepted, also when descriptors are scarce."""

from __future__ import annotations

import errno
import socket
import time

from thespian_tcp.connections import Connections
from thespian_tcp.conversation import Conversation
from thespian_tcp.keeping import Keeper
from thespian_tcp.places import (
    OUT_OF_FILES,
    SocketAddress,
    as_place,
    as_socket_address,
    failure,
    listen,
    nobody_is_there,
)

ACCEPTED_IN_A_ROW = 64  # then it is the others' turn
UNDER_WAY = (0, errno.EINPROGRESS, errno.EWOULDBLOCK, 10035)  # WSAEWOULDBLOCK


class Doors:
    """Lets conversations out and in; whoever was idle for longest makes room."""

    def __init__(self, connections: Connections, keeper: Keeper) -> None:
        self._connections = connections
        self._keeper = keeper

    def begin(self, place: str, token: int) -> Conversation | None:
        """Begin a conversation; when that fails at once, report so for the frame it was begun for."""
        connections = self._connections
        try:
            family, target = as_socket_address(place)
            sock = self._new_socket(family, target)
        except ValueError as problem:
            connections.fail(token, str(problem), gone=True)
            return None
        except OSError as problem:
            connections.fail(token, f"no conversation with {place} can begin: {problem}")
            return None
        error = sock.connect_ex(target)
        if error not in UNDER_WAY:
            sock.close()
            gone = nobody_is_there(error)
            connections.fail(token, f"{place} cannot be reached: {failure(error)}", gone)
            return None
        conversation = connections.begun[place] = Conversation(sock, place, place, time.monotonic())
        connections.add(conversation)
        self._keeper.keep_to_the_most()
        return conversation

    def _new_socket(self, family: socket.AddressFamily, target: SocketAddress) -> socket.socket:
        while True:
            try:
                sock = socket.socket(family, socket.SOCK_STREAM)
                break
            except OSError as problem:
                if problem.errno not in OUT_OF_FILES or not self._keeper.make_room():
                    raise
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    def accept(self) -> None:
        """Take those who have connected; leave them waiting when there is no room."""
        connections = self._connections
        for _ in range(ACCEPTED_IN_A_ROW):
            try:
                sock, remote = connections.listener.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return  # nobody more, or somebody who has left again
            except OSError as problem:
                if problem.errno in OUT_OF_FILES and self._keeper.make_room():
                    continue
                connections.pause()
                return
            sock.setblocking(False)
            try:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            except OSError:  # it has left again, says macOS here
                sock.close()
                continue
            # Not `now`: of many accepted at once, those who wait longest go first when room is needed.
            connections.add(Conversation(sock, as_place(*remote[:2]), None, time.monotonic()))
            self._keeper.keep_to_the_most()

    def reserve(self, host: str, port: int) -> socket.socket:
        """Return a socket that holds a place.

        Raises:
            AddressInUse: somebody listens there.
            OSError: the system refuses for another reason.
        """
        while True:
            try:
                return listen(host, port)
            except OSError as problem:
                if problem.errno not in OUT_OF_FILES or not self._keeper.make_room():
                    raise
