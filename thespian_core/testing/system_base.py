"""The contract of a system base: every documented statement about systems and actors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

import pytest

from thespian_core.api.system import ActorSystem
from thespian_core.hooks.records import SystemBaseSpec
from thespian_core.hooks.registry import default_registry
from thespian_core.testing.capabilities import Capabilities
from thespian_core.testing.contract import Contract
from thespian_core.testing.creating import Creating
from thespian_core.testing.deadletters import DeadLetters
from thespian_core.testing.delivering import Delivering
from thespian_core.testing.exiting import Exiting
from thespian_core.testing.failing import Failing
from thespian_core.testing.loading import Loading
from thespian_core.testing.naming import Naming
from thespian_core.testing.outside import Outside
from thespian_core.testing.sharing import Sharing
from thespian_core.testing.statuses import Statuses
from thespian_core.testing.waking import Waking


class SystemBaseContract(
    Creating,
    Delivering,
    Failing,
    Exiting,
    Waking,
    Naming,
    DeadLetters,
    Capabilities,
    Statuses,
    Outside,
    Loading,
    Sharing,
    Contract,
):
    """Inherit this, and name the base.

    Attributes:
        base_name: as it is given to ``ActorSystem``.
        capabilities: what each system of the tests is started with beside what the base always has.
    """

    base_name: ClassVar[str] = ""
    capabilities: ClassVar[Mapping[str, Any]] = {}

    @pytest.fixture
    def system_base(self) -> str:
        """The name of the base under test."""
        return self.base_name

    @pytest.fixture
    def left_out(self, system_base: str) -> Mapping[str, Iterable[str]]:
        """What the base says it does not promise, and what this class adds to that."""
        base = default_registry().open(SystemBaseSpec, system_base)
        return {**base.not_promised, **self.not_promised}

    @pytest.fixture
    def asys(self, system_base: str) -> Iterator[ActorSystem]:
        """A system of its own for each test, which is ended whatever happens."""
        system = self.new_system(system_base)
        try:
            yield system
        finally:
            system.shutdown()

    def fresh_capabilities(self) -> dict[str, Any]:
        """Return what makes a system another one than all before, as a port that nobody has."""
        return dict(self.capabilities)

    def new_system(self, system_base: str, capabilities: dict[str, Any] | None = None) -> ActorSystem:
        """Return another system on the same base.

        Args:
            system_base: its name.
            capabilities: given to the system as it is, with what makes it another system added.
        """
        own = {} if capabilities is None else capabilities
        own.update(self.fresh_capabilities())
        return ActorSystem(system_base, own, logDefs=False, transientUnique=True)
