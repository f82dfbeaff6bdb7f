"""A base says, without starting anything, whether a system can be joined where its own would be."""

from __future__ import annotations

from thespian_core.api.system import ActorSystem
from thespian_core.hooks.records import SystemBaseSpec
from thespian_core.hooks.registry import default_registry
from thespian_core.systembase import Plan, SystemBase
from tools.ports import free_port


def base_at(base_name: str, port: int) -> SystemBase:
    base: SystemBase = default_registry().open(SystemBaseSpec, base_name)(
        Plan(base_name, 1, {"Admin Port": port}, False)
    )
    return base


def test_a_system_would_be_joined_while_it_runs_if_other_programs_can_use_it(base_name: str) -> None:
    spec = default_registry().find(SystemBaseSpec, base_name)
    port = free_port()
    assert not base_at(base_name, port).would_join()
    system = ActorSystem(base_name, {"Admin Port": port}, logDefs=False, transientUnique=True)
    try:
        assert base_at(base_name, port).would_join() == spec.outlives_starter
    finally:
        system.shutdown()
    assert not base_at(base_name, port).would_join()
