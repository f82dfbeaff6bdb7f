"""The post office of the transport contract: endpoints, and everything that they reported."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import attrs
import pytest

from thespian_core.testing.contract import PATIENCE_S
from thespian_multiproc.transport.interface import (
    Endpoint,
    Event,
    Frame,
    Invitation,
    Lost,
    Peer,
    Received,
    Sent,
    Transport,
    Undeliverable,
)

SLICE_S = 0.005  # how long one endpoint is waited for while the others may have something
QUIET_S = 0.1  # how long a test listens for what must not come; over loopback that would be far sooner


@attrs.define(eq=False)
class Box:
    """One endpoint, and everything that it reported.

    Attributes:
        endpoint: the endpoint.
        events: what its waits returned.
        frames: all that it received.
        peers: whom each of these came from.
        outcomes: of each token; also what submit told at once, as if it had been reported.
        left_at_once: the tokens that submit told so of.
        lost: the conversations that ended.
    """

    endpoint: Endpoint
    events: list[Event] = attrs.field(factory=list)
    frames: list[bytes] = attrs.field(factory=list)
    peers: list[Peer] = attrs.field(factory=list)
    outcomes: dict[int, list[Sent | Undeliverable]] = attrs.field(factory=dict)
    left_at_once: list[int] = attrs.field(factory=list)
    lost: list[Lost] = attrs.field(factory=list)

    @property
    def where(self) -> str:
        """The endpoint's place."""
        return self.endpoint.where

    def look(self, timeout_s: float) -> bool:
        """Wait once, and say whether anything happened."""
        events = self.endpoint.wait(timeout_s)
        for event in events:
            if isinstance(event, Received):
                self.frames.append(bytes(event.frame))
                self.peers.append(event.peer)
            elif isinstance(event, Lost):
                self.lost.append(event)
            else:
                self.outcomes.setdefault(event.token, []).append(event)
        self.events += events
        return bool(events)

    def fate(self, token: int) -> Sent | Undeliverable | None:
        """Return what became of a frame, if that is known."""
        return self.outcomes.get(token, [None])[0]


class Post:
    """Opens endpoints, and lets all of them attend by turns until something has happened."""

    def __init__(self, transport: Transport, now: Callable[[], float]) -> None:
        self.transport = transport
        self.now = now
        self.boxes: list[Box] = []
        self.invitations: list[Invitation] = []
        self._tokens = count(1)

    def open(self, invitation: Invitation | None = None) -> Box:
        """Open an endpoint; it is closed after the test."""
        box = Box(self.transport.open(invitation))
        self.boxes.append(box)
        return box

    def invite(self, box: Box, at: str | None = None) -> Invitation:
        """Reserve a mailbox; it is released after the test."""
        invitation = box.endpoint.invite(at)
        self.invitations.append(invitation)
        return invitation

    def close(self, box: Box) -> None:
        """Close an endpoint, and look at it no more."""
        self.boxes.remove(box)
        box.endpoint.close()

    def close_all(self) -> None:
        """Leave nothing behind."""
        for invitation in self.invitations:
            invitation.release()
        while self.boxes:
            # Those that were opened last never read, if any: they go before those that wrote to them.
            self.close(self.boxes[-1])

    def send(self, box: Box, frame: Frame | bytes, to: str | Peer) -> int:
        """Submit a frame, and return its token."""
        token = next(self._tokens)
        if box.endpoint.submit([frame] if isinstance(frame, bytes) else frame, to, token):
            box.left_at_once.append(token)
            box.outcomes.setdefault(token, []).append(Sent(token, to))
        return token

    def until(self, happened: Callable[[], object], what: str, *without: Box) -> None:
        """Let everybody attend until something has happened; fail when it takes too long.

        Args:
            happened: true when it has.
            what: the same in words, for the failure.
            without: who does not attend.
        """
        deadline = self.now() + PATIENCE_S
        while not happened():
            if self.now() > deadline:
                reports = "\n".join(f"{box.where}: {str(box.events[-5:])[:500]}" for box in self.boxes)
                pytest.fail(f"{what}: not within {PATIENCE_S} s; what came last:\n{reports}")
            self.attend(*without)

    def quiet(self, *without: Box) -> None:
        """Let everybody attend for a while, to see that nothing more comes."""
        until = self.now() + QUIET_S
        while self.now() < until:
            self.attend(*without)

    def attend(self, *without: Box) -> None:
        """Let everybody look at what has happened; if that is nothing, wait a little."""
        boxes = [box for box in self.boxes if box not in without]
        happened = [box.look(0) for box in boxes]
        if not any(happened):
            any(box.look(SLICE_S) for box in boxes)

    def introduce(self, one: Box, other: Box) -> tuple[Peer, Peer]:
        """Begin a conversation in which both admit each other.

        Returns:
            The other as the one knows it, and the one as the other knows it.
        """
        before, answers = len(other.frames), len(one.frames)
        self.send(one, b"hello", other.where)
        self.until(lambda: len(other.frames) > before, "the greeting arrives")
        caller = other.peers[-1]
        other.endpoint.admit(caller)
        self.send(other, b"welcome", caller)
        self.until(lambda: len(one.frames) > answers, "the answer to the greeting arrives")
        callee = one.peers[-1]
        one.endpoint.admit(callee)
        for box, size in ((other, before), (one, answers)):
            del box.frames[size:], box.peers[size:]
        return callee, caller
