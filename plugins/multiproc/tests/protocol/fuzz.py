"""A program that feeds the parsers what a coverage-guided fuzzer makes up.

It fails when a parser raises what it must not. Started as ``python -m plugins.multiproc.tests.protocol.fuzz
-max_total_time=60 FOLDER``: the options are libFuzzer's; the folder holds inputs to begin with.
"""

from __future__ import annotations

import sys
from itertools import count

import atheris

with atheris.instrument_imports(include=["thespian_multiproc.protocol"]):
    from thespian_multiproc.protocol.frames import Malformed, parse
    from thespian_multiproc.protocol.handshake import Initiator, Responder
    from thespian_multiproc.protocol.packets import parse_packet
    from thespian_multiproc.protocol.sessions import Sessions
    from thespian_multiproc.transport.interface import Received

KEY = b"k" * 32
FRAMES_AT_MOST = 8


def frame(data: bytes) -> None:
    """Read one frame of an open conversation."""
    try:
        parse(data)
    except Malformed:
        return


def packet(data: bytes) -> None:
    """Read one frame of an open conversation whose frames can be lost."""
    try:
        parse_packet(data)
    except Malformed:
        return


def handshake(data: bytes) -> None:
    """Say something to both sides of a handshake that has only begun."""
    responder = Responder(KEY, "me", b"n" * 32, lambda _: (0, 0))
    responder.handle(data)
    initiator = Initiator(KEY, "me", "target", b"n" * 32, lambda _: (0, 0))
    initiator.handle(initiator.begin())
    initiator.handle(data)


def stranger(data: bytes) -> None:
    """Say several things to a mailbox; whoever has not proved the key gets nothing in."""
    numbers = count(1)
    sessions = Sessions(KEY, "me", bool(data[:1] < b"\x80"), False, lambda: next(numbers).to_bytes(32, "big"))
    for number, piece in enumerate(data.split(b"|")[:FRAMES_AT_MOST]):
        event = Received(piece, "stranger")
        assert sessions.receive(piece, "stranger", float(number)) is None
        for effect in sessions.happened(event, float(number)):
            assert type(effect).__name__ in ("Submit", "Drop", "Complaint"), effect


def one_input(data: bytes) -> None:
    """Let the first byte choose what is fed."""
    (frame, handshake, stranger, packet)[data[0] % 4 if data else 0](data[1:])


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
