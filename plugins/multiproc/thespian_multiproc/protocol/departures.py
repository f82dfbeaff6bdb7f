"""Who of a mailbox's correspondents is gone for ever, and who may be.

Whoever is known to be gone is forgotten, but for the id. Of many whose conversation has ended with nothing
owed, or may have ended without a sign, it is asked now and then, all at once, whether they are gone.

>>> departures = Departures()
>>> departures.gone("ann", "it was killed")
>>> departures.why("ann"), departures.why("bob")
('it was killed', None)
"""

from __future__ import annotations

from thespian_multiproc.protocol.correspondents import Correspondent

MOST_QUIET = 64  # our choice: of so many at least it is asked whether they are gone
# As many as an admin keeps obituaries of: who asks about one that both have forgotten hears nothing of it.
MOST_GONE = 200_000


class Departures:
    """The memory of one mailbox."""

    def __init__(self) -> None:
        self._gone: dict[str, str] = {}  # the oldest first
        self._quiet: dict[Correspondent, None] = {}
        self._newly_quiet = 0  # so many since it was asked whether they are gone

    def gone(self, name: str, reason: str) -> None:
        """Somebody is gone; only so many are remembered."""
        self._gone[name] = reason
        if len(self._gone) > MOST_GONE:
            del self._gone[next(iter(self._gone))]

    def why(self, name: str) -> str | None:
        """Return why somebody is gone; None when that is not known of them."""
        return self._gone.get(name)

    def quiet(self, one: Correspondent) -> list[str]:
        """Somebody may be gone without another word: return of whom to ask whether they are."""
        self._quiet[one] = None
        self._newly_quiet += 1
        if self._newly_quiet < max(MOST_QUIET, len(self._quiet) // 2):
            return []
        self._newly_quiet = 0
        return [quiet.name for quiet in self._quiet]

    def speaks(self, one: Correspondent) -> None:
        """Somebody is quiet no more."""
        self._quiet.pop(one, None)
