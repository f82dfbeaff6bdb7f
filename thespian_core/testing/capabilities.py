"""Statements about what a system offers, and what actors ask of it."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from thespian_core.addresses import ActorAddress
from thespian_core.api.system import ActorSystem
from thespian_core.errors import NoCompatibleSystemForActor
from thespian_core.testing import actors
from thespian_core.testing.actors import NeedsLight, NeedsYellowLight
from thespian_core.testing.contract import PATIENCE_S
from thespian_core.testing.doer import Doer, do
from thespian_core.testing.steps import listen_for, wait_until


class Capabilities:
    """What capabilities, checks and updates do."""

    def new_system(self, system_base: str, capabilities: dict[str, Any] | None = None) -> ActorSystem:
        """Return another system on the same base."""
        raise NotImplementedError

    def test_a_system_has_the_capabilities_that_every_system_has(
        self, asys: ActorSystem, system_base: str
    ) -> None:
        assert asys.capabilities["Python Version"] == tuple(sys.version_info)
        assert asys.capabilities["Thespian Generation"] == (3, 10)
        assert asys.capabilities["Thespian Version"].isdigit()
        assert asys.capabilities["Thespian ActorSystem Name"] == system_base
        assert isinstance(asys.capabilities["Thespian ActorSystem Version"], int)

    def test_the_dictionary_that_was_given_is_completed(self, system_base: str, asys: ActorSystem) -> None:
        own: dict[str, Any] = {"Contract Light": 5}
        other = self.new_system(system_base, own)
        try:
            assert other.capabilities is own
            assert (own["Contract Light"], own["Thespian ActorSystem Name"]) == (5, system_base)
        finally:
            other.shutdown()

    @pytest.mark.parametrize("lack", [NeedsLight, NeedsYellowLight, actors.CannotSay])
    def test_an_actor_that_does_not_fit_is_refused_by_name(self, asys: ActorSystem, lack: type[Doer]) -> None:
        with pytest.raises(NoCompatibleSystemForActor) as refusal:
            asys.createActor(lack)
        assert "No compatible ActorSystem could be found" in str(refusal.value)
        assert lack.__name__ in str(refusal.value)

    @pytest.mark.parametrize(
        ("what", "why"),
        [
            (actors.CannotSay, "RuntimeError: cannot say"),
            (actors.LeavesWhenAsked, "SystemExit"),
            (actors.SaysNothingClear, "ValueError: neither yes nor no"),
        ],
    )
    def test_a_check_that_raises_counts_as_no_and_is_quoted(
        self, asys: ActorSystem, what: type[Doer], why: str
    ) -> None:
        with pytest.raises(NoCompatibleSystemForActor, match=why):
            asys.createActor(what)

    @pytest.mark.parametrize("light", [True, 5, "on"])
    def test_any_true_value_meets_a_capability_required_without_value(
        self, asys: ActorSystem, light: object
    ) -> None:
        asys.updateCapability("Contract Light", light)
        assert asys.ask(asys.createActor(NeedsLight), do("seen"), PATIENCE_S) == []

    @pytest.mark.parametrize("light", [False, 0, ""])
    def test_no_false_value_meets_it(self, asys: ActorSystem, light: object) -> None:
        asys.updateCapability("Contract Light", light)
        with pytest.raises(NoCompatibleSystemForActor):
            asys.createActor(NeedsLight)

    def test_a_required_value_must_be_equal_and_the_own_check_counts_too(self, asys: ActorSystem) -> None:
        asys.updateCapability("Contract Light", True)
        asys.updateCapability("Contract Colour", "green")
        with pytest.raises(NoCompatibleSystemForActor):
            asys.createActor(NeedsYellowLight)
        asys.updateCapability("Contract Colour", "yellow")
        with pytest.raises(NoCompatibleSystemForActor):
            asys.createActor(NeedsYellowLight, {"impossible": True})
        assert asys.ask(asys.createActor(NeedsYellowLight), do("seen"), PATIENCE_S) == []

    def test_a_child_that_does_not_fit_is_an_exited_child(self, asys: ActorSystem) -> None:
        parent = asys.createActor(Doer)
        asys.ask(parent, do("report"), PATIENCE_S)
        asys.tell(parent, do("create", NeedsLight))
        told = listen_for(asys, 2)
        (child,) = (message for message in told if isinstance(message, ActorAddress))
        assert ("seen", ("child exited", child)) in told

    def test_an_update_by_an_actor_counts(self, asys: ActorSystem) -> None:
        doer = asys.createActor(Doer)
        asys.ask(doer, do("capability", "Contract Light", True), PATIENCE_S)
        wait_until(asys, lambda status: "Contract Light" in status.capabilities)
        child = asys.ask(doer, do("create", NeedsLight), PATIENCE_S)
        assert asys.ask(child, do("seen"), PATIENCE_S) == []

    def test_an_actor_that_no_longer_fits_is_asked_to_exit(self, asys: ActorSystem) -> None:
        asys.updateCapability("Contract Light", True)
        parent = asys.createActor(Doer)
        child = asys.ask(parent, do("create", NeedsLight), PATIENCE_S)
        assert asys.ask(child, do("seen"), PATIENCE_S) == []
        asys.ask(parent, do("report"), PATIENCE_S)
        asys.updateCapability("Contract Light")
        assert asys.listen(PATIENCE_S) == ("seen", ("child exited", child))
        assert "Contract Light" not in asys.capabilities

    def test_an_actor_that_was_about_to_start_is_checked_anew_too(self, asys: ActorSystem) -> None:
        asys.updateCapability("Contract Light", True)
        parent = asys.createActor(Doer)
        asys.ask(parent, do("report"), PATIENCE_S)
        asys.tell(parent, do("create_and_update", NeedsLight, "Contract Light", None))
        told = listen_for(asys, 2)
        (child,) = (message for message in told if isinstance(message, ActorAddress))
        assert ("seen", ("child exited", child)) in told

    def test_an_update_that_changes_nothing_ends_nobody(self, asys: ActorSystem) -> None:
        asys.updateCapability("Contract Light", True)
        light = asys.createActor(NeedsLight)
        asys.updateCapability("Contract Light", True)
        asys.updateCapability("Contract Other")
        assert asys.ask(light, do("seen"), PATIENCE_S) == []

    def test_the_name_of_a_capability_is_text(self, asys: ActorSystem) -> None:
        with pytest.raises(TypeError, match="5"):
            asys.updateCapability(5)  # type: ignore[arg-type]

    def test_names_and_capabilities_belong_to_one_system(self, asys: ActorSystem, system_base: str) -> None:
        other = self.new_system(system_base)
        try:
            asys.updateCapability("Contract Light", True)
            named = asys.createActor(NeedsLight, globalName="one")
            assert isinstance(named, ActorAddress)
            with pytest.raises(NoCompatibleSystemForActor):
                other.createActor(NeedsLight, globalName="one")
        finally:
            other.shutdown()
