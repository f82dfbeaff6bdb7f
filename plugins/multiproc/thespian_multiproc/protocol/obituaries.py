"""What became of mailboxes that are no more, for as long as somebody may ask.

Events: an actor *died*, with how far it had come; an actor was *refused*, and never lived; a program
*left*. Of each, the last word counts. Only so many are kept, the oldest go first: whoever asks for one
that was forgotten hears nothing of it, and takes what the network says.

>>> obituaries = Obituaries(most=2)
>>> obituaries.died("ann", {"bob": (7, 6)}, "killed by SIGKILL")
>>> obituaries.of("ann", asker="bob")
Obituary(was_refused=False, begun=7, ended=6, how='killed by SIGKILL')
>>> obituaries.of("ann", asker="cid")
Obituary(was_refused=False, begun=0, ended=0, how='killed by SIGKILL')
>>> obituaries.refused("dan", "no such class"), obituaries.left("eve"), obituaries.of("ann", "bob")
(None, None, None)
"""

from __future__ import annotations

from collections.abc import Mapping

import attrs

MOST = 200_000  # our choice: about 100 MB at worst, when each had mail from a few others


@attrs.frozen
class Obituary:
    """What an asker is told.

    Attributes:
        was_refused: it never lived; its mail goes back to its senders.
        begun: the number of the last of the asker's messages that it began to handle.
        ended: the number of the last one that it was through with.
        how: one sentence.
    """

    was_refused: bool
    begun: int
    ended: int
    how: str


class Obituaries:
    """Keeps what became of mailboxes.

    Args:
        most: how many are kept.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._known: dict[str, tuple[bool, Mapping[str, tuple[int, int]], str]] = {}

    def died(self, id_: str, progress: Mapping[str, tuple[int, int]], how: str) -> None:
        """An actor is dead; ``progress`` has begun and ended by correspondent."""
        if id_ not in self._known:  # one that was refused dies, too
            self._note(id_, (False, progress, how))

    def refused(self, id_: str, why: str) -> None:
        """An actor could not be created."""
        self._note(id_, (True, {}, why))

    def left(self, id_: str) -> None:
        """A program gave its mailbox up."""
        self._note(id_, (False, {}, "the program's connection was closed"))

    def of(self, id_: str, asker: str) -> Obituary | None:
        """Return what became of a mailbox, and of the asker's mail to it; None when nothing is known."""
        if id_ not in self._known:
            return None
        was_refused, progress, how = self._known[id_]
        begun, ended = progress.get(asker, (0, 0))
        return Obituary(was_refused, begun, ended, how)

    def _note(self, id_: str, entry: tuple[bool, Mapping[str, tuple[int, int]], str]) -> None:
        self._known[id_] = entry
        if len(self._known) > self._most:
            del self._known[next(iter(self._known))]
