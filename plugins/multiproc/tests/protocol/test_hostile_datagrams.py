"""Where anybody can throw a datagram in, from any address: what it gets out of it, and what it costs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from thespian_multiproc.protocol import fields
from thespian_multiproc.protocol.handshake import Initiator, Say
from thespian_multiproc.protocol.session_effects import Effect, Incoming, Submit
from thespian_multiproc.protocol.sessions import MOST_STRANGERS, Sessions
from thespian_multiproc.transport.interface import Received, Sent

KEY = b"k" * 32
WHERE = {"ann": "at-ann", "bob": "at-bob"}


def new_nonce(dice: random.Random = random.Random(1)) -> bytes:  # noqa: B008 - one for all
    return dice.randbytes(32)


def sessions(name: str, key: bytes = KEY) -> Sessions:
    """Return the conversations of one mailbox that is reached by datagrams."""
    return Sessions(key, name, ordered=False, sealed=True, new_nonce=new_nonce)


def bytes_in(effects: Iterable[Effect]) -> int:
    """Return how many bytes are to be sent."""
    return sum(len(b"".join(one.frame)) for one in effects if isinstance(one, Submit))


@attrs.define
class Wire:
    """Two mailboxes, and a tap on all that goes from one to the other."""

    sides: dict[str, Sessions] = attrs.field(factory=lambda: {name: sessions(name) for name in WHERE})
    taped: dict[str, list[bytes]] = attrs.field(factory=lambda: {name: [] for name in WHERE})
    came: dict[str, list[bytes]] = attrs.field(factory=lambda: {name: [] for name in WHERE})
    now: float = 0.0

    def carry_out(self, name: str, effects: Iterable[Effect]) -> None:
        """Do what a side wants, and let the other hear of it at once."""
        other = "bob" if name == "ann" else "ann"
        for effect in effects:
            if isinstance(effect, Submit):
                frame = b"".join(effect.frame)
                self.taped[name].append(frame)
                self.carry_out(name, self.sides[name].happened(Sent(effect.token, (other,)), self.now))
                self.arrive(other, frame)
            elif isinstance(effect, Incoming):
                self.came[name] += map(bytes, effect.messages)
                count = len(effect.messages)
                self.carry_out(name, self.sides[name].handled(effect.correspondent, count, self.now))

    def arrive(self, name: str, frame: bytes) -> None:
        """Let a frame arrive, from the other's address."""
        peer = ("bob",) if name == "ann" else ("ann",)
        self.carry_out(name, self.sides[name].happened(Received(frame, peer), self.now))

    def send(self, name: str, message: bytes) -> None:
        """Let one side write to the other."""
        other = "bob" if name == "ann" else "ann"
        self.carry_out(name, self.sides[name].send(other, WHERE[other], message, self.now))
        self.now += 1.0
        for side in WHERE:
            self.carry_out(side, self.sides[side].tick(self.now))


def talked() -> Wire:
    """Return two who have written to each other."""
    wire = Wire()
    for number in range(5):
        wire.send("ann", b"pay %d" % number)
        wire.send("bob", b"paid %d" % number)
    assert wire.came["bob"] == [b"pay %d" % number for number in range(5)]
    return wire


def test_everything_that_was_ever_said_can_be_played_again_and_does_nothing() -> None:
    wire = talked()
    came = {name: list(frames) for name, frames in wire.came.items()}
    for name, other in (("ann", "bob"), ("bob", "ann")):
        for frame in [*wire.taped[name], *reversed(wire.taped[name])]:
            wire.arrive(other, frame)
            wire.arrive(name, frame)  # and turned round
    assert wire.came == came
    wire.send("ann", b"still there?")
    wire.send("bob", b"yes")
    assert (wire.came["bob"][-1], wire.came["ann"][-1]) == (b"still there?", b"yes")


def test_what_was_said_in_another_conversation_does_nothing() -> None:
    one, other = talked(), Wire()
    other.send("ann", b"hello")
    for frame in one.taped["ann"]:
        other.arrive("bob", frame)
    other.send("ann", b"hello again")
    assert other.came["bob"] == [b"hello", b"hello again"]


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(1, 255))
def test_a_frame_that_was_changed_does_nothing(which: int, at: int, by: int) -> None:
    wire = talked()
    frame = bytearray(wire.taped["ann"][which % len(wire.taped["ann"])])
    frame[at % len(frame)] ^= by
    before = list(wire.came["bob"])
    wire.arrive("bob", bytes(frame))
    assert wire.came["bob"] == before
    wire.send("ann", b"still there?")
    assert wire.came["bob"] == [*before, b"still there?"]


def hellos(target: str) -> Iterator[bytes]:
    """Yield all that somebody without the key can say of a handshake."""
    stranger = Initiator(b"w" * 32, "eve", target, new_nonce(), lambda peer: (0, 0))
    yield stranger.begin()
    yield stranger.begin()
    for kind in (b"C", b"P", b"W", b"G", b"R", b"X"):
        yield fields.build(kind, 0, new_nonce())
    yield fields.build(b"H", 9, b"")  # another codec
    yield fields.build(b"P", 0, bytes(16) + new_nonce())


def said_by(frames: Iterable[bytes], heard: Callable[[bytes], Iterable[Effect]]) -> None:
    """Fail when more is ever answered than was said."""
    taken = given_back = 0
    for frame in frames:
        taken += len(frame)
        given_back += bytes_in(heard(frame))
        assert given_back <= taken


@settings(max_examples=40)
@given(
    st.lists(
        st.one_of(
            st.sampled_from([*hellos("ann"), *hellos(""), *hellos("who was here before")]),
            st.binary(max_size=300),
            st.sampled_from([b"THSPH", b"THSPP", b"P", b"Q", b"K", b"D"]).flatmap(
                lambda head: st.binary(max_size=251).map(lambda rest: head + rest)
            ),
        ),
        max_size=30,
    )
)
def test_nobody_gets_more_bytes_than_it_sent_before_it_has_proved_the_key(frames: list[bytes]) -> None:
    ann = sessions("ann")
    said_by(frames, lambda frame: ann.happened(Received(frame, ("eve",)), 0.0))
    for now in range(1, 30):
        assert bytes_in(ann.tick(float(now))) == 0, "what nobody asked for is never said"


def test_the_longest_answer_to_a_hello_is_as_long_as_the_hello() -> None:
    ann = sessions("ann")
    answered = [
        bytes_in(ann.happened(Received(hello, ("eve", number)), 0.0))
        for number, hello in enumerate([*hellos("ann"), *hellos("somebody else")])
    ]
    assert max(answered) == fields.FRAME_BYTES


def test_strangers_at_a_thousand_addresses_are_forgotten_and_a_friend_gets_in() -> None:
    wire = Wire()
    ann = wire.sides["ann"]
    for number in range(MOST_STRANGERS + 200):
        for frame in (next(hellos("ann")), b"rubbish"):
            for effect in ann.happened(Received(frame, ("eve", number)), 0.0):
                if isinstance(effect, Submit):
                    ann.happened(Sent(effect.token, ("eve", number)), 0.0)
    for kept in (ann._talks, ann._by_peer, ann._tokens, ann._attempts):
        assert len(kept) <= MOST_STRANGERS + 1
    assert ann._known == {}
    wire.send("bob", b"may I come in?")
    assert wire.came["ann"] == [b"may I come in?"]
    wire.now = 60.0
    wire.carry_out("ann", ann.tick(60.0))
    assert len(ann._talks) == 1


def test_a_stranger_at_a_friends_address_cannot_end_its_conversation() -> None:
    wire = talked()
    for frame in [*hellos("ann"), *hellos(""), *hellos("who was here before")]:
        wire.arrive("ann", frame)
        wire.send("bob", b"still me")
    assert wire.came["ann"][-30:] == [b"still me"] * 30


def test_a_challenge_of_somebody_without_the_key_is_not_answered() -> None:
    bob = sessions("bob")
    (submit,) = (one for one in bob.send("ann", "at-ann", b"hello", 0.0) if isinstance(one, Submit))
    bob.happened(Sent(submit.token, ("eve",)), 0.0)
    eve = sessions("ann", key=b"w" * 32)
    challenge = eve.happened(Received(b"".join(submit.frame), ("bob",)), 0.0)
    for effect in challenge:
        assert isinstance(effect, Submit)
        frame = b"".join(effect.frame)
        assert fields.kind_of(frame) == b"C"
        assert bytes_in(bob.happened(Received(frame, ("eve",)), 0.0)) == 0
    proved = Initiator(KEY, "bob", "ann", new_nonce(), lambda peer: (0, 0)).handle(frame)
    assert not isinstance(proved, Say)
