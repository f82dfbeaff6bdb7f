"""A look at a system leaves nothing behind that its actors would have to deal with."""

from __future__ import annotations

import time

from plugins.operator.tests.conftest import PATIENCE_S, Town
from thespian.actors import Thespian_StatusReq
from thespian_operator.snapshot import take
from thespian_operator.systems import join


def test_no_actor_waits_for_a_visitor_that_has_left(town: Town) -> None:
    workers = town.hire(3)
    visitor = join(town.base_name, town.port)
    until = time.monotonic() + PATIENCE_S
    states, number = {"starting"}, 0
    while "starting" in states and time.monotonic() < until:  # the admin hears of a start a moment later
        number += 1
        states = {actor.state for _, actor in take(visitor, None, number).actors}
    visitor.close()
    assert states == {"idle"}
    for actor in (town.mayor, *workers):
        status = town.system.ask(actor, Thespian_StatusReq(), PATIENCE_S)
        assert [mail for mail in status.pendingMessages if "not handled" in mail[2]] == []


def test_leaving_takes_a_moment_only(town: Town) -> None:
    visitor = join(town.base_name, town.port)
    take(visitor, None, 1)
    began = time.monotonic()
    visitor.close()
    assert time.monotonic() - began < 5  # and 0.05 s on a machine that does nothing else
