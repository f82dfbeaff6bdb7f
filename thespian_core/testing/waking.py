"""Statements about wake-ups."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest

from thespian_core.api.system import ActorSystem
from thespian_core.messages import ActorExitRequest
from thespian_core.testing.contract import PATIENCE_S, SOON_S
from thespian_core.testing.doer import Doer, do
from thespian_core.testing.steps import listen_for, wait_for_end, wait_until


class Waking:
    """What ``wakeupAfter`` does."""

    @pytest.mark.parametrize("period", [0, 0.05, timedelta(milliseconds=50), -1])
    def test_a_wake_up_comes_with_its_period_as_given_and_its_payload(
        self, asys: ActorSystem, period: timedelta | float
    ) -> None:
        doer = asys.createActor(Doer)
        asys.ask(doer, do("report"), PATIENCE_S)
        asys.ask(doer, do("wake", period, {"pay": "load"}), PATIENCE_S)
        what, (kind, told, payload) = asys.listen(PATIENCE_S)
        assert (what, kind, payload) == ("seen", "wakeup", {"pay": "load"})
        assert (told, type(told)) == (period, type(period))

    def test_a_wake_up_never_comes_early(self, asys: ActorSystem) -> None:
        doer = asys.createActor(Doer)
        asys.ask(doer, do("report"), PATIENCE_S)
        began = time.monotonic()
        asys.ask(doer, do("wake", 0.25), PATIENCE_S)
        assert asys.listen(PATIENCE_S) == ("seen", ("wakeup", 0.25, None))
        assert time.monotonic() - began >= 0.25

    def test_wake_ups_come_in_the_order_they_fall_due(self, asys: ActorSystem) -> None:
        doer = asys.createActor(Doer)
        asys.ask(doer, do("report"), PATIENCE_S)
        asys.ask(doer, do("wake_all", 0.3, 0.1, 0.2, 0.1), PATIENCE_S)
        assert [message[1][2] for message in listen_for(asys, 4)] == [0.1, 0.1, 0.2, 0.3]

    def test_a_listen_that_ends_before_the_wake_up_leaves_it_pending(self, asys: ActorSystem) -> None:
        doer = asys.createActor(Doer)
        asys.ask(doer, do("report"), PATIENCE_S)
        asys.ask(doer, do("wake", 0.8), PATIENCE_S)
        assert asys.listen(0.01) is None
        assert asys.listen(PATIENCE_S) == ("seen", ("wakeup", 0.8, None))

    def test_wake_ups_are_lost_when_the_actor_exits(self, asys: ActorSystem) -> None:
        handler, doer = asys.createActor(Doer), asys.createActor(Doer)
        asys.ask(handler, do("report"), PATIENCE_S)
        asys.ask(handler, do("dead_letters"), PATIENCE_S)
        wait_until(asys, lambda status: status.deadLetterHandler == handler)
        asys.ask(doer, do("wake", 0.05), PATIENCE_S)
        asys.tell(doer, ActorExitRequest())
        wait_for_end(asys, doer)
        assert asys.listen(SOON_S) is None

    def test_a_wake_up_beyond_all_time_hurts_nobody(self, asys: ActorSystem) -> None:
        doer = asys.createActor(Doer)
        for period in (1e12, float("inf"), timedelta.max):
            asys.ask(doer, do("wake", period), PATIENCE_S)
        assert asys.listen(0.01) is None
        assert asys.ask(doer, do("seen"), PATIENCE_S) == []

    @pytest.mark.parametrize("period", ["soon", None, [1]])
    def test_a_period_that_is_none_raises_and_names_it(self, asys: ActorSystem, period: Any) -> None:
        answer = asys.ask(asys.createActor(Doer), do("try_to_wake", period), PATIENCE_S)
        assert answer.startswith("TypeError")
        assert str(period) in answer
