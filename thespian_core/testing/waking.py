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
        asys.ask(doer, do("wake", 0.2), PATIENCE_S)
        assert asys.listen(PATIENCE_S) == ("seen", ("wakeup", 0.2, None))
        assert time.monotonic() - began >= 0.2

    def test_wake_ups_come_in_the_order_they_fall_due(self, asys: ActorSystem) -> None:
        doer = asys.createActor(Doer)
        asys.ask(doer, do("report"), PATIENCE_S)
        for period in (0.09, 0.03, 0.06, 0.03):
            asys.ask(doer, do("wake", period, period), PATIENCE_S)
        told = [asys.listen(PATIENCE_S)[1][2] for _ in range(4)]
        assert told == [0.03, 0.03, 0.06, 0.09]

    def test_a_listen_that_ends_before_the_wake_up_leaves_it_pending(self, asys: ActorSystem) -> None:
        doer = asys.createActor(Doer)
        asys.ask(doer, do("report"), PATIENCE_S)
        asys.ask(doer, do("wake", 0.4), PATIENCE_S)
        assert asys.listen(0.01) is None
        assert asys.listen(PATIENCE_S) == ("seen", ("wakeup", 0.4, None))

    def test_wake_ups_are_lost_when_the_actor_exits(self, asys: ActorSystem) -> None:
        handler, doer = asys.createActor(Doer), asys.createActor(Doer)
        asys.ask(handler, do("report"), PATIENCE_S)
        asys.ask(handler, do("dead_letters"), PATIENCE_S)
        asys.ask(doer, do("wake", 0.05), PATIENCE_S)
        asys.tell(doer, ActorExitRequest())
        assert asys.listen(SOON_S) is None

    @pytest.mark.parametrize("period", ["soon", None, [1]])
    def test_a_period_that_is_none_raises_and_names_it(self, asys: ActorSystem, period: Any) -> None:
        answer = asys.ask(asys.createActor(Doer), do("try_to_wake", period), PATIENCE_S)
        assert answer.startswith("TypeError")
        assert str(period) in answer
