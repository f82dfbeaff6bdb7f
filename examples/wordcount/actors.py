"""The actors that do the work: readers count batches of files, and one aggregator adds up."""

from __future__ import annotations

from collections import Counter

from examples.wordcount import counting
from examples.wordcount import messages as m
from thespian.actors import ActorAddress, ActorTypeDispatcher, PoisonMessage


class Reader(ActorTypeDispatcher):
    """Reads and counts one batch of files at a time."""

    def receiveMsg_Batch(self, batch: m.Batch, coordinator: ActorAddress) -> None:
        """Count a batch; one sum for all its files keeps the message small."""
        in_source: Counter[str] = Counter()
        in_text: Counter[str] = Counter()
        skipped = []
        size_bytes = 0
        for file in batch.files:
            try:
                text, bytes_read = counting.read_text(file.path)
            except counting.Unreadable as why:
                skipped.append(m.Skipped(file.path, str(why)))
                continue
            size_bytes += bytes_read
            tokens = in_source if counting.suffix(file.path) in counting.SOURCE_SUFFIXES else in_text
            tokens.update(counting.tokens_in(text))
        words = counting.words_in(in_source)
        words.update(counting.words_in(in_text))
        counts = m.BatchCounts(
            batch.number,
            coordinator,
            files=len(batch.files) - len(skipped),
            size_bytes=size_bytes,
            words=words,
            identifiers=counting.identifiers_in(in_source),
            skipped=tuple(skipped),
        )
        self.send(batch.aggregator, counts)
        self.send(coordinator, m.BatchRead())

    def receiveMsg_PoisonMessage(self, poison: PoisonMessage, _sender: ActorAddress) -> None:
        """Say that the aggregator cannot take what was counted: else everybody would wait for it."""
        if isinstance(poison.poisonMessage, m.BatchCounts):
            self.send(
                poison.poisonMessage.coordinator,
                m.CountingFailed(f"the aggregator failed: {reason_in(poison)}"),
            )


class Aggregator(ActorTypeDispatcher):
    """Adds up what the readers count.

    It takes each batch once, whoever sends it first. So a batch whose reader ended can be given to
    another without a thought about how far the first one came.
    """

    def __init__(self) -> None:
        self._taken: set[int] = set()
        self._files = 0
        self._size_bytes = 0
        self._words: Counter[str] = Counter()
        self._identifiers: Counter[str] = Counter()
        self._skipped: list[m.Skipped] = []

    def receiveMsg_BatchCounts(self, counts: m.BatchCounts, _sender: ActorAddress) -> None:
        """Take a batch, unless it was taken already."""
        if counts.number in self._taken:
            return
        self._taken.add(counts.number)
        self._files += counts.files
        self._size_bytes += counts.size_bytes
        self._words.update(counts.words)
        self._identifiers.update(counts.identifiers)
        self._skipped += counts.skipped
        self.send(counts.coordinator, m.BatchCounted(counts.number))

    def receiveMsg_SendTotals(self, order: m.SendTotals, _sender: ActorAddress) -> None:
        """Send the program its one result."""
        words, identifiers = (counting.tally(c, order.top) for c in (self._words, self._identifiers))
        skipped = tuple(sorted(self._skipped, key=lambda one: one.path))
        self.send(order.program, m.Totals(self._files, self._size_bytes, words, identifiers, skipped))


def reason_in(poison: PoisonMessage) -> str:
    """Say in one line why a message came back."""
    lines = (poison.details or "").strip().splitlines()
    return lines[-1].strip() if lines else "its actor failed"
