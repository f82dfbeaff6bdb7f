"""Several mailboxes on one network in memory, each with its conversations, under one virtual clock."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from functools import partial
from math import inf

import attrs

from thespian_multiproc.protocol.limits import Limits
from thespian_multiproc.protocol.session_effects import (
    Admit,
    Complaint,
    Doubtful,
    Drop,
    Effect,
    Incoming,
    Lifeless,
    Submit,
)
from thespian_multiproc.protocol.sessions import Sessions
from thespian_multiproc.transport.interface import Endpoint
from thespian_multiproc.transport.memory import (
    Faults,
    MemoryDatagramTransport,
    MemoryNetwork,
    MemoryTransport,
)

KEY = b"k" * 32
SMALL = Limits(window_bytes=300, batch_bytes=100, tell_after_messages=8, frame_bytes=150, flying_bytes=900)


@attrs.define(eq=False)
class Member:
    """One mailbox: what it does, and what it saw, by correspondent."""

    name: str
    sessions: Sessions
    endpoint: Endpoint
    seen: dict[str, list[bytes]] = attrs.field(factory=dict)
    lifeless: dict[str, list[bytes]] = attrs.field(factory=dict)
    complaints: list[str] = attrs.field(factory=list)
    alive: bool = True


class Simulation:
    """Runs everything; every choice comes from one seed.

    Args:
        seed: of all choices.
        ordered: conversations as over TCP, or datagrams.
        faults: what goes wrong, until :meth:`heal`.
        keys: of each member, when they differ.
    """

    def __init__(
        self,
        seed: int,
        ordered: bool,
        faults: Faults,
        names: Iterable[str],
        keys: dict[str, bytes] | None = None,
    ) -> None:
        self.random = random.Random(seed)
        self.network = MemoryNetwork(seed, faults)
        kind = MemoryTransport if ordered else MemoryDatagramTransport
        self.members: dict[str, Member] = {}
        self.sent: dict[tuple[str, str], list[bytes]] = {}
        self._ordered = ordered
        for name in names:
            self._add(name, kind(self.network).open(), (keys or {}).get(name, KEY))

    def _add(self, name: str, endpoint: Endpoint, key: bytes) -> None:
        ordered = self._ordered
        sessions = Sessions(key, name, ordered, not ordered, self._nonce, SMALL)
        self.members[name] = Member(name, sessions, endpoint)

    def send(self, sender: str, to: str, message: bytes) -> None:
        """Let one member write to another."""
        self.sent.setdefault((sender, to), []).append(message)
        member = self.members[sender]
        where = self.members[to].endpoint.where
        self._carry_out(member, member.sessions.send(to, where, message, self.network.now))

    def kill(self, name: str) -> None:
        """Let a mailbox go, and everybody be told of it, as by who watches processes."""
        self.members[name].alive = False
        self.members[name].endpoint.close()
        for member in self._living():
            self._carry_out(member, member.sessions.died(name, 0, 0, "it was killed", self.network.now))

    def move_in(self, name: str, after: str) -> None:
        """Let a mailbox go unnoticed, and another one have its place."""
        before = self.members[after]
        before.alive = False
        before.endpoint.close()
        kind = MemoryTransport if self._ordered else MemoryDatagramTransport
        somebody = next(self._living_members())
        self._add(name, kind(self.network).open(somebody.endpoint.invite(before.endpoint.where)), KEY)

    def run(self, for_s: float) -> None:
        """Let time pass."""
        until = self.network.now + for_s
        while True:
            happened = False
            for member in self._living():
                for event in member.endpoint.wait(0):
                    happened = True
                    self._carry_out(member, member.sessions.happened(event, self.network.now))
            if happened:
                continue  # what was carried out may have an outcome already
            now = self.network.now
            ticks = [(member.sessions.next_tick, member) for member in self._living()]
            due = [member for at, member in ticks if at <= now]
            for member in due:
                self._carry_out(member, member.sessions.tick(now))
            times = [at for at, _ in ticks if now < at < inf]
            if (arrives := self.network.next_at) is not None:
                times.append(arrives)
            if due:
                continue
            if not times or min(times) > until:
                self.network.advance(until)
                return
            self.network.advance(max(min(times), now))

    def _living(self) -> list[Member]:
        return list(self._living_members())

    def _living_members(self) -> Iterator[Member]:
        return (member for member in self.members.values() if member.alive)

    def _nonce(self) -> bytes:
        return self.random.randbytes(32)

    def _carry_out(self, member: Member, effects: Iterable[Effect]) -> None:
        for effect in effects:
            match effect:
                case Submit(frame, to, token):
                    member.endpoint.submit(frame, to, token)
                case Admit(peer):
                    member.endpoint.admit(peer)
                case Drop(peer):
                    member.endpoint.drop(peer)
                case Incoming(sender, _, messages):
                    member.seen.setdefault(sender, []).extend(map(bytes, messages))
                    later = self.network.now + self.random.random() * 0.05
                    self.network.schedule(later, partial(self._handle, member, sender, len(messages)))
                case Doubtful(name):
                    later = self.network.now + self.random.random() * 0.05
                    self.network.schedule(later, partial(self._answer, member, name))
                case Lifeless(to, _, messages):
                    member.lifeless.setdefault(to, []).extend(map(bytes, messages))
                case Complaint(_, reason):
                    member.complaints.append(reason)

    def _handle(self, member: Member, sender: str, count: int) -> None:
        if member.alive:
            self._carry_out(member, member.sessions.handled(sender, count, self.network.now))

    def _answer(self, member: Member, name: str) -> None:
        """Say what became of somebody, as who watches processes does."""
        if not member.alive:
            return
        now = self.network.now
        if name in self.members and self.members[name].alive:
            self._carry_out(member, member.sessions.lives(name, now))
        else:
            self._carry_out(member, member.sessions.died(name, 0, 0, "it was killed", now))
