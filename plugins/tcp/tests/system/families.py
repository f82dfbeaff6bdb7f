"""The processes of a system, found by asking its actors and the list of all processes."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import attrs
import pytest

from plugins.tcp.tests.system.mortals import Mortal
from thespian_core.addresses import ActorAddress
from thespian_core.api.system import ActorSystem
from thespian_core.testing.contract import PATIENCE_S
from thespian_core.testing.doer import do
from thespian_multiproc.runtime.living import ProcessWatch
from tools.ports import free_port

GONE_WITHIN_S = 5.0  # after a kill, nothing of a system is left by then
HOST = "127.0.0.1"


def processes() -> dict[int, tuple[int, str]]:
    """Return the parent and the state of every process that has not ended, by its number."""
    listed = subprocess.run(["ps", "-Ao", "pid=,ppid=,stat="], capture_output=True, text=True, check=True)
    found = {}
    for line in listed.stdout.splitlines():
        pid, parent, state = line.split()
        if not state.startswith("Z"):  # nobody may reap those whose parent was killed
            found[int(pid)] = (int(parent), state)
    return found


def below(pid: int) -> set[int]:
    """Return all processes that descend from one."""
    known, found = processes(), {pid}
    while more := {one for one, (parent, _) in known.items() if parent in found} - found:
        found |= more
    return found - {pid}


def in_session(leader: int) -> set[int]:
    """Return the processes of a session."""
    found = set()
    for pid in processes():
        with contextlib.suppress(OSError):
            if os.getsid(pid) == leader:
                found.add(pid)
    return found


@attrs.frozen
class Family:
    """The processes of one system, as they were once.

    Attributes:
        admin: its process.
        launcher: its process.
        log: its process.
        actor: the process of the first actor that was asked.
        all: these and all others.
    """

    admin: int
    launcher: int
    log: int
    actor: int
    all: frozenset[int]

    @classmethod
    def of(cls, asys: ActorSystem, *actors: ActorAddress) -> Family:
        """Ask where they live: the actors of the system, and one more that the first such call creates."""
        with asys.private() as mine:
            asked = (*actors, mine.createActor(Mortal, globalName="tests: the one who tells"))
            told = [mine.ask(actor, do("where"), PATIENCE_S) for actor in asked]
        pids, launcher = [pid for pid, _, _ in told], told[0][1]
        known = processes()
        admin = known[launcher][0]
        others = [pid for pid, (parent, _) in known.items() if parent == launcher and pid not in pids]
        return cls(
            admin, launcher, min(others), pids[0], frozenset({admin, *below(admin), *in_session(admin)})
        )

    def watched(self) -> Watched:
        """Prepare to see all of it end."""
        return Watched(self.all)


class Watched(contextlib.ExitStack):
    """Sees processes end, that exist now."""

    def __init__(self, pids: Iterable[int]) -> None:
        super().__init__()
        self._watches = [self.enter_context(contextlib.closing(ProcessWatch(pid))) for pid in pids]

    def left_after(self, within_s: float) -> list[int]:
        """Return who is still there after so long; at once when nobody is."""
        until = time.monotonic() + within_s
        return [one.pid for one in self._watches if not one.wait(max(0.0, until - time.monotonic()))]

    def all_end(self, within_s: float = GONE_WITHIN_S) -> None:
        """Wait for the end of all.

        Raises:
            AssertionError: somebody is still there.
        """
        left = self.left_after(within_s)
        known = processes()
        assert not left, f"still there: {[(pid, known.get(pid)) for pid in left]}"


class Gate:
    """A named pipe at which one process waits until another one lets it through.

    Whoever waits reads one byte. Neither side is held up by opening it.

    Args:
        path: where it is made.
    """

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = str(path)
        self._descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK)

    def let_through(self) -> None:
        """Let one process through, now or when it comes."""
        os.write(self._descriptor, b"!")

    def wait(self, timeout_s: float = 12.0) -> None:
        """Wait until another process has let this one through.

        Raises:
            AssertionError: it has not, in time.
        """
        poll = select.poll()
        poll.register(self._descriptor, select.POLLIN)
        assert poll.poll(timeout_s * 1000), f"nobody came to {self.path}"
        os.read(self._descriptor, 1)

    def close(self) -> None:
        """Give it up."""
        os.close(self._descriptor)


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    """Where an actor can be made to wait."""
    with contextlib.closing(Gate(tmp_path / "gate")) as gate:
        yield gate


@pytest.fixture
def bell(tmp_path: Path) -> Iterator[Gate]:
    """Where an actor tells that it has come so far."""
    with contextlib.closing(Gate(tmp_path / "bell")) as bell:
        yield bell


@pytest.fixture
def slow_module(tmp_path: Path, gate: Gate, bell: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module ``slow_to_import`` with an actor ``Slow``; its import rings the bell and waits at the gate."""
    tmp_path.joinpath("slow_to_import.py").write_text(
        f"from plugins.tcp.tests.system.mortals import LastMail, ring, wait_at\n"
        f"ring({bell.path!r})\n"
        f"wait_at({gate.path!r})\n"
        f"class Slow(LastMail):\n"
        f"    pass\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))


def listens(port: int) -> bool:
    """Whether anybody accepts connections."""
    try:
        socket.create_connection((HOST, port), 2).close()
    except ConnectionRefusedError:
        return False
    return True


@pytest.fixture
def base_name() -> str:
    """The base under test."""
    return "multiprocTCPBase"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for keys, temporary files and the internal log of what the test starts."""
    folder = tmp_path / "place"
    for name in ("state", "temporary"):
        folder.joinpath(name).mkdir(parents=True)
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))
    monkeypatch.setenv("TMPDIR", str(folder / "temporary"))
    monkeypatch.setenv("THESPLOG_FILE", str(folder / "internal.log"))
    monkeypatch.setenv("THESPLOG_THRESHOLD", "INFO")
    return folder


@pytest.fixture
def port(place: Path) -> int:
    """An Admin Port that nobody has."""
    return free_port()


@pytest.fixture
def asys(base_name: str, port: int, place: Path) -> Iterator[ActorSystem]:
    """A system of its own for each test; at its end no process, listener or temporary file is left."""
    system = ActorSystem(base_name, {"Admin Port": port}, transientUnique=True)
    admin = Family.of(system).admin
    try:
        yield system
    finally:
        family = {admin, *below(admin), *in_session(admin)}
        system.shutdown()
        with Watched(family | in_session(admin)) as left:
            left.all_end()
    assert not listens(port)
    assert list(place.joinpath("temporary").iterdir()) == []
