"""Readers, aggregators and coordinators that fail on purpose, in a module that any process can import.

A reader meets ``frail.txt``; the file ``frail.seen`` beside it tells the next one that it is not the first.
"""

from __future__ import annotations

from pathlib import Path

from examples.wordcount.actors import Aggregator, Reader
from examples.wordcount.coordinator import Coordinator
from examples.wordcount.messages import Batch, BatchCounts
from thespian.actors import ActorAddress, WakeupMessage


def is_first_to_meet(batch: Batch) -> bool:
    """Whether the batch holds the frail file, and no reader has met it before."""
    for file in batch.files:
        seen = Path(file.path).with_suffix(".seen")
        if file.path.endswith("frail.txt") and not seen.exists():
            seen.touch()
            return True
    return False


class EndsAtFirst(Reader):
    """Ends before it counts the frail file."""

    def receiveMsg_Batch(self, batch: Batch, coordinator: ActorAddress) -> None:
        if is_first_to_meet(batch):
            raise SystemExit
        super().receiveMsg_Batch(batch, coordinator)


class EndsAfterwards(Reader):
    """Ends when it has sent what it counted."""

    def receiveMsg_Batch(self, batch: Batch, coordinator: ActorAddress) -> None:
        ends = is_first_to_meet(batch)  # which leaves its mark before anybody has the answer
        super().receiveMsg_Batch(batch, coordinator)
        if ends:
            raise SystemExit


class StaysConfused(Reader):
    """Meets the frail file, and fails on all batches from then on."""

    confused = False

    def receiveMsg_Batch(self, batch: Batch, coordinator: ActorAddress) -> None:
        self.confused = self.confused or is_first_to_meet(batch)
        if self.confused:
            raise ValueError("confused")
        super().receiveMsg_Batch(batch, coordinator)


class AlwaysEnds(Reader):
    """Ends whenever the frail file is in the batch."""

    def receiveMsg_Batch(self, batch: Batch, coordinator: ActorAddress) -> None:
        if any(file.path.endswith("frail.txt") for file in batch.files):
            raise SystemExit
        super().receiveMsg_Batch(batch, coordinator)


class AlwaysFails(Reader):
    """Cannot count anything."""

    def receiveMsg_Batch(self, batch: Batch, coordinator: ActorAddress) -> None:
        raise ValueError("no idea how")


class NeverBegins(Reader):
    """Cannot even be created."""

    def __init__(self) -> None:
        raise ValueError("no way")


class Endless(Aggregator):
    """Ends at the first batch."""

    def receiveMsg_BatchCounts(self, counts: BatchCounts, sender: ActorAddress) -> None:
        raise SystemExit


class Sumless(Aggregator):
    """Cannot add."""

    def receiveMsg_BatchCounts(self, counts: BatchCounts, sender: ActorAddress) -> None:
        raise ValueError("cannot add")


class WithEndsAtFirst(Coordinator):
    reader_class = EndsAtFirst


class WithEndsAfterwards(Coordinator):
    reader_class = EndsAfterwards


class WithStaysConfused(Coordinator):
    reader_class = StaysConfused


class WithAlwaysEnds(Coordinator):
    reader_class = AlwaysEnds


class WithAlwaysFails(Coordinator):
    reader_class = AlwaysFails


class WithNeverBegins(Coordinator):
    reader_class = NeverBegins


class WithEndless(Coordinator):
    aggregator_class = Endless


class WithSumless(Coordinator):
    aggregator_class = Sumless


class Quitter(Coordinator):
    """Ends at its first step."""

    def receiveMsg_WakeupMessage(self, message: WakeupMessage, sender: ActorAddress) -> None:
        raise SystemExit


class Refuser(Coordinator):
    """Cannot begin."""

    def receiveMsg_CountFiles(self, order: object, program: ActorAddress) -> None:
        raise ValueError("not today")
