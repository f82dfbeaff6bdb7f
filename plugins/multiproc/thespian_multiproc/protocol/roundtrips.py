"""How long an answer takes, whoever it comes from: on a busy machine, from everybody.

An answer that is waited for too shortly is asked for again, which makes more work where there was too much
already. What a conversation has learnt by itself comes too late for that where a mailbox begins to talk to
hundreds; so all of a mailbox's learn together, as RFC 9040 has it for the connections to one host. And those
that begin ask again in turns: each answer allows for one repetition, and time for one more, which takes twice
as long each time that nothing was heard.

>>> trips = RoundTrips()
>>> trips.took(0.1)
>>> round(trips.wait_s, 3)
0.3
>>> for _ in range(50):
...     trips.took(0.1)
>>> round(trips.wait_s, 3)
0.1
"""

from __future__ import annotations

FIRST_TURN_S = 0.05  # our choice
LONGEST_TURN_S = 1.0  # our choice: with 500 processes, their repetitions are a small part of the work
LONGEST_WAIT_S = 10.0  # our choice: with hundreds of processes for each core, an answer takes seconds


class RoundTrips:
    """What all conversations of one mailbox have learnt.

    Attributes:
        has_heard: an answer has come, which allows for one repetition.
        wait_s: an answer that has taken longer may be lost; 0 before the first one. It is RFC 6298's
            retransmission timeout, without its least value and its clock's granularity.
        next_turn_at: when somebody may ask again who may not now.
    """

    def __init__(self) -> None:
        self._usual_s: float | None = None
        self._spread_s = 0.0
        self._turns = 0  # since an answer came
        self.has_heard = False
        self.wait_s = 0.0
        self.next_turn_at = 0.0

    def took(self, trip_s: float) -> None:
        """An answer has taken so long, since it was last asked for."""
        self.has_heard = True
        trip_s = min(trip_s, LONGEST_WAIT_S)
        if self._usual_s is None:
            self._usual_s, self._spread_s = trip_s, trip_s / 2
        else:
            self._spread_s += (abs(self._usual_s - trip_s) - self._spread_s) / 4
            self._usual_s += (trip_s - self._usual_s) / 8
        self.wait_s = min(self._usual_s + 4 * self._spread_s, LONGEST_WAIT_S)

    def may_ask_again(self, now: float) -> bool:
        """The answer to a beginning is late: whether to ask again now; if not, ``next_turn_at`` says when."""
        if self.has_heard:
            self.has_heard = False
            self._turns = 0
        elif now >= self.next_turn_at:
            self.next_turn_at = now + min(FIRST_TURN_S * 2 ** min(self._turns, 20), LONGEST_TURN_S)
            self._turns += 1
        else:
            return False
        return True
