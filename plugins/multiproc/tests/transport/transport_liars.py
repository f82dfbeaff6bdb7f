"""In-memory transports that lie, each about one thing: the contract must find exactly that out.

Longer than 300 lines because it is a list: every liar is small, and none needs another.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

import attrs

from thespian_multiproc.transport.interface import (
    AddressInUse,
    Event,
    Frame,
    Invitation,
    Lost,
    Peer,
    Received,
    Sent,
    Undeliverable,
)
from thespian_multiproc.transport.memory import (
    MemoryEndpoint,
    MemoryInvitation,
    MemoryNetwork,
    MemoryTransport,
)
from thespian_multiproc.transport.memory_mailbox import Arrival, Mailbox, Side, Somebody

UNLUCKY = 777  # more frames than any endpoint of a test submits that is not about large numbers
LIMIT = 1 << 23


class Liar(MemoryTransport):
    """Has a limit, so that the tests about limits run, and little patience."""

    max_frame_bytes = LIMIT

    def __init__(self) -> None:
        super().__init__(MemoryNetwork(real_patience_s=1.0))


class _Counting(MemoryEndpoint):
    submitted = 0
    kept: tuple[bytes, str | Peer, int] | None = None

    def carry(self, frame: bytes, to: str | Peer, token: int) -> None:
        """Count."""
        self.submitted += 1
        if self.submitted == UNLUCKY:
            self.misfortune(frame, to, token)
        else:
            super().carry(frame, to, token)
            if self.kept:
                super().carry(*self.kept)
                self.kept = None

    def misfortune(self, frame: bytes, to: str | Peer, token: int) -> None:
        """Treat one frame as no other."""


class DropsOne(Liar):
    """Says that a frame was sent which it threw away."""

    class endpoint_class(_Counting):
        def misfortune(self, frame: bytes, to: str | Peer, token: int) -> None:
            self.mailbox.arrivals.append(Sent(token, to))


class SwapsTwo(Liar):
    """Lets one frame overtake another."""

    class endpoint_class(_Counting):
        def misfortune(self, frame: bytes, to: str | Peer, token: int) -> None:
            self.kept = (frame, to, token)


class _Editing(MemoryEndpoint):
    """Changes what a wait returns."""

    def wait(self, timeout_s: float | None) -> Sequence[Event]:
        """Lie."""
        return [changed for event in super().wait(timeout_s) for changed in self.edit(event)]

    def edit(self, event: Event) -> Sequence[Event]:
        """Return what is told instead."""
        return [event]


class DeliversTwice(Liar):
    """Delivers one frame twice."""

    class endpoint_class(_Editing):
        received = 0

        def edit(self, event: Event) -> Sequence[Event]:
            self.received += isinstance(event, Received)
            return [event, event] if self.received == UNLUCKY and isinstance(event, Received) else [event]


class ReportsSentTwice(Liar):
    class endpoint_class(_Editing):
        sent = 0

        def edit(self, event: Event) -> Sequence[Event]:
            self.sent += isinstance(event, Sent)
            return [event, event] if self.sent == UNLUCKY and isinstance(event, Sent) else [event]


class ForgetsAnOutcome(Liar):
    class endpoint_class(_Editing):
        sent = 0

        def edit(self, event: Event) -> Sequence[Event]:
            self.sent += isinstance(event, Sent)
            return [] if self.sent == UNLUCKY and isinstance(event, Sent) else [event]


class ReportsWhatItTold(Liar):
    """Says that a frame to a peer has left, and reports it once more."""

    class endpoint_class(MemoryEndpoint):
        def submit(self, frame: Frame, to: str | Peer, token: int) -> bool:
            super().submit(frame, to, token)
            return [*self.mailbox.arrivals][-1:] == [Sent(token, to)]


class TellsOfPlacesAtOnce(Liar):
    """Keeps the peer to itself when a frame to a place has left."""

    class endpoint_class(MemoryEndpoint):
        def submit(self, frame: Frame, to: str | Peer, token: int) -> bool:
            super().submit(frame, to, token)
            side = self._begun.get(to) if isinstance(to, str) else None
            return side is not None and self._take_back(Sent(token, side))


class PromisesWithoutSending(Liar):
    """Says that a frame to a peer has left, and lets it go at the next wait."""

    class endpoint_class(MemoryEndpoint):
        promised: list[tuple[bytes, str | Peer, int]]

        def submit(self, frame: Frame, to: str | Peer, token: int) -> bool:
            self.promised = getattr(self, "promised", [])
            if not isinstance(to, Side) or to.ended or sum(map(len, frame)) > LIMIT:
                return super().submit(frame, to, token)
            self.promised.append((b"".join(frame), to, token))
            return True

        def wait(self, timeout_s: float | None) -> Sequence[Event]:
            for frame, to, token in getattr(self, "promised", []):
                self.carry(frame, to, token)
                self._take_back(Sent(token, to))
            self.promised = []
            return super().wait(timeout_s)


class ForgetsToWake(Liar):
    class endpoint_class(MemoryEndpoint):
        def wake(self) -> None:
            pass


class ForgetsAnEarlyWake(Liar):
    """Only wakes a wait that is under way."""

    class endpoint_class(MemoryEndpoint):
        def wait(self, timeout_s: float | None) -> Sequence[Event]:
            self.mailbox.woken.clear()
            return super().wait(timeout_s)


class SendsTheFirstPart(Liar):
    class endpoint_class(MemoryEndpoint):
        def submit(self, frame: Frame, to: str | Peer, token: int) -> bool:
            return super().submit(frame[:1], to, token)


class SkipsEmptyFrames(Liar):
    class endpoint_class(_Editing):
        def edit(self, event: Event) -> Sequence[Event]:
            return [] if isinstance(event, Received) and not event.frame else [event]


class TruncatesLargeFrames(Liar):
    class endpoint_class(MemoryEndpoint):
        def carry(self, frame: bytes, to: str | Peer, token: int) -> None:
            super().carry(frame[: 3 << 20], to, token)


class AdmitsEverybody(Liar):
    """Never refuses a stranger's large frame, and hands out as many as came."""

    class endpoint_class(MemoryEndpoint):
        def wait(self, timeout_s: float | None) -> Sequence[Event]:
            for side in self.mailbox.sides:
                side.admitted = True
            return super().wait(timeout_s)


class AdmitsNobody(Liar):
    class endpoint_class(MemoryEndpoint):
        def admit(self, peer: Peer) -> None:
            pass


class _Lenient(MemoryNetwork):
    def refuse(self, peer: Somebody) -> None:
        """Let a stranger go on after its large frame was thrown away."""


class RefusesSilently(Liar):
    """Swallows a stranger's large frame, and tells nobody."""

    def __init__(self) -> None:
        MemoryTransport.__init__(self, _Lenient())


class NothingIsGone(Liar):
    class endpoint_class(_Editing):
        def edit(self, event: Event) -> Sequence[Event]:
            return [event._replace(gone=False)] if isinstance(event, Undeliverable) else [event]


class EverythingIsGone(Liar):
    class endpoint_class(_Editing):
        def edit(self, event: Event) -> Sequence[Event]:
            return [event._replace(gone=True)] if isinstance(event, Undeliverable) else [event]


class MumblesAboutLimits(Liar):
    class endpoint_class(_Editing):
        def edit(self, event: Event) -> Sequence[Event]:
            return [event._replace(reason="no")] if isinstance(event, Undeliverable) else [event]


class HasNoLimit(Liar):
    class endpoint_class(MemoryEndpoint):
        def submit(self, frame: Frame, to: str | Peer, token: int) -> bool:
            self.carry(b"".join(frame), to, token)
            return False


class TellsTheDropper(Liar):
    class endpoint_class(MemoryEndpoint):
        def drop(self, peer: Peer) -> None:
            super().drop(peer)
            self.mailbox.arrivals.append(Lost(peer))


class TellsNobodyOfADrop(Liar):
    class endpoint_class(MemoryEndpoint):
        def drop(self, peer: Peer) -> None:
            assert isinstance(peer, Side)
            peer.ended = True


class DropsWhatWasSent(Liar):
    class endpoint_class(MemoryEndpoint):
        def drop(self, peer: Peer) -> None:
            assert isinstance(peer, Side)
            if peer.other and not peer.ended:
                _unread(peer.other.mailbox)
            super().drop(peer)


class ClosesWithoutAWord(Liar):
    class endpoint_class(MemoryEndpoint):
        def close(self) -> None:
            for side in self.mailbox.sides:
                side.ended = True
            self.mailbox.sides.clear()
            super().close()


class ClosingLosesWhatWasSent(Liar):
    class endpoint_class(MemoryEndpoint):
        def close(self) -> None:
            for side in self.mailbox.sides:
                if side.other:
                    _unread(side.other.mailbox)
            super().close()


def _unread(mailbox: Mailbox) -> None:
    for entry in [entry for entry in mailbox.arrivals if isinstance(entry, Arrival)]:
        mailbox.arrivals.remove(entry)


class ForgetsPlaces(Liar):
    """Does not say which place a lost conversation was begun with."""

    class endpoint_class(_Editing):
        def edit(self, event: Event) -> Sequence[Event]:
            return [event._replace(place=None)] if isinstance(event, Lost) else [event]


class ClosesOnce(Liar):
    class endpoint_class(MemoryEndpoint):
        closed = False

        def close(self) -> None:
            if self.closed:
                raise OSError("closed already")
            self.closed = True
            super().close()


class WaitsTooLong(Liar):
    class endpoint_class(MemoryEndpoint):
        def wait(self, timeout_s: float | None) -> Sequence[Event]:
            return super().wait(timeout_s + 3 if timeout_s else timeout_s)


class WaitsALittleIfTold0(Liar):
    """Waits for a second, at the first look, although it was only to look."""

    class endpoint_class(MemoryEndpoint):
        waited = False

        def wait(self, timeout_s: float | None) -> Sequence[Event]:
            if timeout_s == 0 and not self.waited:
                timeout_s = 1.0
            self.waited = True
            return super().wait(timeout_s)


class SharesPlaces(Liar):
    """Gives a used place away again."""

    class endpoint_class(MemoryEndpoint):
        def invite(self, at: str | None = None) -> Invitation:
            try:
                return super().invite(at)
            except AddressInUse:
                return super().invite()


class ForgetsEarlyMail(Liar):
    def open(self, invitation: Invitation | None = None) -> MemoryEndpoint:
        """Begin with an empty mailbox."""
        endpoint = super().open(invitation)
        _unread(endpoint.mailbox)
        return endpoint


@attrs.frozen
class _Sticky(MemoryInvitation):
    def release(self) -> None:
        """Keep the place."""


class NeverReleases(Liar):
    class endpoint_class(MemoryEndpoint):
        def invite(self, at: str | None = None) -> Invitation:
            mailbox = self.network.reserve(at)
            return _Sticky(mailbox.where, network=self.network, mailboxes=[mailbox])


@attrs.frozen
class _Grasping(MemoryInvitation):
    def take_mailbox(self) -> Mailbox:
        """Keep the mailbox although it is given away."""
        return self._mailboxes[0]


class ReleasesWhatIsNotItsOwn(Liar):
    class endpoint_class(MemoryEndpoint):
        def invite(self, at: str | None = None) -> Invitation:
            mailbox = self.network.reserve(at)
            return _Grasping(mailbox.where, network=self.network, mailboxes=[mailbox])


class StopsForSlowReaders(Liar):
    """Lets the sender wait while much is unread."""

    class endpoint_class(MemoryEndpoint):
        def carry(self, frame: bytes, to: str | Peer, token: int) -> None:
            if len(frame) > 1 << 16 and self.submitted_large > 8:
                self.network.advance(self.network.now + 1)
            self.submitted_large += len(frame) > 1 << 16
            super().carry(frame, to, token)

        submitted_large = 0


class BeginsAnewEachTime(Liar):
    """Begins a conversation for each frame to a place."""

    class endpoint_class(MemoryEndpoint):
        def carry(self, frame: bytes, to: str | Peer, token: int) -> None:
            if isinstance(to, str):
                self._begun.pop(to, None)
            super().carry(frame, to, token)


class LeavesFilesOpen(Liar):
    left: list[int] = []

    class endpoint_class(MemoryEndpoint):
        def close(self) -> None:
            super().close()
            LeavesFilesOpen.left += os.pipe()


class RaisesForNobody(Liar):
    class endpoint_class(_Editing):
        def edit(self, event: Event) -> Sequence[Event]:
            if isinstance(event, Undeliverable) and event.gone:
                raise ConnectionRefusedError(event.reason)
            return [event]


LIARS = [Liar.__name__, *(liar.__name__ for liar in Liar.__subclasses__())]
