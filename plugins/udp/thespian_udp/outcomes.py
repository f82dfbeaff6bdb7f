"""What became of frames to places: they have left, unless the network says soon that nobody was there.

For each place, the frames whose outcome is not known yet:

============================== =======================================================
what happens                   what is reported
============================== =======================================================
a datagram comes from there    ``Sent`` of all, before it
a datagram to it is refused    ``Undeliverable`` of the first; without any, that it is
                               about a frame whose outcome was told already
the time is up                 ``Sent`` of those whose time that was
============================== =======================================================
"""

from __future__ import annotations

from collections import deque

from thespian_multiproc.transport.interface import Event, Sent, Undeliverable
from thespian_udp.places import SocketAddress
from thespian_udp.refusals import Refusal

# Our choice: on one machine a refusal is there when the call returns, unless the system is very busy.
REFUSED_WITHIN_S = 0.005


class Outcomes:
    """Frames to places that have left this process.

    Args:
        events: where outcomes are reported.

    Attributes:
        due: until when nothing is known of which address; empty where there is nothing to do.
    """

    def __init__(self, events: list[Event]) -> None:
        self._events = events
        self._open: dict[SocketAddress, deque[tuple[float, int]]] = {}
        self.due: deque[tuple[float, SocketAddress]] = deque()

    @property
    def next_at(self) -> float | None:
        """When :meth:`decide` has something to do, or None."""
        return self.due[0][0] if self.due else None

    def await_refusal(self, address: SocketAddress, token: int, now: float) -> None:
        """A frame has left for a place."""
        until = now + REFUSED_WITHIN_S
        self._open.setdefault(address, deque()).append((until, token))
        self.due.append((until, address))

    def heard(self, address: SocketAddress) -> None:
        """Somebody is there."""
        if self._open:
            for _, token in self._open.pop(address, ()):
                self._events.append(Sent(token, address))

    def refused(self, refusal: Refusal) -> bool:
        """A datagram did not arrive; whether it was none of these, and nobody is there any more."""
        frames = self._open.get(refusal.address)
        if frames is None:
            return refusal.gone
        _, token = frames.popleft()
        if not frames:
            del self._open[refusal.address]
        self._events.append(Undeliverable(token, f"nobody took it: {refusal.reason}", refusal.gone))
        return False

    def decide(self, now: float) -> None:
        """Call those sent that nobody has refused in time."""
        while self.due and self.due[0][0] <= now:
            address = self.due.popleft()[1]
            frames = self._open.get(address)
            while frames and frames[0][0] <= now:
                self._events.append(Sent(frames.popleft()[1], address))
            if frames is not None and not frames:
                del self._open[address]
