"""The handshake lets in who knows the key, and nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from thespian_multiproc.protocol import fields, handshake
from thespian_multiproc.protocol.fields import FRAME_BYTES
from thespian_multiproc.protocol.handshake import (
    Established,
    Failed,
    Initiator,
    Responder,
    Say,
    TargetGone,
)

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
ONE, TWO = b"1" * 32, b"2" * 32


def alice(key: bytes = KEY, target: str = "bob", nonce: bytes = ONE, codec_tag: int = 0) -> Initiator:
    """Return who begins; she has received 7 and handled 5."""
    return Initiator(key, "alice", target, nonce, lambda peer: (7, 5), codec_tag)


def bob(key: bytes = KEY, nonce: bytes = TWO, codec_tag: int = 0) -> Responder:
    """Return who is spoken to; he has received 3 and handled 2."""
    return Responder(key, "bob", nonce, lambda peer: (3, 2), codec_tag)


def shake(
    initiator: Initiator, responder: Responder, line: Callable[[bytes], bytes] = lambda frame: frame
) -> tuple[object, object]:
    """Let both talk until one has nothing more to say; return how it ended for each."""
    first: object = None
    frame: bytes | None = initiator.begin()
    while True:
        second = responder.handle(line(frame))
        frame = second.frame if isinstance(second, Say | Established | Failed) else None
        if frame is None:
            return first, second
        first = initiator.handle(line(frame))
        frame = first.frame if isinstance(first, Say | Established | Failed) else None
        if frame is None:
            return first, second


@pytest.mark.parametrize("target", ["bob", ""])
def test_two_with_the_same_key_learn_each_others_id_counters_and_a_key_of_their_own(target: str) -> None:
    first, second = shake(alice(target=target), bob())
    assert isinstance(first, Established)
    assert isinstance(second, Established)
    assert (first.peer_id, first.received, first.handled) == ("bob", 3, 2)
    assert (second.peer_id, second.received, second.handled) == ("alice", 7, 5)
    assert first.session_key == second.session_key
    assert first.session_key not in (KEY, b"")


def test_every_conversation_has_another_session_key() -> None:
    first, _ = shake(alice(), bob())
    again, _ = shake(alice(nonce=b"3" * 32), bob())
    assert isinstance(first, Established)
    assert isinstance(again, Established)
    assert first.session_key != again.session_key


def test_another_key_is_noticed_by_the_one_who_begins_and_nobody_is_let_in() -> None:
    first, second = shake(alice(OTHER_KEY), bob())
    assert first == Failed(None, handshake.WRONG_KEY)
    assert isinstance(second, Say)


def test_one_who_begins_without_the_key_is_not_let_in() -> None:
    responder, impostor = bob(), alice(OTHER_KEY)
    responder.handle(impostor.begin())
    stolen = fields.build(b"P", 0, bytes(16) + bytes(32))
    assert responder.handle(stolen) == Failed(None, handshake.WRONG_KEY)


def test_a_wrong_target_is_gone_and_only_the_key_can_say_so() -> None:
    first, second = shake(alice(target="carol"), bob())
    assert isinstance(first, TargetGone)
    assert isinstance(second, Failed)
    assert "carol" in second.reason
    forged, _ = shake(alice(target="carol"), bob(OTHER_KEY))
    assert forged == Failed(None, handshake.WRONG_KEY)


def test_versions_that_differ_are_refused_by_a_sentence_that_names_both(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    initiator = alice()
    monkeypatch.setattr(fields, "PROTOCOL_VERSION", 9)
    responder = bob()
    refused = responder.handle(initiator.begin())
    assert isinstance(refused, Failed)
    assert "version 1, this one 9" in refused.reason
    assert refused.frame is not None
    monkeypatch.undo()
    told = initiator.handle(refused.frame)
    assert isinstance(told, Failed)
    assert "version 9, this one 1" in told.reason


def test_codecs_that_differ_are_refused_by_a_sentence_that_names_both() -> None:
    first, second = shake(alice(codec_tag=1), bob(codec_tag=2))
    assert isinstance(first, Failed)
    assert isinstance(second, Failed)
    assert "codec 2, this one with codec 1" in first.reason
    assert "codec 1, this one with codec 2" in second.reason


def test_a_mailbox_that_reaches_itself_says_so() -> None:
    mirror = Responder(KEY, "alice", TWO, lambda peer: (0, 0))
    assert isinstance(mirror.handle(alice(target="").begin()), Failed)
    echo = Responder(KEY, "bob", ONE, lambda peer: (0, 0))
    assert isinstance(echo.handle(alice().begin()), Failed)


def test_ones_own_frames_sent_back_prove_nothing() -> None:
    initiator = alice()
    assert isinstance(initiator.handle(initiator.begin()), Failed)


def test_a_recorded_handshake_does_not_open_a_second_one() -> None:
    said: list[bytes] = []
    shake(alice(), bob(), lambda frame: (said.append(frame), frame)[1])
    later = bob(nonce=b"4" * 32)
    later.handle(said[0])
    assert later.handle(said[2]) == Failed(None, handshake.WRONG_KEY)


def test_lost_answers_are_given_again() -> None:
    initiator, responder = alice(), bob()
    challenge = responder.handle(initiator.begin())
    assert responder.handle(initiator.begin()) == challenge
    assert isinstance(challenge, Say)
    proof = initiator.handle(challenge.frame)
    assert initiator.handle(challenge.frame) == proof
    assert isinstance(proof, Say)
    welcome = responder.handle(proof.frame)
    assert responder.handle(proof.frame) == welcome
    assert isinstance(welcome, Established)
    assert welcome.frame is not None
    assert isinstance(initiator.handle(welcome.frame), Established)


@given(st.integers(0, FRAME_BYTES - 1), st.integers(1, 255), st.integers(0, 3))
@settings(max_examples=400)
@example(5, 1, 1)  # the version, which only the greeting's answer depends on
@example(7, 1, 2)  # the codec
def test_a_changed_byte_anywhere_lets_nobody_in(at: int, change: int, turn: int) -> None:
    turns = iter(range(10))

    def line(frame: bytes) -> bytes:
        if next(turns) != turn:
            return frame
        spoiled = bytearray(frame)
        spoiled[at] ^= change
        return bytes(spoiled)

    first, second = shake(alice(), bob(), line)
    assert not (isinstance(first, Established) and isinstance(second, Established))


@given(st.binary(max_size=600))
def test_rubbish_is_a_failure_and_never_an_exception_or_an_answer(rubbish: bytes) -> None:
    for side in (alice(), bob()):
        assert side.handle(rubbish) in (
            Failed(None, "what came is no Thespian handshake"),
            Failed(None, "a frame came out of turn"),
        )


@given(st.binary(min_size=FRAME_BYTES - 4, max_size=FRAME_BYTES - 4))
def test_rubbish_that_looks_like_a_handshake_lets_nobody_in(rubbish: bytes) -> None:
    for side in (alice(), bob()):
        outcome = side.handle(b"THSP" + rubbish)
        assert not isinstance(outcome, Established | TargetGone)


def test_no_answer_is_longer_than_what_it_answers() -> None:
    sizes: list[int] = []
    shake(alice(), bob(), lambda frame: (sizes.append(len(frame)), frame)[1])
    assert sizes == [FRAME_BYTES] * 4
