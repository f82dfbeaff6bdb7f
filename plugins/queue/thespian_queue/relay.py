"""The relay: the process in the middle of a system, which passes on what mailboxes say to each other.

It runs no user's code, unpickles nothing but what it is started with, and knows no messages.

Who is gone is seen by the end of the stream, once everything that came before has been passed on. The
system's starter starts it; it ends when the admin is gone, or when no mailbox is left (see :class:`Switch`).

What the keeper says, who is the admin, is passed on after what others had written before it did: when it
tells of somebody's end, then everything that the dead had written has gone ahead.
"""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import selectors
import signal
import socket
import time
from collections import deque
from itertools import count

from thespian_multiproc.runtime.processes import signal_at_parents_death
from thespian_multiproc.runtime.titles import take_title
from thespian_queue.door import ASK, WISH_BYTES
from thespian_queue.protocol.records import Kind, pack
from thespian_queue.protocol.switch import Switch

READ_BYTES = 64 << 10  # more in one call makes each call slower, and others are to have their turn
READS_IN_A_ROW = 64  # 4 MiB: more than waits in the socket of one who is gone (Linux: 208 KiB by default)
BATCH_BYTES = 64 << 10  # a socket's usual room
LAST_WORDS_S = 1.0  # our choice: how long those who are left have to read how it ended


class _Edge:
    """The relay's end of a line.

    Attributes:
        number: of the line.
        unread: the beginning of a record that has not come in whole.
        unwritten: what there was no room for.
        watched: for what, as the selector has it.
    """

    __slots__ = ("number", "sock", "unread", "unwritten", "watched")

    def __init__(self, number: int, sock: socket.socket) -> None:
        self.number = number
        self.sock = sock
        self.unread = b""
        self.unwritten: deque[bytes | memoryview] = deque()
        self.watched = selectors.EVENT_READ


class Relay:
    """Carries out what the switch says.

    Args:
        door: where new lines come in.
    """

    def __init__(self, door: socket.socket) -> None:
        door.setblocking(False)
        self._door = door
        self._switch = Switch()
        self._numbers = count(1)
        self._edges: dict[int, _Edge] = {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(door, selectors.EVENT_READ)

    def run(self) -> None:
        """Serve until nobody is left, or the keeper is gone."""
        self._answer_the_door()
        self._write()
        while not self._switch.is_over:
            is_at_the_door = False
            keeper: _Edge | None = None
            for key, ready in self._selector.select():
                edge = key.data
                if edge is None:
                    is_at_the_door = True
                    continue
                if ready & selectors.EVENT_WRITE:
                    self._flush(edge)
                if not ready & selectors.EVENT_READ:
                    continue
                if edge.number == self._switch.keeper:
                    keeper = edge
                else:
                    self._read(edge)
            if keeper is not None:
                self._read_the_keeper(keeper)
            self._write()
            if is_at_the_door:
                self._answer_the_door()
                self._write()
        self._say_the_last()

    # What comes in

    def _read(self, edge: _Edge) -> bool:
        """Take in what a line says; return whether there may be more."""
        data = self._receive(edge)
        if data is not None:
            self._hear(edge, data)
        return bool(data)

    def _read_the_keeper(self, edge: _Edge) -> None:
        data = self._receive(edge)
        if data is None:
            return
        for key, _ in self._selector.select(0):
            if key.data is not None and key.data is not edge:
                self._look_at(key.data)
        self._hear(edge, data)

    def _receive(self, edge: _Edge) -> bytes | None:
        """Return what has come in; nothing when the other end is gone, None when nothing has."""
        if edge.number not in self._edges:
            return None
        try:
            return edge.sock.recv(READ_BYTES)
        except BlockingIOError:
            return None
        except OSError:  # it ended without having read everything
            return b""

    def _hear(self, edge: _Edge, data: bytes) -> None:
        if not data:
            self._switch.disconnect(edge.number)
            del self._edges[edge.number]
            self._selector.unregister(edge.sock)
            edge.sock.close()
            return
        buffer = bytearray(edge.unread + data if edge.unread else data)
        taken = self._switch.hear(edge.number, buffer)
        edge.unread = bytes(buffer[taken:]) if taken < len(buffer) else b""

    def _look_at(self, edge: _Edge) -> None:
        """Take in all that a line has said, above all its end."""
        for _ in range(READS_IN_A_ROW):
            if not self._read(edge):
                return

    # The door

    def _answer_the_door(self) -> None:
        while True:
            try:
                wish, descriptors, flags, _ = socket.recv_fds(self._door, WISH_BYTES, 1)
            except BlockingIOError:
                return
            for number in descriptors:
                sock = socket.socket(fileno=number)
                sock.setblocking(False)
                if wish[:1] == ASK:
                    self._tell_whether_it_is_over(sock)
                elif flags & socket.MSG_TRUNC:
                    sock.close()  # what is cut off names another place, or none
                else:
                    self._grant(sock, wish[1:])

    def _grant(self, sock: socket.socket, place: bytes) -> None:
        try:
            at = place.decode()
        except UnicodeDecodeError:  # of nobody who keeps the rules
            sock.close()
            return
        self._connect(sock, at or None)

    def _connect(self, sock: socket.socket, at: str | None) -> None:
        holder = self._switch.line_at(at) if at is not None else None
        if holder is not None:
            self._look_at(self._edges[holder])  # it may be gone, and that not have been seen yet
        number = next(self._numbers)
        if self._switch.connect(number, at) is None:
            with sock, contextlib.suppress(OSError):  # whoever asked is gone
                sock.send(pack(Kind.IN_USE))
            return
        edge = self._edges[number] = _Edge(number, sock)
        self._selector.register(sock, edge.watched, edge)

    def _tell_whether_it_is_over(self, sock: socket.socket) -> None:
        for edge in [*self._edges.values()]:
            self._look_at(edge)
        with sock, contextlib.suppress(OSError):
            sock.send(pack(Kind.OVER if self._switch.is_over else Kind.GOES_ON))

    # What goes out

    def _write(self) -> None:
        """Write what the switch has for the lines."""
        outgoing = self._switch.outgoing
        while outgoing:
            number, records = outgoing.popitem()
            edge = self._edges[number]
            edge.unwritten.extend(records)
            if not edge.watched & selectors.EVENT_WRITE:
                self._flush(edge)

    def _flush(self, edge: _Edge) -> None:
        if edge.number not in self._edges:
            return
        unwritten = edge.unwritten
        while unwritten:
            data = unwritten.popleft()
            if len(data) < BATCH_BYTES and unwritten:
                parts, size = [data], len(data)
                while unwritten and size < BATCH_BYTES:
                    parts.append(unwritten.popleft())
                    size += len(parts[-1])
                data = b"".join(parts)
            try:
                written = edge.sock.send(data)
            except OSError:  # no room; or the end, which reading finds out
                written = 0
            if written < len(data):
                unwritten.appendleft(memoryview(data)[written:])
                break
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if unwritten else 0)
        if wanted != edge.watched:
            edge.watched = wanted
            self._selector.modify(edge.sock, wanted, edge)

    def _say_the_last(self) -> None:
        """Let those who are left read how it ended."""
        until = time.monotonic() + LAST_WORDS_S
        for edge in self._edges.values():
            while edge.unwritten and (left_s := until - time.monotonic()) > 0:
                edge.sock.settimeout(left_s)
                with contextlib.suppress(OSError):
                    edge.sock.sendall(edge.unwritten.popleft())


def run_relay(number: int) -> None:
    """Be the relay, in a process of its own, until the system has ended.

    Args:
        number: the descriptor of its side of the door.
    """
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # the admin is who ends a system
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    # One that was stopped runs again when its starter dies, and then sees how that ends.
    signal_at_parents_death(signal.SIGCONT)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # it has a file for each mailbox
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    door = socket.socket(fileno=number)
    os.set_inheritable(door.fileno(), False)
    relay = Relay(door)
    take_title("relay", f"of process {os.getppid()}")
    gc.freeze()
    relay.run()
