"""Who leaves, is told so, and is forgotten; who is only quiet is not."""

from __future__ import annotations

import pytest

from plugins.multiproc.tests.protocol.simulation import Simulation
from thespian_multiproc.protocol.departures import MOST_QUIET
from thespian_multiproc.transport.interface import Lost
from thespian_multiproc.transport.memory import NO_FAULTS


@pytest.mark.parametrize("ordered", [True, False])
def test_who_leaves_is_told_that_its_last_mail_came_in_before_it_is_forgotten(ordered: bool) -> None:
    simulation = Simulation(1, ordered, NO_FAULTS, ("program", "admin"))
    program, admin = simulation.members["program"], simulation.members["admin"]
    simulation.send("program", "admin", b"I leave")
    while not admin.seen:
        simulation.run(0.001)
    assert program.sessions.unreceived == 1
    now = simulation.network.now
    simulation._carry_out(admin, admin.sessions.died("program", 0, 0, "it has left", now))
    simulation.run(0.1)
    assert program.sessions.unreceived == 0


@pytest.mark.parametrize("ordered", [True, False])
def test_of_those_who_came_and_went_little_is_kept(ordered: bool) -> None:
    names = [f"client {number}" for number in range(MOST_QUIET + 6)]
    simulation = Simulation(1, ordered, NO_FAULTS, ("server", *names))
    server = simulation.members["server"].sessions
    for name in names:
        simulation.send(name, "server", b"hello")
        simulation.send("server", name, b"welcome")
        simulation.run(0.1)
        client = simulation.members[name]
        assert client.seen == {"server": [b"welcome"]}
        client.alive = False
        client.endpoint.close()
        simulation.run(0.1)
    assert len(server._known) <= MOST_QUIET
    assert server.conversations <= MOST_QUIET
    if ordered:
        simulation.send("server", names[0], b"are you there?")
        assert simulation.members["server"].lifeless == {names[0]: [b"are you there?"]}
    for name in names:
        simulation.send("server", name, b"still there?")
    simulation.run(60)
    assert server._known == {}
    assert server.unreceived == 0


def test_whoever_is_quiet_and_lives_is_not_forgotten() -> None:
    names = [f"client {number}" for number in range(MOST_QUIET + 6)]
    simulation = Simulation(1, True, NO_FAULTS, ("server", *names))
    for name in names:
        simulation.send(name, "server", b"hello")
        simulation.run(0.1)
        server = simulation.members["server"]
        (peer,) = server.sessions._by_peer
        simulation._carry_out(server, server.sessions.happened(Lost(peer), simulation.network.now))
        server.endpoint.drop(peer)
        simulation.run(0.1)
    for name in names:
        simulation.send(name, "server", b"once more")
    simulation.run(10)
    assert simulation.members["server"].seen == {name: [b"hello", b"once more"] for name in names}
