"""The upgrade example loses nothing, and would say so if it did."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from examples.upgrade.clients import Clients
from examples.upgrade.front import Front
from examples.upgrade.main import PHASES
from examples.upgrade.report import figures
from thespian.actors import ActorAddress, ActorSystem, ActorTypeDispatcher
from tools.house_rules import ROOT


@pytest.mark.slow
def test_an_upgrade_and_the_way_back_answer_every_request_once() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "examples.upgrade", "--seconds", "0.5", "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    found: dict[str, Any] = json.loads(ran.stdout)
    assert (found["lost"], found["answered_twice"], found["wrong"]) == (0, 0, 0)
    on_1, upgrade, on_2, _, back = found["phases"]
    assert on_1["requests"] == on_1["by_1"] > 0
    assert upgrade["by_1"] > 0
    assert on_2["requests"] == on_2["by_2"] > 0
    assert back["requests"] == back["by_1"] > 0
    assert found["ended_on_1_after_the_upgrade"] > 0


class BadDesk(ActorTypeDispatcher):
    """Answers its requests twice, not at all, wrongly, and right, in turn."""

    def receiveMsg_tuple(self, request: Any, sender: ActorAddress) -> None:
        number = request[1]
        for cents in ((1100, 1100), (), (5,), (1100,))[number % 4]:
            self.send(sender, ("quoted", number, 1, cents))


class OneDesk:
    """Says that one actor has every role."""

    def __init__(self, desk: ActorAddress) -> None:
        self._desk = desk

    def get_role_address(self, role: str, group: str | None = None) -> dict[str, Any]:
        return {"ActorAddress": self._desk}


def test_requests_that_are_lost_answered_twice_or_wrongly_are_counted() -> None:
    asys = ActorSystem("simpleSystemBase", logDefs=False, transientUnique=True)
    try:
        clients = Clients(asys, Front(OneDesk(asys.createActor(BadDesk))), answer_limit_s=0.05)
        clients.phase = PHASES[0]
        clients.begin([0.0])
        while len(clients.requests) < 9:
            assert asys.listen(0.01) is None
        clients.end()
        found = figures(clients, PHASES)
    finally:
        asys.shutdown()
    assert found["lost"] >= 2
    assert found["answered_twice"] >= 2
    assert found["wrong"] >= 2
    assert found["requests"] > found["lost"] + found["wrong"]
