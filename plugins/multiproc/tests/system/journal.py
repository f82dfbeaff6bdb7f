"""What became of numbered messages, written down so that no kill can lose it, and read again.

Each record is one write to a file that is open for appending, so it is there as soon as the write has
returned, whatever becomes of the process, and records of several processes do not mix.
"""

from __future__ import annotations

import os
import struct
from array import array
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import attrs

_RECORD = struct.Struct("<BBHI")
BEGUN, ENDED, POISONED, DEAD = range(4)
READ_BYTES = 1 << 20


class Journal:
    """One file of records.

    Args:
        path: of the file; it is made when there is none.
    """

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_CREAT | os.O_APPEND | os.O_RDWR, 0o600)

    def note(self, what: int, target: int, sender: int, number: int) -> None:
        """Write what became of a message of a sender to a target."""
        os.write(self._file, _RECORD.pack(what, target, sender, number))

    def close(self) -> None:
        """Give the file up."""
        os.close(self._file)


def records(path: Path) -> Iterator[tuple[int, int, int, int]]:
    """Yield what a file holds: what, target, sender, number."""
    with path.open("rb") as file:
        while data := file.read(READ_BYTES):  # a multiple of a record's size
            yield from _RECORD.iter_unpack(data)


def count(path: Path) -> int:
    """Return how many records a file holds by now."""
    return path.stat().st_size // _RECORD.size if path.exists() else 0


@attrs.define
class Account:
    """What became of all messages.

    Attributes:
        outcomes: how many ended how.
        wrong: sentences about those that did not end exactly once; the first few.
        most_dead: of one target's messages, how many became dead letters.
    """

    outcomes: Counter[str]
    wrong: list[str]
    most_dead: int


def settle(folder: Path, sent: dict[int, int], killed_senders: set[int]) -> Account:
    """Add up what a folder of journals says.

    A message that was begun and not ended when its target was killed comes back as poison. One whose end
    was noted, but whose handler had not returned yet, may do so too: of each target only the very last.

    Args:
        folder: with files of each target, of the senders and of who gets dead letters.
        sent: how many messages each sender has sent, numbered from 1.
        killed_senders: those need not be told what became of their mail.
    """
    handled = {sender: array("B", bytes(number + 1)) for sender, number in sent.items()}
    told = {sender: array("B", bytes(number + 1)) for sender, number in sent.items()}
    outcomes: Counter[str] = Counter()
    wrong: list[str] = []
    dead: Counter[int] = Counter()
    dead_letters: set[tuple[int, int]] = set()
    ended_last: set[tuple[int, int]] = set()
    for path in sorted(folder.iterdir()):
        before: dict[int, int] = {}
        latest = None
        for what, target, sender, number in records(path):
            if what == BEGUN:
                if number < before.get(sender, 0):
                    wrong.append(f"message {number} of {sender} to {target} came after {before[sender]}")
                before[sender] = number
                latest = (what, sender, number)
            elif what == ENDED:
                handled[sender][number] += 1
                latest = (what, sender, number)
            else:
                told[sender][number] += 1
                outcomes["dead letter" if what == DEAD else "poison"] += 1
                if what == DEAD:
                    dead[target] += 1
                    dead_letters.add((sender, number))
        if latest is not None and latest[0] == ENDED:
            ended_last.add(latest[1:])
    for sender, total in sent.items():
        for number in range(1, total + 1):
            h, t, which = handled[sender][number], told[sender][number], (sender, number)
            outcomes["handled"] += h
            if h == t == 1 and which in ended_last and which not in dead_letters:
                outcomes["killed between its last words and its return"] += 1
            elif h + t != 1 and not (sender in killed_senders and h + t == 0):
                wrong.append(f"message {number} of {sender}: handled {h} times, returned {t} times")
    return Account(outcomes, wrong[:20], max(dead.values(), default=0))
