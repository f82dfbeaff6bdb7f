"""Many mailboxes that begin to talk at once where one slow processor does the work of all."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from itertools import count

import attrs
import pytest

from thespian_multiproc.protocol.fields import kind_of
from thespian_multiproc.protocol.roundtrips import LONGEST_WAIT_S, RoundTrips
from thespian_multiproc.protocol.session_effects import Effect, Incoming, Submit
from thespian_multiproc.protocol.sessions import Sessions
from thespian_multiproc.transport.interface import Received, Sent


@attrs.frozen
class Place:
    """Whom datagrams come from, and go to."""

    name: str


class BusyMachine:
    """Every frame takes time to handle, and is handled after all that came before.

    Args:
        names: of the mailboxes.
        frame_s: how long a frame takes.
    """

    def __init__(self, names: Iterable[str], frame_s: float) -> None:
        nonces = count(1)
        self.mailboxes = {
            name: Sessions(b"k" * 32, name, False, False, lambda: next(nonces).to_bytes(32, "big"))
            for name in names
        }
        self.now = 0.0
        self.handled: Counter[str] = Counter()  # frames, by kind
        self.seen: Counter[str] = Counter()  # messages, by who got them
        self._frame_s = frame_s
        self._queue: deque[tuple[str, bytes, Place]] = deque()

    def all_write_to_all(self) -> None:
        """Let each send every other one message."""
        for name, sessions in self.mailboxes.items():
            for other in self.mailboxes:
                if other != name:
                    self._carry_out(name, sessions.send(other, other, b"hi", self.now))

    def run(self, until: float) -> None:
        """Let time pass until then, or until nothing is left to be done by then."""
        while self.now < until:
            if self._queue:
                to, frame, peer = self._queue.popleft()
                self.now += self._frame_s
                self.handled[(kind_of(frame) or b"other").decode()] += 1
                self._carry_out(to, self.mailboxes[to].happened(Received(frame, peer), self.now))
                self._tick(to)
            else:
                next_tick = min(each.next_tick for each in self.mailboxes.values())
                if next_tick > until:
                    return
                self.now = max(self.now, next_tick)
                for name in self.mailboxes:
                    self._tick(name)

    def _tick(self, name: str) -> None:
        if self.mailboxes[name].next_tick <= self.now:
            self._carry_out(name, self.mailboxes[name].tick(self.now))

    def _carry_out(self, name: str, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case Submit(frame, to, token):
                    place = Place(to) if isinstance(to, str) else to
                    assert isinstance(place, Place)
                    self._queue.append((place.name, b"".join(frame), Place(name)))
                    self._carry_out(name, self.mailboxes[name].happened(Sent(token, place), self.now))
                case Incoming(sender, _, messages):
                    self.seen[name] += len(messages)
                    self._carry_out(name, self.mailboxes[name].handled(sender, len(messages), self.now))


@pytest.mark.parametrize("frame_s", [0.000_1, 0.001, 0.01])
def test_on_a_slow_machine_all_get_through_and_few_frames_are_repetitions(frame_s: float) -> None:
    members = 30
    machine = BusyMachine([f"m{n:02}" for n in range(members)], frame_s)
    machine.all_write_to_all()
    pairs = members * (members - 1) // 2
    machine.run(until=60 * pairs * frame_s)
    assert machine.seen == dict.fromkeys(machine.mailboxes, members - 1)
    steps = [machine.handled[kind] for kind in "HCPW"]
    assert min(steps) >= pairs
    assert sum(steps) < 3 * 4 * pairs, machine.handled


def test_what_one_conversation_has_learnt_the_others_wait_for_and_never_for_too_long() -> None:
    trips = RoundTrips()
    assert trips.wait_s == 0
    for _ in range(20):
        trips.took(0.5)
    assert 0.5 <= trips.wait_s < 0.6
    for _ in range(20):
        trips.took(1000.0)
    assert trips.wait_s == LONGEST_WAIT_S
    for _ in range(100):
        trips.took(0.001)
    assert trips.wait_s < 0.01
