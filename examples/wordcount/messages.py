"""What the program and the actors of the word count say to each other.

::

    program  --CountFiles-->  coordinator  --Batch-->  reader  --BatchCounts-->  aggregator
    program  <--Progress----  coordinator  <-------BatchRead  (give me the next)
                              coordinator  <-------------------BatchCounted  (this one is safe)
    program  <-----------------------------------------------------Totals

All are frozen, and hold plain values and addresses only, so they can travel to other processes.
"""

from __future__ import annotations

from collections import Counter

import attrs

from thespian.actors import ActorAddress


@attrs.frozen
class File:
    """One file that is to be counted; the size is what the folder says."""

    path: str
    size_bytes: int


@attrs.frozen
class Skipped:
    """One file that was not counted, and why."""

    path: str
    reason: str


@attrs.frozen
class CountFiles:
    """Program to coordinator: count everything under a path, and keep the ``top`` most frequent."""

    path: str
    workers: int
    top: int


@attrs.frozen
class Batch:
    """Coordinator to reader: read these files, and send what you count to the aggregator."""

    number: int
    files: tuple[File, ...]
    aggregator: ActorAddress

    @property
    def size_bytes(self) -> int:
        """The size of its files together."""
        return sum(file.size_bytes for file in self.files)


@attrs.frozen
class BatchRead:
    """Reader to coordinator: I am free again."""


@attrs.frozen
class BatchCounts:
    """Reader to aggregator: what a batch holds. The coordinator is to be told that it is counted."""

    number: int
    coordinator: ActorAddress
    files: int = 0
    size_bytes: int = 0
    words: Counter[str] = attrs.field(factory=Counter)
    identifiers: Counter[str] = attrs.field(factory=Counter)
    skipped: tuple[Skipped, ...] = ()


@attrs.frozen
class BatchCounted:
    """Aggregator to coordinator: the batch is in the totals, once."""

    number: int


@attrs.frozen
class SendTotals:
    """Coordinator to aggregator: every batch is in; send the program the totals."""

    program: ActorAddress
    top: int


@attrs.frozen
class Tally:
    """How many there are of something, how many different ones, and the most frequent."""

    total: int
    distinct: int
    top: tuple[tuple[str, int], ...]


@attrs.frozen
class Totals:
    """Aggregator to program: the result."""

    files: int
    size_bytes: int
    words: Tally
    identifiers: Tally
    skipped: tuple[Skipped, ...]


@attrs.frozen
class ReportProgress:
    """Program to coordinator: how far are you?"""


@attrs.frozen
class Progress:
    """Coordinator to program: how far it is; ``is_searching`` while it still finds files."""

    files: int
    of_files: int
    size_bytes: int
    of_size_bytes: int
    is_searching: bool

    def with_found(self, batch: Batch) -> Progress:
        """Return the progress when one more batch was found."""
        return attrs.evolve(
            self,
            of_files=self.of_files + len(batch.files),
            of_size_bytes=self.of_size_bytes + batch.size_bytes,
        )

    def with_counted(self, batch: Batch) -> Progress:
        """Return the progress when one more batch was counted."""
        return attrs.evolve(
            self, files=self.files + len(batch.files), size_bytes=self.size_bytes + batch.size_bytes
        )


@attrs.frozen
class CountingFailed:
    """To coordinator and program: there will be no result, and why."""

    reason: str
