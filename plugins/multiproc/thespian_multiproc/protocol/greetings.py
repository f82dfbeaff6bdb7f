"""Which conversations a mailbox begins now, and which wait for their turn.

Only so many are begun at a time, and the next ones when those are open, or one by one when they have waited
for longer than answers take, and ever more slowly while nobody answers at all. Each mailbox begins with those
that follow it by id. So of hundreds who all begin with all others on a busy machine, each has work that it
can finish, and nobody has more to read than he can answer while that is waited for.

A first frame that went out to a place may leave long after its attempt is over. Until that is known, none is
begun with the same place: the transport would let it share a conversation that is to be dropped.

Events: a conversation *is wanted*, and may begin or is put off; it has *begun*; its first frame has *met* the
other side, or never will; it is *over*, open or not; time has passed.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from thespian_multiproc.protocol.correspondents import Correspondent, Talk
from thespian_multiproc.protocol.roundtrips import RoundTrips

# Our choice: so many conversations are begun at a time. With 32, hundreds had more to read than they could.
MOST_GREETINGS = 8
GREETING_S = 0.1  # our choice: whoever takes longer, and longer than others, is busy, and holds nobody up
GREETING_AT_MOST_S = (
    1.0  # our choice: the longest time that one busy mailbox costs, unless answers take longer
)


class Greetings:
    """The beginnings of one mailbox.

    Args:
        me: its id.
        trips: how long answers take.
    """

    def __init__(self, me: str, trips: RoundTrips) -> None:
        self._me = me
        self._trips = trips
        self._begun: dict[Talk, float] = {}  # not answered, and until when they count
        self._put_off: dict[Correspondent, None] = {}
        self._unmet: dict[str, Talk] = {}  # by place: whose first frame has not left, as far as is known
        self._let_go = 0  # so many in a row that have not answered
        self._let_go_at = 0.0  # when the next one may be, at the earliest

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
        self._begun[talk] = now + max(GREETING_S, self._trips.wait_s)

    def has_met(self, talk: Talk) -> None:
        """Its first frame has left, or never will."""
        if talk.one is not None and self._unmet.get(talk.one.where) is talk:
            del self._unmet[talk.one.where]

    def is_over(self, talk: Talk) -> None:
        """It is open, or has failed."""
        self._begun.pop(talk, None)
        self._let_go = 0

    def is_not_wanted(self, one: Correspondent) -> None:
        """A conversation need not begin any more."""
        self._put_off.pop(one, None)

    def due(self, talk: Talk) -> float:
        """Return when to call :meth:`tick` with it."""
        return self._begun.get(talk, inf)

    def tick(self, talk: Talk, now: float) -> None:
        """Let one that has waited long enough count no more, or have it wait for a little longer."""
        if now < self._begun.get(talk, inf):
            return
        if now < self._let_go_at:
            self._begun[talk] = self._let_go_at
            return
        del self._begun[talk]
        wait_s = min(GREETING_S * 2 ** min(self._let_go, 20), GREETING_AT_MOST_S)
        self._let_go += 1
        self._let_go_at = now + max(wait_s, self._trips.wait_s)

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
