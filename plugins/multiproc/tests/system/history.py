"""Runs a history: senders, targets, kills at random; every message is written down with what became of it."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs

from plugins.multiproc.tests.system.journal import BEGUN, POISONED, Account, Journal, count, records, settle
from plugins.multiproc.tests.system.journal_actors import (
    Burst,
    Open,
    Sender,
    Target,
    Undertaker,
    next_burst,
)
from thespian_core.addresses import ActorAddress
from thespian_core.api.system import ActorSystem
from thespian_core.messages import PoisonMessage
from thespian_core.testing.contract import PATIENCE_S
from thespian_core.testing.steps import wait_until

GLANCE_S = 0.01  # how often the journals are looked at
PROGRAM = 0  # the program is a sender too


@attrs.define
class Alive:
    """An actor of the history."""

    address: ActorAddress
    pid: int
    journal: Path


class History:
    """One run.

    Args:
        asys: the system.
        folder: for the journals; empty.
        seed: of all choices.
        senders: how many there are, the program not counted.
        targets: how many there are at a time.
    """

    def __init__(self, asys: ActorSystem, folder: Path, seed: int, senders: int, targets: int) -> None:
        self._asys, self._folder = asys, folder
        self._chance = random.Random(seed)
        self.sent = {PROGRAM: 0}
        self.killed_senders: set[int] = set()
        self.kills = self.kills_in_handlers = 0
        self._journals = 0
        self._own = Journal(str(folder / "program"))
        self._undertaker = self._new(Undertaker, 0)
        wait_until(asys, lambda status: status.deadLetterHandler == self._undertaker.address)
        self._senders: dict[int, Alive] = {}
        self._targets: dict[int, Alive] = {}
        self._last_target = self._last_sender = 0
        for _ in range(senders):
            self._add_sender()
        for _ in range(targets):
            self._add_target()

    def _new(self, actor: type, index: int) -> Alive:
        self._journals += 1
        path = self._folder / f"{actor.__name__}-{self._journals}"
        address = self._asys.createActor(actor)
        self._asys.tell(address, Open(str(path), index))
        pid: int = self._listen_for(lambda answer: isinstance(answer, int))
        return Alive(address, pid, path)

    def _add_target(self) -> None:
        self._last_target += 1
        self._targets[self._last_target] = self._new(Target, self._last_target)

    def _add_sender(self) -> None:
        self._last_sender += 1
        self._senders[self._last_sender] = self._new(Sender, self._last_sender)
        self.sent[self._last_sender] = 0

    def round(self, messages: int, kill_sender: bool = False) -> None:
        """Have everybody send at once, and kill two targets: one in a handler, one at any moment."""
        chance = self._chance
        each = messages // (len(self._senders) + 1)
        caught, other = chance.sample(sorted(self._targets), 2)
        addresses = {index: target.address for index, target in self._targets.items()}
        bursts = {
            index: Burst(each, chance.randrange(1 << 30), addresses, caught, hang=chance.random() < 0.5)
            for index in [*self._senders, PROGRAM]
        }
        due = {index: number + each for index, number in self.sent.items()}
        some_sender = chance.choice(sorted(self._senders))
        bursts[some_sender] = attrs.evolve(bursts[some_sender], hang=True)
        for index, sender in self._senders.items():
            self._asys.tell(sender.address, bursts[index])
        if kill_sender:
            self._kill_sender(chance.choice([one for one in self._senders if one != some_sender]), each)
        self._kill_after(other, chance.randrange(each))
        for to, message in next_burst(bursts[PROGRAM], PROGRAM, self.sent[PROGRAM]):
            self._asys.tell(to, message)
        self.sent[PROGRAM] += each
        self._wait(lambda: self._have_sent(due))
        self._kill_in_handler(caught)
        if kill_sender:
            self._add_sender()
        self._add_target()
        self._add_target()

    def _have_sent(self, due: dict[int, int]) -> bool:
        self._listen(GLANCE_S)
        return all(self.sent[index] == due[index] for index in self._senders)

    def _kill_sender(self, index: int, each: int) -> None:
        sender = self._senders.pop(index)
        self.sent[index] += each  # at most
        self.killed_senders.add(index)
        os.kill(sender.pid, signal.SIGKILL)
        self.kills += 1

    def _kill_after(self, index: int, more: int) -> None:
        """Kill a target when it has noted so many more records, or when it does nothing any more."""
        target = self._targets.pop(index)
        enough = count(target.journal) + more
        until = time.monotonic() + self._chance.random() * 0.3
        while count(target.journal) < enough and time.monotonic() < until:
            self._listen(GLANCE_S)
        os.kill(target.pid, signal.SIGKILL)
        self.kills += 1

    def _kill_in_handler(self, index: int) -> None:
        """Kill a target once it hangs in its handler."""
        target = self._targets.pop(index)

        def hangs() -> bool:
            before = count(target.journal)
            last = [what for what, *_ in records(target.journal)][-1:]
            self._listen(GLANCE_S)
            return last == [BEGUN] and count(target.journal) == before

        self._wait(hangs)
        os.kill(target.pid, signal.SIGKILL)
        self.kills += 1
        self.kills_in_handlers += 1

    def finish(self) -> Account:
        """Wait until every message has ended, and return what became of all."""
        expected = sum(number for index, number in self.sent.items() if index not in self.killed_senders)
        until = time.monotonic() + PATIENCE_S
        while True:
            account = self.account()
            ended = sum(account.outcomes.values())
            if (ended >= expected and not account.wrong) or time.monotonic() > until:
                break
            self._listen(10 * GLANCE_S)
        self._asys.shutdown()
        return self.account()

    def close(self) -> None:
        """Give the program's own journal up."""
        self._own.close()

    def account(self) -> Account:
        """Return what became of all messages up to now."""
        return settle(self._folder, self.sent, self.killed_senders)

    # Listening

    def _listen(self, timeout_s: float) -> Any:
        answer = self._asys.listen(timeout_s)
        if isinstance(answer, PoisonMessage):
            if isinstance(answer.poisonMessage, tuple):  # else it is the order of a killed sender
                _, target, whose, number, _ = answer.poisonMessage
                self._own.note(POISONED, target, whose, number)
            return None
        if isinstance(answer, tuple):
            _, index, self.sent[index] = answer
            return None
        return answer

    def _listen_for(self, is_it: Callable[[Any], bool]) -> Any:
        until = time.monotonic() + PATIENCE_S
        while (left_s := until - time.monotonic()) > 0:
            answer = self._listen(left_s)
            if answer is not None and is_it(answer):
                return answer
        raise AssertionError("what had to come did not come")

    def _wait(self, is_so: Callable[[], bool]) -> None:
        until = time.monotonic() + PATIENCE_S
        while not is_so():
            assert time.monotonic() < until, "what had to happen did not happen"
