"""Which conversations a mailbox begins now, and which wait for their turn.

Only so many are begun at a time, and the next ones when those are open, or one by one when they have waited
for a moment; each mailbox begins with those that follow it by id. So of hundreds who all begin with all
others on a busy machine, each has work that it can finish.

A first frame that went out to a place may leave long after its attempt is over. Until that is known, none is
begun with the same place: the transport would let it share a conversation that is to be dropped.

Events: a conversation *is wanted*, and may begin or is put off; it has *begun*; its first frame has *met* the
other side, or never will; it is *over*, open or not; time has passed.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from thespian_multiproc.protocol.correspondents import Correspondent, Talk

MOST_GREETINGS = 32  # our choice: so many conversations are begun at a time
GREETING_S = 0.1  # our choice: whoever has not answered by then is busy, and does not hold the next one up


class Greetings:
    """The beginnings of one mailbox.

    Args:
        me: its id.
    """

    def __init__(self, me: str) -> None:
        self._me = me
        self._begun: dict[Talk, float] = {}  # not answered, and until when they count
        self._put_off: dict[Correspondent, None] = {}
        self._unmet: dict[str, Talk] = {}  # by place: whose first frame has not left, as far as is known
        self._has_let_one_go = False

    def __bool__(self) -> bool:
        """Whether any waits for its turn."""
        return bool(self._put_off)

    def is_wanted(self, one: Correspondent) -> bool:
        """A conversation is to begin: whether it may now; else it is put off."""
        if self._has_room and one.where not in self._unmet:
            return True
        self._put_off[one] = None
        return False

    def has_begun(self, talk: Talk, where: str, now: float) -> None:
        """Its first frame goes to that place."""
        self._unmet[where] = talk
        self._begun[talk] = now + GREETING_S

    def has_met(self, talk: Talk) -> None:
        """Its first frame has left, or never will."""
        if talk.one is not None and self._unmet.get(talk.one.where) is talk:
            del self._unmet[talk.one.where]

    def is_over(self, talk: Talk) -> None:
        """It is open, or has failed."""
        self._begun.pop(talk, None)

    def is_not_wanted(self, one: Correspondent) -> None:
        """A conversation need not begin any more."""
        self._put_off.pop(one, None)

    def due(self, talk: Talk) -> float:
        """Return when to call :meth:`tick` with it."""
        return self._begun.get(talk, inf)

    def begin_to_tick(self) -> None:
        """Time has passed: of those that are due, the first counts no more."""
        self._has_let_one_go = False

    def tick(self, talk: Talk, now: float) -> None:
        """Let one that has waited long enough count no more, or have it wait for a little longer."""
        if now < self._begun.get(talk, inf):
            return
        if self._has_let_one_go:
            self._begun[talk] = now + GREETING_S / MOST_GREETINGS
        else:
            del self._begun[talk]
            self._has_let_one_go = True

    def next_ones(self) -> Iterator[Correspondent]:
        """Yield those whose turn has come; each is to begin before the next one is asked for."""
        if not self._has_room:
            return
        for one in sorted(self._put_off, key=lambda one: (one.name < self._me, one.name)):
            if not self._has_room:
                return
            if one.where not in self._unmet:
                del self._put_off[one]
                yield one

    @property
    def _has_room(self) -> bool:
        return len(self._begun) < MOST_GREETINGS
