"""What a program or an actor may do in a signal handler: nothing waits for the call that it interrupts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from plugins.multiproc.tests.system.handling import Ringing
from thespian_core.api.system import ActorSystem
from thespian_core.testing.contract import PATIENCE_S

ROOT = Path(__file__).resolve().parents[4]


@pytest.mark.slow
@pytest.mark.parametrize("what", ["tell", "shut_down"])
def test_a_program_may_tell_and_shut_down_in_a_handler(base_name: str, what: str) -> None:
    program = subprocess.run(
        [sys.executable, "-m", "plugins.multiproc.tests.system.handling", what, base_name],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        timeout=PATIENCE_S,
    )
    assert (program.returncode, program.stderr) == (0, "")


def test_an_actor_may_send_and_ask_for_wakeups_in_a_handler(asys: ActorSystem) -> None:
    pid = asys.ask(asys.createActor(Ringing), "where?", PATIENCE_S)
    for number in range(1, 11):
        os.kill(pid, signal.SIGUSR2)
        assert [asys.listen(PATIENCE_S), asys.listen(PATIENCE_S)] == [number, f"woken {number}"]
