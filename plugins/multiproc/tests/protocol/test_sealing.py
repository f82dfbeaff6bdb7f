"""A sealed frame opens on the other side, unchanged, and nowhere else."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from thespian_multiproc.protocol.sealing import CODE_BYTES, Seal

KEY = b"k" * 32
parts = st.lists(st.binary(max_size=50), max_size=4)


@given(parts)
def test_the_other_side_opens_what_one_side_has_sealed(frame: list[bytes]) -> None:
    for began in (True, False):
        sealed = b"".join(Seal(KEY, began).close(frame))
        assert len(sealed) == CODE_BYTES + len(b"".join(frame))
        assert Seal(KEY, not began).open(sealed) == b"".join(frame)


@given(parts)
def test_nobody_can_turn_a_frame_round_or_use_it_in_another_conversation(frame: list[bytes]) -> None:
    sealed = b"".join(Seal(KEY, True).close(frame))
    assert Seal(KEY, True).open(sealed) is None
    assert Seal(b"o" * 32, False).open(sealed) is None


@settings(max_examples=50)
@given(parts, st.integers(0, 10_000), st.integers(1, 255))
def test_a_changed_byte_is_noticed(frame: list[bytes], at: int, by: int) -> None:
    sealed = bytearray(b"".join(Seal(KEY, True).close(frame)))
    sealed[at % len(sealed)] ^= by
    assert Seal(KEY, False).open(sealed) is None


@given(st.binary(max_size=CODE_BYTES * 2))
def test_any_bytes_are_no_sealed_frame(frame: bytes) -> None:
    assert Seal(KEY, False).open(frame) is None
