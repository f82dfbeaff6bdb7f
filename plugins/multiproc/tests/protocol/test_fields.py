"""The fields of a handshake survive the way; whatever else comes is refused, and never breaks the reader."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thespian_multiproc.protocol import fields
from thespian_multiproc.protocol.fields import FRAME_BYTES, LONGEST_ID, NotOurs
from thespian_multiproc.protocol.frames import Data, Malformed, data_frame, parse

IDS = st.text(st.characters(max_codepoint=127), max_size=LONGEST_ID)


@given(st.lists(IDS, max_size=3), st.binary(max_size=40))
def test_ids_survive_with_what_follows_them(ids: list[str], rest: bytes) -> None:
    body = b"".join(map(fields.text, ids)) + rest
    assert fields.texts(body, len(ids)) == (ids, rest)


@given(st.binary(max_size=100), st.integers(1, 3))
def test_rubbish_is_ids_within_the_limit_or_refused(rubbish: bytes, count: int) -> None:
    with contextlib.suppress(NotOurs):
        ids, rest = fields.texts(rubbish, count)
        assert b"".join(map(fields.text, ids)) + rest == rubbish
        assert all(len(one) <= LONGEST_ID for one in ids)


@given(IDS.filter(bool), st.integers(1, LONGEST_ID))
def test_an_id_that_is_cut_short_is_refused(one: str, missing: int) -> None:
    with pytest.raises(NotOurs):
        fields.texts(fields.text(one)[: max(0, len(one) + 1 - missing)], 1)


@given(st.sampled_from([b"H", b"C", b"P", b"W"]), st.integers(0, 255), st.binary(max_size=FRAME_BYTES - 8))
def test_a_frame_is_taken_apart_as_it_was_built(kind: bytes, codec_tag: int, body: bytes) -> None:
    frame = fields.build(kind, codec_tag, body)
    found_kind, version, found_tag, found = fields.take_apart(frame)
    assert (found_kind, version, found_tag) == (kind, fields.PROTOCOL_VERSION, codec_tag)
    assert found == body.ljust(FRAME_BYTES - 8, b"\0")


@given(st.binary(max_size=2 * FRAME_BYTES))
def test_rubbish_is_no_frame_of_a_handshake(rubbish: bytes) -> None:
    with pytest.raises(NotOurs):
        fields.take_apart(rubbish)
    assert fields.kind_of(rubbish) is None


@given(st.binary(max_size=80), st.lists(st.integers(0, 40), max_size=4))
def test_what_is_cut_is_all_there_and_nothing_but_padding_follows(body: bytes, sizes: list[int]) -> None:
    with contextlib.suppress(NotOurs):
        parts = fields.cut(body, *sizes)
        assert list(map(len, parts)) == sizes
        assert body == b"".join(parts).ljust(len(body), b"\0")


@given(st.lists(st.binary(max_size=20), max_size=5), st.data())
def test_a_frame_with_a_changed_byte_is_malformed_or_as_long_as_before(
    messages: list[bytes], data: st.DataObject
) -> None:
    frame = bytearray(b"".join(data_frame(1, messages, 0, 0)))
    at = data.draw(st.integers(0, len(frame) - 1))
    frame[at] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(Malformed):
        found = parse(frame)
        assert isinstance(found, Data)
        assert sum(map(len, found.messages)) == sum(map(len, messages))
        assert len(found.messages) == len(messages)
