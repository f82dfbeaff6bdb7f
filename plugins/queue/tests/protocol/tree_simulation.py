"""A relay and its mailboxes without any process: bytes move between them as a seed says."""

from __future__ import annotations

import random
from collections import Counter

import attrs

from thespian_multiproc.transport.interface import Frame, Lost, Peer, Received, Sent, Undeliverable
from thespian_queue.protocol.mailbox import Mailbox
from thespian_queue.protocol.records import Kind, split
from thespian_queue.protocol.switch import Switch

PIPE_BYTES = 5_000  # what a queue has room for: less than a piece, so that everything is torn


@attrs.define(eq=False)
class Member:
    """One mailbox, its two queues, and what its owner saw."""

    line: int
    mailbox: Mailbox
    up: bytearray = attrs.field(factory=bytearray)
    down: bytearray = attrs.field(factory=bytearray)
    torn: bytearray = attrs.field(factory=bytearray)  # what was read, and is no whole record yet
    unread: bytearray = attrs.field(factory=bytearray)  # the same at the relay
    unwritten: bytearray = attrs.field(factory=bytearray)  # what the relay has no room to write
    writing: bytearray = attrs.field(factory=bytearray)
    frames: list[tuple[Peer, bytes]] = attrs.field(factory=list)
    outcomes: list[Sent | Undeliverable] = attrs.field(factory=list)
    lost: list[Lost] = attrs.field(factory=list)
    admits: bool = True
    reads: bool = True
    alive: bool = True

    def texts(self) -> list[bytes]:
        """Return all frames that came in."""
        return [frame for _, frame in self.frames]


class TreeSimulation:
    """Moves bytes.

    Args:
        seed: of every choice.
        names: of the mailboxes.
    """

    def __init__(self, seed: int, *names: str) -> None:
        self.random = random.Random(seed)
        self.switch = Switch()
        self.members: dict[str, Member] = {}
        self.relay_lives = True
        self._token = 0
        for number, name in enumerate(names, start=1):
            place = self.switch.connect(number)
            assert place is not None
            member = self.members[name] = Member(number, Mailbox(place))
            (welcome,), _ = split(b"".join(self.switch.outgoing.pop(number)))
            assert (welcome.kind, welcome.data.decode()) == (Kind.WELCOME, place)
            assert member.mailbox.where == place

    def send(self, name: str, frame: bytes | Frame, to: str | Peer) -> int:
        """Submit a frame to a member or a peer; return its token."""
        self._token += 1
        place = self.members[to].mailbox.where if isinstance(to, str) and to in self.members else to
        self.members[name].mailbox.submit([frame] if isinstance(frame, bytes) else frame, place, self._token)
        return self._token

    def kill(self, name: str) -> None:
        """End a mailbox's process: what it has written is still read."""
        self.members[name].alive = False

    def run(self, steps: int | None = None) -> None:
        """Move bytes, so many times, or until nothing moves any more."""
        idle = 0
        while steps is None or steps > 0:
            moved = self._step()
            steps = None if steps is None else steps - 1
            idle = 0 if moved else idle + 1
            if idle > 40 * len(self.members) and not any(self._move(m) for m in self.members.values()):
                return

    def _step(self) -> bool:
        return self._move(self.random.choice(list(self.members.values())))

    def _move(self, member: Member) -> bool:
        ways = [self._attend, self._write_up, self._read_up, self._write_down]
        self.random.shuffle(ways)
        moved = [way(member) for way in ways]
        return any(moved)

    def _some(self, most: int) -> int:
        return self.random.randint(1, most) if self.random.random() < 0.5 else most

    def _write_up(self, member: Member) -> bool:
        outgoing = member.mailbox.outgoing
        if not member.writing and outgoing and member.alive:
            record, talk, token = outgoing.popleft()
            member.writing += record
            if token is not None:
                member.outcomes.append(Sent(token, talk))
        room = PIPE_BYTES - len(member.up)
        if not member.alive or not member.writing or room <= 0:
            return False
        size = self._some(room)
        member.up += member.writing[:size]
        del member.writing[:size]
        return True

    def _read_up(self, member: Member) -> bool:
        if not self.relay_lives or self.switch.line_at(member.mailbox.where) is None:
            return False
        if not member.up:
            if not member.alive:
                self.switch.disconnect(member.line)
                return True
            return False
        size = self._some(len(member.up))
        member.unread += member.up[:size]
        del member.up[:size]
        taken = self.switch.hear(member.line, member.unread)
        del member.unread[:taken]
        return True

    def _write_down(self, member: Member) -> bool:
        member.unwritten += b"".join(self.switch.outgoing.pop(member.line, []))
        room = PIPE_BYTES - len(member.down)
        if not self.relay_lives or not member.unwritten or room <= 0:
            return False
        size = self._some(room)
        member.down += member.unwritten[:size]
        del member.unwritten[:size]
        return True

    def _attend(self, member: Member) -> bool:
        if not member.alive or not member.reads:
            return False
        mailbox = member.mailbox
        mailbox.resume()
        has_read = bool(member.down)
        member.torn += member.down
        member.down.clear()
        records, rest = split(bytes(member.torn))
        member.torn[:] = rest
        for record in records:
            mailbox.hear(record)
        if not self.relay_lives and not has_read and not mailbox.is_cut_off:
            mailbox.cut_off()
            has_read = True
        events, mailbox.events = mailbox.events, []
        strangers = Counter(e.peer for e in events if isinstance(e, Received) and not _is_admitted(e.peer))
        assert all(count == 1 for count in strangers.values())
        for event in events:
            if isinstance(event, Received):
                member.frames.append((event.peer, bytes(event.frame)))
                if member.admits:
                    mailbox.admit(event.peer)  # type: ignore[arg-type]
            elif isinstance(event, Lost):
                member.lost.append(event)
            else:
                member.outcomes.append(event)
        return has_read or bool(events)


def _is_admitted(peer: Peer) -> bool:
    return bool(getattr(peer, "admitted", False))
