"""Programs that start a system, and all processes that come of that."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import attrs

from thespian_core.testing.contract import PATIENCE_S
from thespian_multiproc.runtime.living import ProcessWatch

GONE_WITHIN_S = 5.0  # after a kill, nothing of a system is left by then
BASE = "multiprocQueueBase"
ROOT = Path(__file__).resolve().parents[4]

HEAD = f"""
import os, signal, sys, threading
sys.path.insert(0, {str(ROOT)!r})
from plugins.queue.tests.system.inmates import Inmate
from thespian.actors import ActorSystem

if __name__ == "__main__":
    system = ActorSystem({BASE!r}, logDefs=False)
    actors = [system.createActor(Inmate) for _ in range(3)]
    pids = [system.ask(actor, "who are you?", 20) for actor in actors]
    child = system.ask(actors[0], "have a child", 20)
"""


def commands() -> dict[int, tuple[int, str]]:
    """Return the parent and the command line of every process that has not ended, by its number."""
    listed = subprocess.run(
        ["ps", "-wwAo", "pid=,ppid=,stat=,args="], capture_output=True, text=True, check=True
    )
    found = {}
    for line in listed.stdout.splitlines():
        pid, parent, state, command = line.split(maxsplit=3)
        if not state.startswith("Z"):  # nobody may reap those whose parent was killed
            found[int(pid)] = (int(parent), command)
    return found


@attrs.define
class Starter:
    """A program that has started a system, and the processes of that."""

    process: subprocess.Popen[str]
    watches: dict[int, ProcessWatch] = attrs.field(factory=dict)
    relay: int = 0
    admin: int = 0

    def look(self) -> None:
        """Find the processes that descend from it, and watch them from now on."""
        known = commands()
        found = {self.process.pid}
        while more := {pid for pid, (parent, _) in known.items() if parent in found} - found:
            found |= more
        for pid in found - {self.process.pid}:
            self.watches[pid] = ProcessWatch(pid)
            parent, command = known[pid]
            if parent == self.process.pid:
                if "run_relay" in command or command.startswith("thespian: relay"):
                    self.relay = pid
                else:
                    self.admin = pid

    def left_after(self, within_s: float = GONE_WITHIN_S) -> list[str]:
        """Return which of the system's processes are still there after a while."""
        until = time.monotonic() + within_s
        left = [
            pid for pid, watch in self.watches.items() if not watch.wait(max(0.0, until - time.monotonic()))
        ]
        known = commands()
        return [f"{pid} {known[pid][1][-60:]}" for pid in left if pid in known]

    def line(self) -> str:
        """Return the next line that it prints."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def go_on(self) -> None:
        """Let it do what it was to do after it had been looked at."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()


@contextlib.contextmanager
def started(folder: Path, body: str = "") -> Iterator[Starter]:
    """Run a program that starts a system with three actors and a child, says ``ready``, and does some more.

    Args:
        folder: for the program.
        body: what it does then; it waits for ever if that comes to an end.
    """
    script = folder / "starter.py"
    lines = ['print("ready", flush=True)', *body.strip().splitlines(), "threading.Event().wait()"]
    script.write_text(HEAD + "".join(f"    {line}\n" for line in lines))
    process = subprocess.Popen(
        [sys.executable, str(script), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    starter = Starter(process)
    try:
        assert starter.line() == "ready"
        starter.look()
        assert starter.relay
        assert starter.admin
        yield starter
    finally:
        process.kill()
        process.wait(PATIENCE_S)
        for stream in (process.stdin, process.stdout):
            assert stream is not None
            stream.close()
        starter.left_after()
        for watch in starter.watches.values():
            watch.close()
