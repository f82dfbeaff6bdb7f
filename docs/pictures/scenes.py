"""What the terminal pictures show: a healthy system and a sick one, made for them on a free port."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bakery import Baker

from thespian.actors import ActorAddress, ActorSystem

BASE = "multiprocTCPBase"
PATIENCE_S = 60.0  # for what happens in a moment on a machine that is not overloaded

Take = Callable[..., None]  # the picture's name, and the words after "thespian"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


class Scene:
    """A bakery with three ovens.

    Args:
        port: its system's Admin Port.
        folder: for named pipes.
    """

    def __init__(self, port: int, folder: str) -> None:
        self.port = port
        self._folder = Path(folder)
        self.system = ActorSystem(BASE, {"Admin Port": port}, logDefs=False, transientUnique=True)
        self.baker = self.system.createActor(Baker, globalName="baker")
        self.ovens: list[ActorAddress] = self.system.ask(self.baker, ("ovens", 3), PATIENCE_S)
        self.until(lambda status: [one["state"] for one in status["actors"]] == ["idle"] * 4)

    def pid(self, oven: ActorAddress) -> int:
        """Return the number of an oven's process."""
        (pid,) = [one["pid"] for one in self.status()["actors"] if one["address"] == str(oven)]
        return int(pid)

    def send(self, oven: ActorAddress, what: Any, times: int = 1) -> None:
        """Have the baker send an oven something."""
        answer = self.system.ask(self.baker, ("to", oven, times, what), PATIENCE_S)
        if answer != "sent":
            raise RuntimeError(f"the baker answers {answer!r}")

    def status(self) -> dict[str, Any]:
        """Return what ``thespian status --json`` prints."""
        words = [sys.executable, "-m", "thespian_core.cli", "status", "--json", "--port", str(self.port)]
        found: dict[str, Any] = json.loads(subprocess.run(words, capture_output=True, check=True).stdout)
        return found

    def until(self, is_so: Callable[[dict[str, Any]], object]) -> None:
        """Wait until the status is as it should be."""
        until = time.monotonic() + PATIENCE_S
        while not is_so(status := self.status()):
            if time.monotonic() > until:
                raise TimeoutError(f"this is not what the picture is to show: {status}")

    def pipe(self) -> str:
        """Return the name of a new named pipe."""
        path = self._folder / f"door{len(os.listdir(self._folder))}"
        os.mkfifo(path)
        return str(path)

    def be_healthy(self) -> None:
        """Bake some bread, and come to rest."""
        for number, oven in enumerate(self.ovens):
            self.send(oven, ("bake", number), 10 * (number + 1))
        self.system.tell(self.ovens[0], ("clean in", 3600))
        self.until(lambda status: not any(one["mail_in"] or one["mail_out"] for one in status["actors"]))

    def be_sick(self) -> None:
        """Lose an oven and the log process; have one oven busy, with mail that waits, and one stopped."""
        first, second, third = self.ovens
        os.kill(self.pid(third), signal.SIGKILL)
        self.until(lambda status: status["died"])
        self.system.tell(third, "nobody reads this")
        os.kill(self.status()["processes"]["log"]["pid"], signal.SIGKILL)
        stopped = self.pid(second)
        self.send(first, ("bake until opened", self.pipe()), 3)
        os.kill(stopped, signal.SIGSTOP)
        self.until(
            lambda status: (
                status["dead_letters"]
                and status["log_restarts"]
                and [one["state"] for one in status["actors"]] == ["idle", "busy", "stopped"]
            )
        )

    def end_by_itself(self) -> None:
        """Lose the launcher."""
        processes = self.status()["processes"]
        watch = os.pidfd_open(processes["admin"]["pid"])
        os.kill(processes["launcher"]["pid"], signal.SIGKILL)
        if not select.select([watch], [], [], PATIENCE_S)[0]:
            raise TimeoutError("the system goes on without its launcher")
        os.close(watch)
        self.close()

    def close(self) -> None:
        """End what is left."""
        self.system.shutdown()


@contextmanager
def _scene(port: int, folder: str) -> Iterator[Scene]:
    scene = Scene(port, folder)
    try:
        yield scene
    finally:
        scene.close()


def play(take: Take) -> None:
    """Set all scenes, and have pictures taken in between."""
    with tempfile.TemporaryDirectory() as folder:
        port = _free_port()
        words = ("--port", str(port))
        with _scene(port, folder) as scene:
            scene.be_healthy()
            take("status-healthy", "status", *words)
            enough = Path(folder, "enough")
            scene.system.tell(scene.ovens[1], ("heat until", str(enough)))
            scene.until(lambda status: status["actors"][2]["state"] == "busy")
            take("top-healthy", "top", "--once", *words)
            enough.touch()
            scene.until(lambda status: status["actors"][2]["state"] == "idle")
            take("stop-healthy", "stop", *words)
        with _scene(port, folder) as scene:
            scene.end_by_itself()
        take("status-ended", "status", *words)
        with _scene(port, folder) as scene:
            scene.be_sick()
            take("status-sick", "status", *words)
            take("top-sick", "top", "--once", "--sort", "mail", *words)
            take("stop-sick", "stop", *words)
