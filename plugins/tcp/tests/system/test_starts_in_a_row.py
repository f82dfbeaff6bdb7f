"""A thousand programs in a row each start a system of their own, cold, on one port: none fails."""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from plugins.tcp.tests.system.families import below, listens, place, port, processes
from plugins.tcp.tests.system.programs import run

__all__ = ["place", "port"]

STARTS = 1000
STARTS_AND_ASKS = """
import time
class Echo(Actor):
    def receiveMessage(self, message, sender):
        self.send(sender, message)
if __name__ == "__main__":
    began = time.monotonic()
    system = ActorSystem(BASE, {"Admin Port": PORT})
    answer = system.ask(system.createActor(Echo), "hello", 20)
    took_s = time.monotonic() - began
    system.shutdown()
    print(answer, took_s)
"""


@pytest.mark.soak
@pytest.mark.parametrize("base_name", ["multiprocTCPBase", "multiprocUDPBase"])
def test_a_thousand_cold_starts_in_a_row_do_not_fail(
    base_name: str, tmp_path: Path, place: Path, port: int, record_property: Callable[[str, object], None]
) -> None:
    before = below(os.getpid())
    took_s = []
    began = time.monotonic()
    for number in range(STARTS):
        ran = run(tmp_path, STARTS_AND_ASKS, base_name, port)
        assert (ran.returncode, ran.stderr) == (0, ""), f"start {number}: {ran.stderr}"
        answer, seconds = ran.stdout.split()
        assert answer == "hello"
        took_s.append(float(seconds))
    took_s.sort()
    median_s, slow_s = statistics.median(took_s), took_s[-STARTS // 100]
    figures = f"median {median_s:.3f} s, 99 % {slow_s:.3f} s, most {took_s[-1]:.3f} s"
    record_property("starts", figures)
    print(
        f"\n{base_name}: {STARTS} cold starts in {time.monotonic() - began:.0f} s: {figures}", file=sys.stderr
    )
    assert not (below(os.getpid()) - before) & set(processes())
    assert not listens(port)
    assert list(place.joinpath("temporary").iterdir()) == []
    log = place / "internal.log"
    assert not log.exists() or " ERR " not in log.read_text()
