"""Which conversations of a TCP mailbox are kept, and which are ended for silence or for room."""

from __future__ import annotations

from heapq import nsmallest

from thespian_tcp.connections import Connections
from thespian_tcp.conversation import Conversation, State

# Our choice: the search for the longest idle looks at all, so it is to be worth it; and while one of
# these is closed in a hurry, the others end in their own time and make room for the next.
ENDED_AT_A_TIME = 16
LOOKED_AT_EVERY_S = 60.0  # our choice: how late an idle conversation may be found
LONGEST_S = 3600.0  # no timer is longer: 25 days are more than poll() takes


class Keeper:
    """Ends what was idle for longest: in the orderly way, so that nothing is lost unnoticed."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._looks_at = 0.0

    def do_what_is_due(self) -> None:
        """End what has lingered, accept again, and end what was idle for too long.

        After the sockets were read, so that nobody is idle only because this process was busy.
        """
        connections = self._connections
        now = connections.now
        for conversation, ends_at in [*connections.lingering.items()]:
            if ends_at > now:
                break
            connections.end(conversation, "the other end did not say its last")
        if connections.paused_until <= now:
            connections.listen_again()
        if self._looks_at <= now:
            self._look(now)
        first_ends_at = next(iter(connections.lingering.values()), self._looks_at)
        connections.next_due = min(self._looks_at, first_ends_at, connections.paused_until)

    def _look(self, now: float) -> None:
        limit_s = self._connections.limits.idle_close_after_s
        self.close_idle(limit_s, now)
        oldest = min((one.used_at for one in self._connections.all), default=now)
        # Those that are not idle may be older: they are looked at again a little later.
        soonest = now + min(LOOKED_AT_EVERY_S, limit_s)
        self._looks_at = min(max(oldest + limit_s, soonest), now + LONGEST_S)

    def close_idle(self, idle_for_s: float, now: float) -> int:
        """End all conversations in which nothing was said for a while; return how many."""
        idle = [one for one in self._connections.all if now - one.used_at >= idle_for_s and one.is_idle(now)]
        for conversation in idle:
            self._connections.say_no_more(conversation, State.LAST_MAIL)
        return len(idle)

    def keep_to_the_most(self) -> None:
        """End some that were idle for longest, when there are more than there may be."""
        connections = self._connections
        excess = len(connections.all) - len(connections.lingering) - connections.limits.most_conversations
        if excess > 0:
            self._end_longest_idle(excess)

    def make_room(self) -> bool:
        """Give a descriptor back at once; return whether that was possible.

        Whoever had the longest time to say its last is heard once more, and closed: what it writes
        later, it learns to be lost.
        """
        connections = self._connections
        before = len(connections.all)
        if not connections.lingering:
            self._end_longest_idle(ENDED_AT_A_TIME)
        for oldest in connections.lingering:
            connections.read(oldest)
            connections.end(oldest, "this process needed room for another conversation")
            break
        return len(connections.all) < before

    def _end_longest_idle(self, count: int) -> None:
        connections = self._connections
        now = connections.now

        def who_goes_first(one: Conversation) -> tuple[bool, float]:
            return not one.is_mute(now), one.used_at

        idle = (one for one in connections.all if one.is_idle(now))
        for conversation in nsmallest(count, idle, key=who_goes_first):
            connections.say_no_more(conversation, State.LAST_MAIL)
