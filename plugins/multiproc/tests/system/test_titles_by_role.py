"""Lists of processes say who each process of a system is, on every base and however processes start."""

from __future__ import annotations

import os
from typing import Any

import psutil
import pytest

from plugins.multiproc.tests.system.conftest import NewSystem
from thespian_core.addresses import ActorAddress
from thespian_core.api.actor import Actor

PATIENCE_S = 40  # a deadline that only a failing test waits for

pytest.importorskip("setproctitle")


class Known(Actor):
    """Tells which processes its own descends from."""

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Answer with the numbers of its own process, the launcher's and the admin's."""
        if message == "who":
            launcher = psutil.Process(os.getppid())
            self.send(sender, (os.getpid(), launcher.pid, launcher.ppid()))


def title(pid: int) -> str:
    """Return how a process is listed."""
    return " ".join(psutil.Process(pid).cmdline()).rstrip("\0 ")


@pytest.mark.parametrize(
    "method",
    [
        "fork",
        pytest.param("forkserver", marks=pytest.mark.slow),
        pytest.param("spawn", marks=pytest.mark.slow),
    ],
)
def test_each_process_of_a_system_says_who_it_is(new_system: NewSystem, method: str) -> None:
    mine = {child.pid for child in psutil.Process().children()}
    system = new_system(Process_Startup_Method=method)
    actor, launcher, admin = system.ask(system.createActor(Known), "who", PATIENCE_S)
    (log,) = {child.pid for child in psutil.Process(launcher).children()} - {actor}
    titles = [title(pid) for pid in (admin, launcher, log, actor)]
    roles = ("admin", "launcher", "log process", f"actor {Known.__module__}.Known")
    place = titles[0].partition("(system ")[2].rstrip(")")
    assert place
    assert titles == [f"thespian: {role} (system {place})" for role in roles]
    # What else this process has started for it, as the relay of a base that has one.
    others = {child.pid for child in psutil.Process().children()} - mine - {admin}
    assert all(title(pid).endswith(f" (system of process {os.getpid()})") for pid in others)
