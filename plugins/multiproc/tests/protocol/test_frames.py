"""Frames survive the way, and rubbish is refused before anything is allocated for it."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thespian_multiproc.protocol.frames import Ack, Data, Malformed, ack_frame, data_frame, parse

NUMBERS = st.integers(0, 2**64 - 1)


@given(st.integers(1, 2**63), st.lists(st.binary(max_size=50), max_size=20), NUMBERS, NUMBERS)
def test_messages_and_counters_survive(
    first: int, messages: list[bytes], received: int, handled: int
) -> None:
    data = parse(b"".join(data_frame(first, messages, received, handled)))
    assert isinstance(data, Data)
    assert [bytes(message) for message in data.messages] == messages
    assert (data.first, data.received, data.handled) == (first, received, handled)


@given(NUMBERS, NUMBERS)
def test_counters_survive_alone(received: int, handled: int) -> None:
    assert parse(b"".join(ack_frame(received, handled))) == Ack(received, handled)


@given(st.binary(max_size=100))
def test_rubbish_is_malformed_or_harmless(rubbish: bytes) -> None:
    try:
        frame = parse(rubbish)
    except Malformed:
        return
    assert isinstance(frame, Ack) or sum(map(len, frame.messages)) <= len(rubbish)


@given(st.lists(st.binary(max_size=20), min_size=1, max_size=5), st.data())
def test_a_frame_that_is_cut_short_is_malformed(messages: list[bytes], data: st.DataObject) -> None:
    frame = b"".join(data_frame(1, messages, 0, 0))
    length = data.draw(st.integers(0, len(frame) - 1))
    with pytest.raises(Malformed):
        parse(frame[:length])


@pytest.mark.parametrize("count", [2**32 - 1, 65_537, 10])
def test_a_claim_of_many_messages_is_malformed_before_anything_is_allocated(count: int) -> None:
    with pytest.raises(Malformed, match=str(count)):
        parse(struct.pack(">cQQQI", b"D", 1, 0, 0, count))


def test_messages_are_views_and_not_copies() -> None:
    frame = bytearray(b"".join(data_frame(1, [b"abc"], 0, 0)))
    data = parse(frame)
    assert isinstance(data, Data)
    frame[-1:] = b"X"
    assert bytes(data.messages[0]) == b"abX"
