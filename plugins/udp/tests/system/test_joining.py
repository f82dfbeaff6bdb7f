"""A system on UDP outlives its starter, others join it, and deaths are noticed without any connection."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from plugins.tcp.tests.system.families import Watched, below, processes
from plugins.tcp.tests.system.mortals import Mortal
from plugins.udp.tests.system.bad_line_actors import Counter
from plugins.udp.tests.system.udp_systems import HOST, asys, port
from thespian_core.api.system import ActorSystem
from thespian_core.errors import ActorSystemStartupFailure
from thespian_core.testing.contract import PATIENCE_S
from thespian_core.testing.doer import Doer, do
from thespian_udp.places import hold

__all__ = ["asys", "port"]

STARTER = """
from plugins.udp.tests.system.bad_line_actors import Counter
from thespian.actors import ActorSystem

if __name__ == "__main__":
    system = ActorSystem("multiprocUDPBase", {{"Admin Port": {port}}})
    counter = system.createActor(Counter, globalName="counter")
    for number in range({count}):
        system.tell(counter, number)
"""
COUNT = 20_000
DEAD_WITHIN_S = 5.0


@pytest.mark.slow
def test_a_system_outlives_its_starter_and_others_join_it_and_end_it(port: int, tmp_path: Path) -> None:
    program = tmp_path / "starter.py"
    program.write_text(STARTER.format(port=port, count=COUNT), "utf-8")
    root = Path(__file__).parents[4]
    subprocess.run([sys.executable, program], check=True, env={**os.environ, "PYTHONPATH": str(root)})
    system = ActorSystem("multiprocUDPBase", {"Admin Port": port}, transientUnique=True)
    try:
        counter = system.createActor(Counter, globalName="counter")
        assert system.ask(counter, "what came?", PATIENCE_S) == list(range(COUNT))
    finally:
        system.shutdown()
    hold(HOST, port).close()  # raises, when somebody has it


@pytest.mark.slow
def test_when_the_admin_is_killed_nothing_is_left_and_another_system_can_start(
    asys: ActorSystem, port: int
) -> None:
    _, launcher, _ = asys.ask(asys.createActor(Mortal), do("where"), PATIENCE_S)
    admin = processes()[launcher][0]
    with Watched({admin, *below(admin)}) as family:
        os.kill(admin, signal.SIGKILL)
        family.all_end()
    again = ActorSystem("multiprocUDPBase", {"Admin Port": port}, transientUnique=True)
    try:
        assert again.ask(again.createActor(Mortal), do("answer", "well"), PATIENCE_S) == "well"
    finally:
        again.shutdown()


@pytest.mark.slow
def test_a_program_that_holds_the_port_and_says_nothing_is_named(port: int) -> None:
    with (
        closing(hold(HOST, port)),
        pytest.raises(ActorSystemStartupFailure, match="does not answer") as caught,
    ):
        ActorSystem("multiprocUDPBase", {"Admin Port": port}, transientUnique=True)
    assert f"{HOST}:{port}" in str(caught.value)


@pytest.mark.slow
@pytest.mark.parametrize("has_written", [True, False])
def test_mail_for_a_killed_actor_is_dead_though_no_connection_broke(
    asys: ActorSystem, has_written: bool
) -> None:
    handler = asys.createActor(Doer)
    asys.ask(handler, do("report"), PATIENCE_S)
    asys.ask(handler, do("dead_letters"), PATIENCE_S)
    actor = asys.createActor(Mortal)
    # What the one who listens had asked has surely ended, so none of it comes back as poison.
    with asys.private() as other:
        if has_written:
            asys.ask(actor, do("where"), PATIENCE_S)
        pid, _, _ = other.ask(actor, do("where"), PATIENCE_S)
        os.kill(pid, signal.SIGKILL)
        for number in range(3):
            asys.tell(actor, number)
        assert [asys.listen(DEAD_WITHIN_S) for _ in range(3)] == [
            ("seen", ("dead", actor, number)) for number in range(3)
        ]
