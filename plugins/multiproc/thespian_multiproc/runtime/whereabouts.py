"""What the admin knows of the processes of its system, and answers when it is asked for somebody's fate."""

from __future__ import annotations

from thespian_core.semantics.birth import Birth
from thespian_multiproc.protocol.obituaries import Obituaries
from thespian_multiproc.runtime.inquiries import Fate
from thespian_multiproc.runtime.living import exists


class Whereabouts:
    """Actors by id, from their birth to their end; and programs.

    Attributes:
        births: of actors that start or live.
        pids: of their processes, from when these are known to when they are no more.
        programs: pids of programs, by the id of their mailbox.
        obituaries: what became of the others.
    """

    def __init__(self) -> None:
        self.births: dict[str, Birth] = {}
        self.pids: dict[str, int] = {}
        self.programs: dict[str, int] = {}
        self.obituaries = Obituaries()

    def fate(self, id_: str, asker: str) -> Fate:
        """Return what became of a mailbox, and of the asker's mail to it."""
        known = self.obituaries.of(id_, asker)
        if known is not None and (known.was_refused or id_ not in self.pids):
            return Fate(id_, "refused" if known.was_refused else "gone", known.ended, known.begun, known.how)
        if id_ in self.births or id_ in self.pids:
            return Fate(id_, "lives")
        if id_ not in self.programs:
            return Fate(id_, "unknown")
        if exists(self.programs[id_]):
            return Fate(id_, "lives")
        self.left(id_)
        return Fate(id_, "gone", how="the program ended")

    def left(self, id_: str) -> None:
        """A program has left, or has ended without a word."""
        if self.programs.pop(id_, None) is not None:
            self.obituaries.left(id_)
