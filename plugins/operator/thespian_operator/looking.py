"""Looking at a system again and again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import count

from thespian_multiproc.runtime.keyfile import state_folder
from thespian_multiproc.runtime.lastwords import forget_last_words, read_last_words
from thespian_operator.snapshot import Snapshot, take
from thespian_operator.systems import NoSystem, told_end
from thespian_operator.visitor import SystemSilent, Visitor


def looks(visitor: Visitor, interval_s: float) -> Iterator[Snapshot]:
    """Look at a system now, and again after each interval, for as long as anybody wants to see more.

    Why the system before it ended is shown by all of them, and by no later command.

    Raises:
        NoSystem: the system has ended, or does not answer any more.
    """
    folder = state_folder()
    words = read_last_words(folder, visitor.base_name, visitor.where)
    try:
        for number in count():
            began = time.monotonic()
            snapshot = take(visitor, words, number)
            if words is not None:
                forget_last_words(folder, visitor.base_name, visitor.where)
            yield snapshot
            visitor.rest(began + interval_s)
    except SystemSilent:
        why = read_last_words(folder, visitor.base_name, visitor.where)
        known = f": it ended by itself {told_end(why)}" if why is not None else ""
        raise NoSystem(
            f"the system at {visitor.where} has ended, or does not answer any more{known}"
        ) from None
