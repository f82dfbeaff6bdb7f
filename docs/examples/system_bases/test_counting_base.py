"""What the counting base promises: the contract of every system base, and to count."""

from __future__ import annotations

from thespian.actors import ActorSystem
from thespian_core.testing import SystemBaseContract
from thespian_core.testing.actors import Quiet


class TestCountingBase(SystemBaseContract):
    base_name = "countingBase"

    def test_what_a_program_sends_is_counted_and_requests_are_not(self, asys: ActorSystem) -> None:
        quiet = asys.createActor(Quiet)
        asys.tell(quiet, "one")
        asys.ask(quiet, "two", 10)
        assert asys.systemUpdate("count") == 2
