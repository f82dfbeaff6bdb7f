"""The actor in the middle: finds the files, hands them out, and sees to it that none is lost."""

from __future__ import annotations

from collections import Counter, deque
from itertools import islice
from typing import ClassVar

import attrs

from examples.wordcount import counting
from examples.wordcount import messages as m
from examples.wordcount.actors import Aggregator, Reader, reason_in
from thespian.actors import (
    ActorAddress,
    ActorExitRequest,
    ActorTypeDispatcher,
    ChildActorExited,
    PoisonMessage,
    WakeupMessage,
)

TRIES = 2  # a second reader shows whether it was the first one or the files
FIND_AT_ONCE = 5  # batches; their 250 files are found in some 10 ms


class Coordinator(ActorTypeDispatcher):
    """Takes one small step for each wake-up, and asks for the next wake-up at once.

    Between two steps there is time for the program's questions, also where every actor runs in its
    process. A batch is done when the aggregator says that it is in the totals.
    """

    reader_class: ClassVar[type[Reader]] = Reader
    aggregator_class: ClassVar[type[Aggregator]] = Aggregator

    def __init__(self) -> None:
        self._open: dict[int, m.Batch] = {}  # found, and not yet counted
        self._waiting: deque[int] = deque()  # those of them that no reader has
        self._reader_of: dict[int, ActorAddress] = {}
        self._tries: Counter[int] = Counter()
        self._readers: set[ActorAddress] = set()
        self._free: deque[ActorAddress] = deque()
        self._progress = m.Progress(0, 0, 0, 0, is_searching=True)
        self._awaits_wakeup = False

    def receiveMsg_CountFiles(self, order: m.CountFiles, program: ActorAddress) -> None:
        """Begin."""
        self._order = order
        self._program = program
        self._aggregator = self.createActor(self.aggregator_class)
        self._search = enumerate(counting.in_batches(counting.find_files(order.path)))
        self._go_on()

    def receiveMsg_ReportProgress(self, _question: m.ReportProgress, program: ActorAddress) -> None:
        """Say how far the work is."""
        self.send(program, self._progress)

    def receiveMsg_WakeupMessage(self, _message: WakeupMessage, _sender: ActorAddress) -> None:
        """Find some files, until all are found, and hand out one batch."""
        self._awaits_wakeup = False
        if self._progress.is_searching:
            self._find_some()
        if self._waiting and (reader := self._free_reader()) is not None:
            number = self._waiting.popleft()
            self._reader_of[number] = reader
            self._tries[number] += 1
            self.send(reader, self._open[number])
            self._go_on()

    def receiveMsg_BatchRead(self, _done: m.BatchRead, reader: ActorAddress) -> None:
        """Have the next batch ready for this reader."""
        if reader in self._readers:
            self._free.append(reader)
            self._go_on()

    def receiveMsg_BatchCounted(self, counted: m.BatchCounted, _sender: ActorAddress) -> None:
        """Strike the batch off the list."""
        self._progress = self._progress.with_counted(self._open.pop(counted.number))
        self._reader_of.pop(counted.number, None)
        if counted.number in self._waiting:  # its reader ended, but the counts were on their way
            self._waiting.remove(counted.number)
        self._end_if_done()

    def receiveMsg_ChildActorExited(self, exited: ChildActorExited, _sender: ActorAddress) -> None:
        """Replace a reader; nothing can replace what the aggregator knew."""
        if exited.childAddress == self._aggregator:
            self._fail("the aggregator ended before it sent the totals")
        else:
            self._do_without(exited.childAddress, "its reader ended")

    def receiveMsg_PoisonMessage(self, poison: PoisonMessage, sender: ActorAddress) -> None:
        """Replace a reader that failed on a batch: another one, with a clean start, may fare better."""
        if not isinstance(poison.poisonMessage, m.Batch):
            self._fail(reason_in(poison))
        elif sender in self._readers:
            self._do_without(sender, f"its reader failed: {reason_in(poison)}")
            self.send(sender, ActorExitRequest())

    def receiveMsg_CountingFailed(self, failed: m.CountingFailed, _sender: ActorAddress) -> None:
        """Pass it on to the program."""
        self._fail(failed.reason)

    def _go_on(self) -> None:
        if not self._awaits_wakeup:
            self._awaits_wakeup = True
            self.wakeupAfter(0)

    def _find_some(self) -> None:
        found = list(islice(self._search, FIND_AT_ONCE))
        for number, files in found:
            self._open[number] = batch = m.Batch(number, files, self._aggregator)
            self._waiting.append(number)
            self._progress = self._progress.with_found(batch)
        if not found:
            self._progress = attrs.evolve(self._progress, is_searching=False)
        self._go_on()
        self._end_if_done()

    def _free_reader(self) -> ActorAddress | None:
        if self._free:
            return self._free.popleft()
        if len(self._readers) == self._order.workers:
            return None
        reader = self.createActor(self.reader_class)
        self._readers.add(reader)
        return reader

    def _do_without(self, reader: ActorAddress, why: str) -> None:
        if reader not in self._readers:
            return  # a reader that fails and ends is heard of twice
        self._readers.remove(reader)
        if reader in self._free:
            self._free.remove(reader)
        for number in [number for number, its in self._reader_of.items() if its == reader]:
            del self._reader_of[number]
            if self._tries[number] < TRIES:
                self._waiting.appendleft(number)
            else:
                skipped = tuple(m.Skipped(file.path, why) for file in self._open[number].files)
                self.send(self._aggregator, m.BatchCounts(number, self.myAddress, skipped=skipped))
        self._go_on()

    def _end_if_done(self) -> None:
        if not self._open and not self._progress.is_searching:
            self.send(self._aggregator, m.SendTotals(self._program, self._order.top))

    def _fail(self, reason: str) -> None:
        self.send(self._program, m.CountingFailed(reason))
