"""One conversation, as the mailbox at one end of it knows it."""

from __future__ import annotations

import enum
from collections import deque
from collections.abc import Iterator

from thespian_multiproc.transport.interface import Frame
from thespian_queue.protocol.records import PIECE_BYTES, WINDOW_BYTES, Record


class State(enum.IntEnum):
    """How far a conversation is, from first to last."""

    BEGINNING = 0  # whether somebody has the place is not known yet
    GOING_ON = 1
    ENDED = 2


class Waiting:
    """A frame that was not written whole.

    Args:
        frame: its parts.
        size: of all of them.
        token: what it was submitted with.
    """

    __slots__ = ("left", "pieces", "token")

    def __init__(self, frame: Frame, size: int, token: int) -> None:
        self.token = token
        self.left = size
        self.pieces = iter((b"".join(frame),)) if size <= PIECE_BYTES else _pieces(frame)


def _pieces(frame: Frame) -> Iterator[bytes]:
    """Yield a frame in pieces of the largest size, but for the last."""
    begun, missing = [], PIECE_BYTES
    for part in frame:
        view = memoryview(part)
        while len(view) >= missing:
            begun.append(view[:missing])
            yield b"".join(begun)
            view, begun, missing = view[missing:], [], PIECE_BYTES
        if len(view):
            begun.append(view)
            missing -= len(view)
    if begun:
        yield b"".join(begun)


class Talk:
    """A peer, as its mailbox knows it.

    Args:
        number: of the conversation.
        place: what it was begun with, when this end began it.

    Attributes:
        admitted: whether it may send large frames.
        known: whether the mailbox's owner has heard of it.
        heard_in: the number of the wait that returned its last frame.
        window: how many bytes may still be sent.
        taken_in: how many bytes came in, and were not given back to the other end's window.
        waiting: what has no room yet.
        begun: pieces of the frame that is coming in.
        begun_bytes: how much that is.
        held: what a stranger has said behind its last frame.
    """

    __slots__ = (
        "admitted",
        "begun",
        "begun_bytes",
        "heard_in",
        "held",
        "known",
        "number",
        "place",
        "state",
        "taken_in",
        "waiting",
        "window",
    )

    def __init__(self, number: int, place: str | None) -> None:
        self.number = number
        self.place = place
        self.state = State.GOING_ON if place is None else State.BEGINNING
        self.admitted = False
        self.known = False
        self.heard_in = 0
        self.window = WINDOW_BYTES
        self.taken_in = 0
        self.waiting: deque[Waiting] = deque()
        self.begun: list[bytes] = []
        self.begun_bytes = 0
        self.held: deque[Record] = deque()

    def __repr__(self) -> str:
        name = self.state.name.lower().replace("_", " ")
        return f"<conversation {self.number} with {self.place or 'a caller'}, {name}>"
