"""Measures one figure of whatever package offers ``thespian.actors`` in this interpreter.

Uses the public API only, so it runs unchanged against the original of the same name.
Prints one line of JSON: name, value, unit, whether higher is better.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from thespian.actors import Actor, ActorSystem

PAYLOAD = ("some text", 12345, 6.75)
TIMEOUT_S = 15
WARM_UP = 200


class Echo(Actor):
    """Answers with what it is sent."""

    def receiveMessage(self, message: Any, sender: Any) -> None:
        """Answer."""
        if isinstance(message, tuple):
            self.send(sender, message)


class Counter(Actor):
    """Counts, and answers with the count when it is asked."""

    count = 0

    def receiveMessage(self, message: Any, sender: Any) -> None:
        """Count, or answer."""
        if isinstance(message, tuple):
            self.count += 1
        elif message == "count?":
            self.send(sender, self.count)


def ask_median_us(system: Any, seconds: float) -> float:
    """Return the median time of one ask, in microseconds."""
    echo = system.createActor(Echo)
    for _ in range(WARM_UP):
        system.ask(echo, PAYLOAD, TIMEOUT_S)
    taken = []
    until = time.perf_counter() + seconds
    while (began := time.perf_counter()) < until:
        if system.ask(echo, PAYLOAD, TIMEOUT_S) != PAYLOAD:
            raise SystemExit("an ask was not answered")
        taken.append(time.perf_counter() - began)
    return statistics.median(taken) * 1e6


def tells_per_s(system: Any, seconds: float) -> float:
    """Return how many messages a program hands over and an actor handles in a second."""
    counter = system.createActor(Counter)
    sent, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        for _ in range(1000):
            system.tell(counter, PAYLOAD)
        sent += 1000
    handled = system.ask(counter, "count?", TIMEOUT_S)
    rate = sent / (time.perf_counter() - began)
    if handled != sent:
        raise SystemExit(f"{sent - handled} of {sent} messages were lost: a rate with losses does not count")
    return rate


def creates_per_s(system: Any, seconds: float) -> float:
    """Return how many actors can be created and ask for an answer in a second."""
    made, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        system.ask(system.createActor(Echo), PAYLOAD, TIMEOUT_S)
        made += 1
    return made / (time.perf_counter() - began)


def import_ms(_system: Any, _seconds: float) -> float:
    """Return the median time of ``import thespian.actors`` in a fresh interpreter, in milliseconds."""
    timing = "import time; t = time.perf_counter(); import thespian.actors; print(time.perf_counter() - t)"
    runs = [subprocess.check_output([sys.executable, "-c", timing]) for _ in range(9)]
    return statistics.median(map(float, runs)) * 1e3


FIGURES: dict[str, tuple[Callable[[Any, float], float], str, bool]] = {
    "ask, median": (ask_median_us, "us", False),
    "tell": (tells_per_s, "/s", True),
    "create and first answer": (creates_per_s, "/s", True),
    "import thespian.actors": (import_ms, "ms", False),
}


def main() -> None:
    """Measure one figure, and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("figure", choices=list(FIGURES))
    parser.add_argument("--base", default="simpleSystemBase")
    parser.add_argument("--seconds", type=float, default=1.0)
    arguments = parser.parse_args()
    measure, unit, higher_is_better = FIGURES[arguments.figure]
    system = ActorSystem(arguments.base, logDefs=False)
    try:
        value = measure(system, arguments.seconds)
    finally:
        system.shutdown()
    print(json.dumps({"value": value, "unit": unit, "higher_is_better": higher_is_better}))


if __name__ == "__main__":
    main()
