"""On every sick machine a start says why, soon, or works; and the doctor has said the same before."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

import thespian_multiproc
from plugins.operator.tests.conftest import PATIENCE_S, Command
from plugins.operator.tests.sickness import SICKNESSES, STARTS, Sickness, low_port
from plugins.operator.tests.strangers import a_stranger
from thespian.actors import ActorSystem, ActorSystemStartupFailure
from tools.ports import free_port

# Two seconds are promised; a loaded machine may need five times as long.
SAYS_WHY_WITHIN_S = 10.0


@pytest.mark.slow
@pytest.mark.parametrize("sickness", SICKNESSES, ids=lambda sickness: sickness.name)
def test_a_start_says_why_it_fails_and_the_doctor_agrees(
    sickness: Sickness, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    port = low_port() if sickness.low_port else free_port()
    tmp_path.chmod(0o755)
    if sickness.prepare is not None:
        sickness.prepare(tmp_path, port)
    if reason := sickness.why_not_here(tmp_path, port):
        pytest.skip(reason)

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        ran = subprocess.run(
            sickness.command(tmp_path, port, sys.executable, *words),
            env=sickness.environment(tmp_path),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
        )
        assert ran.stderr == ""
        return ran

    took_s, said = json.loads(run("-c", STARTS, sickness.base, str(port)).stdout)
    record_property("took_s", took_s)
    for text in sickness.says:
        assert text in said
    assert bool(said) == bool(sickness.says), said
    assert took_s < SAYS_WHY_WITHIN_S
    assert not list(tmp_path.rglob("ends/*")), "what never ran has left word of how it ended"

    doctored = run(
        "-m", "thespian_core.cli", "doctor", "--json", "--base", sickness.base, "--port", str(port)
    )
    found = json.loads(doctored.stdout)
    errors = [[one["text"], *one["mend"]] for one in found["findings"] if one["level"] == "error"]
    if sickness.varies:
        said, errors = said.partition("\n")[2], [lines[1:] for lines in errors]
    assert (doctored.returncode, found["would_start"]) == ((1, False) if said else (0, True)), errors
    if said:
        assert without_numbers(said) in map(without_numbers, ("\n".join(lines) for lines in errors))
    if sickness.warns:
        warned = [one["topic"] for one in found["findings"] if one["level"] == "warning"]
        assert sickness.warns in warned


def without_numbers(text: str) -> str:
    """Return a sentence without what differs from one start to the next, and without indentation."""
    lines = [line.strip() for line in text.splitlines()]
    return "\n".join("".join(c for c in line if not c.isdigit()) for line in lines)


@contextlib.contextmanager
def a_web_server(port: int, _folder: Path) -> Iterator[None]:
    with a_stranger(port, b"HTTP/1.1 400 Bad Request\r\n\r\n" * 9):
        yield


@contextlib.contextmanager
def one_that_says_nothing(port: int, _folder: Path) -> Iterator[None]:
    with a_stranger(port, b""):
        yield


@contextlib.contextmanager
def a_system_with_another_key(port: int, folder: Path) -> Iterator[None]:
    key = folder / "other.key"
    key.write_bytes(os.urandom(32))
    key.chmod(0o600)
    with a_program_with_a_system(port, THESPIAN_KEY_FILE=str(key)):
        yield


@contextlib.contextmanager
def a_system_of_another_protocol(port: int, folder: Path) -> Iterator[None]:
    """Run a system of a changed copy of the engine."""
    ours = Path(thespian_multiproc.__file__).parent
    version = "PROTOCOL_VERSION = "
    for file in ours.rglob("*.py"):
        text = file.read_text()
        if file.name == "fields.py":
            assert version in text
            text = text.replace(version, version + "100 + ")
        copy = folder / ours.name / file.relative_to(ours)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(text)
    with a_program_with_a_system(port, PYTHONPATH=str(folder)):
        yield


@contextlib.contextmanager
def a_system_that_is_stopped(port: int, _folder: Path) -> Iterator[None]:
    with a_program_with_a_system(port) as admin:
        os.kill(admin, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(admin, signal.SIGCONT)


RUNS_A_SYSTEM = """
import sys
from thespian.actors import ActorSystem
system = ActorSystem("multiprocTCPBase", {"Admin Port": int(sys.argv[1])}, logDefs=False)
print("runs", flush=True)
sys.stdin.read()
system.shutdown()
"""


@contextlib.contextmanager
def a_program_with_a_system(port: int, **environ: str) -> Iterator[int]:
    """Run a system, and end it again; gives the number of its admin's process."""
    with subprocess.Popen(
        [sys.executable, "-c", RUNS_A_SYSTEM, str(port)],
        env={**os.environ, **environ},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout is not None
        assert program.stdin is not None
        try:
            assert program.stdout.readline() == "runs\n"
            (admin,) = psutil.Process(program.pid).children()
            yield admin.pid
        finally:
            program.stdin.close()
            assert program.wait(PATIENCE_S) == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("has_the_port", "says"),
    [
        (a_web_server, "it is no system that this program can join"),
        (one_that_says_nothing, "it does not answer"),
        (a_system_that_is_stopped, "it does not answer"),
        (a_system_with_another_key, "does not know this system's key"),
        (a_system_of_another_protocol, "speaks protocol version 101, this one 1"),
    ],
)
def test_a_start_where_somebody_else_is_says_who_and_the_doctor_agrees(
    has_the_port: Callable[[int, Path], contextlib.AbstractContextManager[None]],
    says: str,
    tmp_path: Path,
    thespian: Command,
    record_property: Callable[[str, object], None],
) -> None:
    port = free_port()
    with has_the_port(port, tmp_path):
        began = time.monotonic()
        with pytest.raises(ActorSystemStartupFailure) as failed:
            ActorSystem("multiprocTCPBase", {"Admin Port": port}, transientUnique=True).shutdown()
        took_s = time.monotonic() - began
        said = thespian.run("doctor", "--json", "--base", "multiprocTCPBase", "--port", port)
    record_property("took_s", took_s)
    assert took_s < SAYS_WHY_WITHIN_S
    assert says in str(failed.value)
    assert "choose another Admin Port" in str(failed.value)
    (error,) = [one for one in json.loads(said.stdout)["findings"] if one["level"] == "error"]
    assert said.returncode == 1
    who, *told = error["mend"]
    assert who.startswith("it is process ")
    assert without_numbers("\n".join([error["text"], *told])) == without_numbers(str(failed.value))
