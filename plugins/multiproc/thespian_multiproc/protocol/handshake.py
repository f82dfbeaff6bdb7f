"""The handshake: two strangers become peers, each proving that it knows the key.

It is the same for every transport, and nothing is unpickled in it: fixed binary frames of one size, so
that nobody is ever answered with more bytes than it sent.

::

    initiator                                   responder
        | HELLO   version, codec, target id, own id, nonce       |
        |------------------------------------------------------->|
        |           CHALLENGE   own nonce, proof over all so far |
        |<-------------------------------------------------------|
        | PROOF   proof over all so far, counters                |
        |------------------------------------------------------->| open
        |                                     WELCOME   counters |
   open |<-------------------------------------------------------|

A responder that is not the target answers GONE, proved with the key too: else anybody could have mail
dead-lettered. A responder of another protocol version or codec answers REFUSED, which only ends
the conversation. What does not prove the key is never answered after that.

Each proof is an HMAC-SHA256 (RFC 2104) over its own name and every byte that was said before, in order;
the names differ, so no proof can be turned round and used by the other side.
Lost frames are said again: both sides answer a repeated frame as the first time.

Pure: nonces are arguments, 32 random bytes, never used twice.
"""

from __future__ import annotations

import hmac
import struct
from collections.abc import Callable

import attrs

from thespian_multiproc.protocol import fields
from thespian_multiproc.protocol.fields import CODE_BYTES, NONCE_BYTES, NotOurs

_COUNTERS = struct.Struct(">QQ")


@attrs.frozen
class Say:
    """Send a frame, and wait for the next one."""

    frame: bytes


@attrs.frozen
class Established:
    """The other side has proved the key.

    Attributes:
        frame: the last one to be sent, or None.
        peer_id: who it is.
        session_key: known to both sides and to nobody else; for the codes of later frames.
        received: how far the other side has received what this side sent.
        handled: how far it has handled it.
    """

    frame: bytes | None
    peer_id: str
    session_key: bytes
    received: int
    handled: int


@attrs.frozen
class TargetGone:
    """Somebody with the key says that the target's mailbox is his now: the target is gone for ever."""


@attrs.frozen
class Failed:
    """The conversation is to be dropped.

    Attributes:
        frame: to be sent before, or None.
        reason: one sentence for the operator.
    """

    frame: bytes | None
    reason: str


Outcome = Say | Established | TargetGone | Failed
Counters = Callable[[str], tuple[int, int]]


class Initiator:
    """The side that begins.

    Args:
        key: the shared secret.
        me: the own mailbox's id.
        target: the id of the mailbox that is meant; empty for an admin of which only the place is known.
        nonce: random, and used for nothing else.
        counters: what this side has received and handled from a peer of some id.
        codec_tag: how messages will be encoded.
    """

    def __init__(
        self, key: bytes, me: str, target: str, nonce: bytes, counters: Counters, codec_tag: int = 0
    ) -> None:
        self._key = key
        self._target = target
        self._nonce = nonce
        self._counters = counters
        self._codec_tag = codec_tag
        self._hello = fields.build(b"H", codec_tag, fields.text(target) + fields.text(me) + nonce)
        self._proof: bytes | None = None
        self._peer_id = ""
        self._session_key = b""

    def begin(self) -> bytes:
        """Return the first frame; again when no answer comes."""
        return self._hello

    def handle(self, frame: bytes) -> Outcome:
        """Take the other side's next frame."""
        try:
            kind, version, codec_tag, body = fields.take_apart(frame)
            if kind == b"R":
                return Failed(None, _difference(version, codec_tag, self._codec_tag))
            if (version, codec_tag) != (fields.PROTOCOL_VERSION, self._codec_tag):
                return Failed(None, CHANGED)
            if kind == b"G":
                nonce, proof = fields.cut(body, NONCE_BYTES, CODE_BYTES)
                if self._proved(b"gone", self._hello + nonce, proof):
                    return TargetGone()
            elif kind == b"C":
                return self._challenged(frame, body)
            elif kind == b"W" and self._proof is not None:
                raw, code = fields.cut(body, _COUNTERS.size, CODE_BYTES)
                if hmac.compare_digest(code, _code(self._session_key, b"welcome", raw)):
                    return Established(None, self._peer_id, self._session_key, *_COUNTERS.unpack(raw))
        except NotOurs as why:
            return Failed(None, str(why))
        return Failed(None, WRONG_KEY)

    def _challenged(self, frame: bytes, body: bytes) -> Outcome:
        peer_id, rest = fields.texts(body, 1)
        nonce, proof = fields.cut(rest, NONCE_BYTES, CODE_BYTES)
        said = self._hello + body[: len(body) - len(rest) + NONCE_BYTES]
        if nonce == self._nonce or not self._proved(b"responder", said, proof):
            return Failed(None, WRONG_KEY)
        if self._target and peer_id[0] != self._target:
            return Failed(None, f"{peer_id[0]!r} answered for {self._target!r}")
        self._peer_id = peer_id[0]
        self._session_key = _code(self._key, b"session", said)
        counters = _COUNTERS.pack(*self._counters(self._peer_id))
        self._proof = fields.build(
            b"P", self._codec_tag, counters + _code(self._key, b"initiator", said + counters)
        )
        return Say(self._proof)

    def _proved(self, name: bytes, said: bytes, proof: bytes) -> bool:
        return hmac.compare_digest(proof, _code(self._key, name, said))


class Responder:
    """The side that is spoken to.

    Args:
        key: the shared secret.
        me: the own mailbox's id.
        nonce: random, and used for nothing else.
        counters: what this side has received and handled from a peer of some id.
        codec_tag: how messages will be encoded.
    """

    def __init__(self, key: bytes, me: str, nonce: bytes, counters: Counters, codec_tag: int = 0) -> None:
        self._key = key
        self._me = me
        self._nonce = nonce
        self._counters = counters
        self._codec_tag = codec_tag
        self._hello = b""
        self._said = b""
        self._answer = b""
        self._peer_id = ""
        self._proof = b""
        self._established: Established | None = None

    def was_greeted_by(self, frame: bytes) -> bool:
        """Whether this very greeting was answered before."""
        return self._hello == frame

    @property
    def peer_id(self) -> str:
        """Who the other side says it is; proved only when the handshake is through."""
        return self._peer_id

    def handle(self, frame: bytes) -> Outcome:
        """Take the other side's next frame."""
        try:
            kind, version, codec_tag, body = fields.take_apart(frame)
            if kind == b"H":
                return self._greeted(frame, version, codec_tag, body)
            if (version, codec_tag) != (fields.PROTOCOL_VERSION, self._codec_tag):
                return Failed(None, CHANGED)
            if kind == b"P" and self._said:
                return self._answered(frame, body)
        except NotOurs as why:
            return Failed(None, str(why))
        return Failed(None, "a frame came out of turn")

    def _greeted(self, frame: bytes, version: int, codec_tag: int, body: bytes) -> Outcome:
        if (version, codec_tag) != (fields.PROTOCOL_VERSION, self._codec_tag):
            refusal = fields.build(b"R", self._codec_tag, b"")
            return Failed(refusal, _difference(version, codec_tag, self._codec_tag))
        if self._hello:  # it asks again, since the answer got lost; another hello is another story
            same = hmac.compare_digest(frame, self._hello)
            return Say(self._answer) if same else Failed(None, "a second hello differs from the first")
        (target, peer_id), rest = fields.texts(body, 2)
        (nonce,) = fields.cut(rest, NONCE_BYTES)
        if nonce == self._nonce or peer_id == self._me:
            return Failed(None, "this mailbox is talking to itself")
        if target not in ("", self._me):
            proof = _code(self._key, b"gone", frame + self._nonce)
            return Failed(
                fields.build(b"G", codec_tag, self._nonce + proof), f"mail for {target!r}, who is gone"
            )
        self._hello, self._peer_id = frame, peer_id
        own = fields.text(self._me) + self._nonce
        self._said = frame + own
        proof = _code(self._key, b"responder", self._said)
        self._answer = fields.build(b"C", self._codec_tag, own + proof)
        return Say(self._answer)

    def _answered(self, frame: bytes, body: bytes) -> Outcome:
        raw, proof = fields.cut(body, _COUNTERS.size, CODE_BYTES)
        if not hmac.compare_digest(proof, _code(self._key, b"initiator", self._said + raw)):
            return Failed(None, WRONG_KEY)
        if self._established is None:
            session_key = _code(self._key, b"session", self._said)
            mine = _COUNTERS.pack(*self._counters(self._peer_id))
            welcome = fields.build(b"W", self._codec_tag, mine + _code(session_key, b"welcome", mine))
            self._established = Established(welcome, self._peer_id, session_key, *_COUNTERS.unpack(raw))
        return self._established


CHANGED = "a frame of the handshake was changed on its way"
WRONG_KEY = (
    "the other side does not know this system's key\n"
    "  it may be another user's system, or somebody who is none of it"
)


def _code(key: bytes, name: bytes, said: bytes) -> bytes:
    return hmac.digest(key, name + b"\0" + said, "sha256")


def _difference(version: int, codec_tag: int, own_codec_tag: int) -> str:
    if version != fields.PROTOCOL_VERSION:
        return (
            f"the other side speaks protocol version {version}, this one {fields.PROTOCOL_VERSION}\n"
            f"  run the same version of thespian-multiproc on both sides"
        )
    return (
        f"the other side encodes messages with codec {codec_tag}, this one with codec {own_codec_tag}\n"
        f"  start both systems with the same codec"
    )
