"""Statements about the status of actors and systems."""

from __future__ import annotations

import io

from thespian_core.api.system import ActorSystem
from thespian_core.messages import ActorExitRequest
from thespian_core.status import (
    Thespian_ActorStatus,
    Thespian_StatusReq,
    Thespian_SystemStatus,
    formatStatus,
)
from thespian_core.testing.contract import PATIENCE_S
from thespian_core.testing.doer import Doer, do
from thespian_core.testing.steps import wait_until


class Statuses:
    """What a status request brings."""

    def test_an_actor_tells_its_family_class_and_wake_ups(self, asys: ActorSystem) -> None:
        parent = asys.createActor(Doer)
        child = asys.ask(parent, do("create", Doer), PATIENCE_S)
        grandchild = asys.ask(child, do("create", Doer), PATIENCE_S)
        asys.ask(child, do("wake", 1000), PATIENCE_S)
        status = asys.ask(child, Thespian_StatusReq(), PATIENCE_S)
        assert isinstance(status, Thespian_ActorStatus)
        assert (status.actorAddress, status.parentAddress) == (child, parent)
        assert (status.childActors, status.exiting, status.sourceHash) == ([grandchild], False, None)
        assert status.actorClass == f"{Doer.__module__}.Doer"
        ((owner, timer),) = status.pendingWakeups
        assert (owner, timer.period_s) == (child, 1000)
        assert 900 < timer.left_s <= 1000

    def test_an_actor_does_not_see_that_it_was_asked(self, asys: ActorSystem) -> None:
        doer = asys.createActor(Doer)
        asys.ask(doer, Thespian_StatusReq(), PATIENCE_S)
        assert asys.ask(doer, do("seen"), PATIENCE_S) == []

    def test_the_admin_tells_of_the_system(self, asys: ActorSystem) -> None:
        doer = asys.createActor(Doer, globalName="doer")
        asys.ask(doer, do("dead_letters"), PATIENCE_S)
        wait_until(asys, lambda status: status.deadLetterHandler == doer)
        admin = asys.ask(doer, Thespian_StatusReq(), PATIENCE_S).adminAddress
        status = asys.ask(admin, Thespian_StatusReq(), PATIENCE_S)
        assert isinstance(status, Thespian_SystemStatus)
        assert (status.adminAddress, status.inShutdown) == (admin, False)
        assert status.capabilities["Thespian Generation"] == (3, 10)
        assert (status.globalActors["doer"], status.deadLetterHandler) == (doer, doer)
        assert doer in status.childActors
        assert status.loadedSources == []

    def test_the_admin_tells_which_actors_are_dead(self, asys: ActorSystem) -> None:
        lasting, ending = asys.createActor(Doer), asys.createActor(Doer)
        asys.tell(ending, ActorExitRequest())
        status = wait_until(asys, lambda status: status.deadLetterAddresses != [])
        assert ending in status.deadLetterAddresses
        assert lasting not in status.deadLetterAddresses

    def test_both_can_be_printed_for_people(self, asys: ActorSystem) -> None:
        doer = asys.createActor(Doer, globalName="the doer")
        asys.ask(doer, do("wake", 1000), PATIENCE_S)
        status = asys.ask(doer, Thespian_StatusReq(), PATIENCE_S)
        printed = io.StringIO()
        formatStatus(status, tofd=printed)
        formatStatus(asys.ask(status.adminAddress, Thespian_StatusReq(), PATIENCE_S), tofd=printed)
        lines = printed.getvalue().splitlines()
        assert f"Status of {Doer.__module__}.Doer Actor @ {doer}:" in lines
        assert f"Status of ActorSystem @ {status.adminAddress}:" in lines
        assert "  |Pending Wakeups [1]:" in lines
        assert f"  |  the doer: {doer}" in lines
