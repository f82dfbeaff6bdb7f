"""Measures what an operator pays for: logging, on a message's way, and ``thespian status``.

Each kind of logging has a system of its own, and all of them take turns in this one run; so what is to be
compared was measured under the same load.
"""

from __future__ import annotations

import argparse
import json
import socket
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from measuring import now, show
from operating_actors import Logging, Many, Silent

from thespian.actors import ActorAddress, ActorSystem

PATIENCE_S = 60
ROUNDS = 15
ASKS = 300  # in a row, before it is another's turn
TELLS = 3_000
LOOKS = 7


def free_port() -> int:
    """Return a port that nobody has."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def log_defs(file: Path, level: str) -> dict[str, Any]:
    """Write to a file what has a level."""
    return {
        "version": 1,
        "handlers": {"file": {"class": "logging.FileHandler", "filename": str(file)}},
        "root": {"handlers": ["file"], "level": level},
    }


def measure_logging(base_name: str, rounds: int = ROUNDS) -> None:
    """Compare actors that log each message in three ways with one that does not log."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as systems:
        folder = Path(name)
        kinds: dict[str, tuple[type, Any]] = {
            "without logging": (Silent, False),
            "logging off": (Logging, False),
            "logging below the level": (Logging, log_defs(folder / "below", "WARNING")),
            "logging to a file": (Logging, log_defs(folder / "on", "INFO")),
        }
        lines: dict[str, tuple[ActorSystem, ActorAddress]] = {}
        for kind, (actor_class, definitions) in kinds.items():
            system = ActorSystem(base_name, {"Admin Port": free_port()}, definitions, transientUnique=True)
            systems.callback(system.shutdown)
            lines[kind] = system, system.createActor(actor_class)
        asks: dict[str, list[float]] = {kind: [] for kind in kinds}
        tells: dict[str, list[float]] = {kind: [] for kind in kinds}
        for number in range(rounds):
            order = list(lines)
            start = number % len(order)
            for kind in order[start:] + order[:start]:
                system, actor = lines[kind]
                began = now()
                for _ in range(ASKS):
                    system.ask(actor, "a question", PATIENCE_S)
                asks[kind].append((now() - began) / ASKS)
                began = now()
                for _ in range(TELLS):
                    system.tell(actor, "no answer")
                assert system.ask(actor, "a question", PATIENCE_S) == "a question"
                tells[kind].append((now() - began) / TELLS)
        for what, taken in (("ask", asks), ("one of many tells", tells)):
            plain = taken["without logging"]
            for kind, values in taken.items():
                show(f"{what}, {kind}", statistics.median(values) * 1e6, "us")
                ratio = statistics.median(one / other for one, other in zip(values, plain, strict=True))
                show(f"{what}, {kind}, times that without logging", ratio, "x")


def measure_status(base_name: str, numbers: tuple[int, ...]) -> None:
    """Measure ``thespian status``, from when it is called to when it has ended."""
    port = free_port()
    command = [sys.executable, "-m", "thespian_core.cli"]
    status = [*command, "status", "--base", base_name, "--port", str(port)]
    system = ActorSystem(base_name, {"Admin Port": port}, False, transientUnique=True)
    try:
        parent = system.createActor(Many)
        living = 1
        for number in numbers:
            assert system.ask(parent, number - living, PATIENCE_S) == number - living
            living = number
            while True:
                found = json.loads(subprocess.run([*status, "--json"], capture_output=True).stdout)
                if [one["state"] for one in found["actors"]].count("idle") == number:
                    break
            show("thespian status", _median_s(status), "s", x=number)
        show("thespian --version, which looks at nothing", _median_s([*command, "--version"]), "s")
    finally:
        system.shutdown()


def _median_s(command: list[str]) -> float:
    taken_s = []
    for _ in range(LOOKS):
        began = now()
        subprocess.run(command, capture_output=True, check=True)
        taken_s.append(now() - began)
    return statistics.median(taken_s)


def main() -> None:
    """Measure one or the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["logging", "status"])
    parser.add_argument("--base", default="multiprocTCPBase")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--actors", type=int, nargs="+", default=[10, 100, 500])
    given = parser.parse_args()
    if given.what == "logging":
        measure_logging(given.base, given.rounds)
    else:
        measure_status(given.base, tuple(given.actors))


if __name__ == "__main__":
    main()
