"""Frames that can be lost say what they said when they were packed, or nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thespian_multiproc.protocol.frames import Malformed
from thespian_multiproc.protocol.packets import (
    GOES_ON,
    HEAD_BYTES,
    SIZE_BYTES,
    Counters,
    Packet,
    news_frame,
    packet_frame,
    parse_packet,
)

number = st.integers(0, 2**64 - 1)
counters = st.builds(Counters, number, number, number, number)
positive = st.integers(1, 2**64 - 1)


@given(
    positive, positive, st.lists(st.tuples(st.binary(max_size=20), st.booleans())), counters, st.booleans()
)
def test_pieces_come_out_as_they_went_in(
    serial: int, first: int, pieces: list[tuple[bytes, bool]], told: Counters, wants_answer: bool
) -> None:
    sized = [(len(piece) | (GOES_ON if goes_on else 0), piece) for piece, goes_on in pieces]
    frame = b"".join(packet_frame(serial, first, sized, told, wants_answer))
    assert len(frame) == HEAD_BYTES + sum(SIZE_BYTES + len(piece) for piece, _ in pieces)
    found = parse_packet(frame)
    assert isinstance(found, Packet)
    assert found._replace(pieces=()) == Packet(serial, first, (), told, wants_answer)
    assert [(size, bytes(piece)) for size, piece in found.pieces] == sized


@given(counters)
def test_counters_come_out_as_they_went_in(told: Counters) -> None:
    assert parse_packet(b"".join(news_frame(told))) == told


GOOD = b"".join(packet_frame(1, 1, [(3, b"one"), (3, b"two")], Counters(0, 0, 0, 0), False))


@pytest.mark.parametrize("cut", range(len(GOOD)))
def test_a_frame_that_is_cut_short_is_malformed(cut: int) -> None:
    with pytest.raises(Malformed):
        parse_packet(GOOD[:cut])


@pytest.mark.parametrize(
    "frame",
    [
        GOOD + b"x",
        GOOD[:1] + bytes(8) + GOOD[9:],  # serial 0
        GOOD[:41] + bytes(8) + GOOD[49:],  # first piece 0
        GOOD[:49] + b"\xff" * 4 + GOOD[53:],  # four thousand million pieces
        b"D" + GOOD[1:],
    ],
)
def test_a_frame_that_cannot_be_is_malformed(frame: bytes) -> None:
    with pytest.raises(Malformed):
        parse_packet(frame)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_frame_or_malformed(frame: bytes) -> None:
    for kind in (b"", b"P", b"Q", b"K"):
        try:
            assert isinstance(parse_packet(kind + frame), (Packet, Counters))
        except Malformed:
            continue
