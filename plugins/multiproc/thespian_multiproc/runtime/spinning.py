"""For how long a wait stays awake before it sleeps, where answers come fast: adaptive spinning. Pure.

To be woken takes longer than many an answer does: 10 us on one machine, 60 us on another, and who answers
has to be woken, too. So it is measured here and now whether it pays to stay awake:

======== =============================================== ==============================================
state    a wait that slept had something after a while   a wait that stayed awake had something, or not
======== =============================================== ==============================================
sleeps   many in a row were short: tries                 cannot be
tries    ignored                                         after some: spins if they were clearly shorter
                                                         than those before, else sleeps, for twice as long
spins    ignored                                         two in vain in a row: sleeps
======== =============================================== ==============================================

Two who answer each other try at about the same time, since each counts the other's answers: where both are
awake, neither waits for the other to be woken.

>>> spin = AdaptiveSpin()
>>> for _ in range(FIRST_TRY_AFTER):
...     spin.slept(0.0002)
>>> spin.limit_s == SHORT_S
True
>>> for _ in range(TRIES):
...     spin.spun(0.00008)
>>> round(spin.limit_s, 6)
0.00016
>>> spin.in_vain()
>>> spin.in_vain()
>>> spin.limit_s
0.0
"""

from __future__ import annotations

# All our choice:
SHORT_S = 0.0005  # who waits longer for an answer gains little by being awake
TRIES = 8
FIRST_TRY_AFTER = 4  # short waits in a row
LAST_TRY_AFTER = 4096  # so trying in vain costs little
PAYS_BELOW = 0.75  # of what waits took asleep
MOST_IN_VAIN = 2


class AdaptiveSpin:
    """Decides for one endpoint.

    Attributes:
        limit_s: how long the next wait is to stay awake; 0 to sleep at once.
    """

    def __init__(self) -> None:
        self.limit_s = 0.0
        self._is_trying = False
        self._short_s = 0.0  # what short waits take asleep, the latest counting most
        self._short_waits = 0
        self._try_after = FIRST_TRY_AFTER
        self._tries = 0
        self._tried_s = 0.0
        self._vain = 0

    def slept(self, waited_s: float) -> None:
        """A wait that slept at once was ended by something that happened."""
        if waited_s >= SHORT_S:
            self._short_waits = 0
            return
        self._short_waits += 1
        self._short_s += (waited_s - self._short_s) / min(self._short_waits, FIRST_TRY_AFTER)
        if self._short_waits >= self._try_after:
            self._is_trying, self._tries, self._tried_s = True, 0, 0.0
            self.limit_s = SHORT_S

    def spun(self, waited_s: float) -> None:
        """A wait that stayed awake was ended by something that happened."""
        self._vain = 0
        if self._is_trying:
            self._has_tried(waited_s)

    def in_vain(self) -> None:
        """A wait has stayed awake for as long as it was to, and nothing has happened."""
        self._vain += 1
        if self._is_trying:
            self._has_tried(SHORT_S)
        elif self._vain >= MOST_IN_VAIN:
            self._sleep()

    def _has_tried(self, waited_s: float) -> None:
        self._tries += 1
        self._tried_s += waited_s
        if self._tries < TRIES:
            return
        self._is_trying = False
        awake_s = self._tried_s / TRIES
        if awake_s < self._short_s * PAYS_BELOW:
            self.limit_s = min(SHORT_S, 2 * awake_s)
            self._try_after = FIRST_TRY_AFTER
        else:
            self._try_after = min(2 * self._try_after, LAST_TRY_AFTER)
            self._sleep()

    def _sleep(self) -> None:
        self.limit_s = 0.0
        self._short_waits = self._vain = 0
