"""Measures the same figures of Pykka (actors as threads of one process), as a well-known neighbour."""

from __future__ import annotations

import argparse
import statistics
from typing import Any

import pykka  # type: ignore[import-not-found,unused-ignore]
from measuring import PAYLOAD, WARM_UP, now, show, show_latency, timed

TIMEOUT_S = 60


class Echo(pykka.ThreadingActor):  # type: ignore[misc,unused-ignore]
    """Answers with what it is sent, and counts."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def on_receive(self, message: Any) -> Any:
        """Count, and answer."""
        self.count += 1
        return self.count - 1 if message == "count?" else message


class Source(pykka.ThreadingActor):  # type: ignore[misc,unused-ignore]
    """Sends many numbered tuples to another actor, and answers with how many came, and whether in order."""

    def on_receive(self, message: Any) -> Any:
        """Send all."""
        to, count = message
        for number in range(count):
            to.tell(("numbered", number))
        return to.ask(("end",), timeout=TIMEOUT_S)


class Sink(pykka.ThreadingActor):  # type: ignore[misc,unused-ignore]
    """Counts numbered tuples, and says at their end how many came, and whether in order."""

    def __init__(self) -> None:
        super().__init__()
        self.count, self.in_order = 0, True

    def on_receive(self, message: Any) -> Any:
        """Count, or say what came."""
        if message[0] == "numbered":
            self.in_order = self.in_order and message[1] == self.count
            self.count += 1
            return None
        came = self.count, self.in_order
        self.count, self.in_order = 0, True
        return came


def pipelined(seconds: float, count: int) -> None:
    """Measure how many messages a second go from one actor to another, when so many are sent in a row."""
    source, sink = Source.start(), Sink.start()
    rates: list[float] = []
    until = now() + seconds
    while not rates or now() < until:
        began = now()
        came, in_order = source.ask((sink, count), timeout=TIMEOUT_S)
        rates.append(count / (now() - began))
        if came != count or not in_order:
            raise SystemExit(f"{came} of {count} messages came, in order: {in_order}")
    show("pipelined", statistics.median(rates), "messages/s", True, count, lost=0)


def create(count: int) -> None:
    """Measure how fast a program creates actors."""
    began = now()
    made = [Echo.start() for _ in range(count)]
    for one in made:
        one.ask(PAYLOAD, timeout=TIMEOUT_S)
    show("created by a program", count / (now() - began), "actors/s", True, count)


def tell(seconds: float) -> None:
    """Measure how many messages a program hands over and an actor handles in a second."""
    echo = Echo.start()
    sent, began = 0, now()
    while now() - began < seconds:
        for _ in range(1000):
            echo.tell(PAYLOAD)
        sent += 1000
    handled = echo.ask("count?", timeout=TIMEOUT_S)
    show("tell", sent / (now() - began), "messages/s", True, lost=sent - handled)


def ask(seconds: float) -> None:
    """Measure how long an ask takes."""
    echo = Echo.start()
    for _ in range(WARM_UP):
        echo.ask(PAYLOAD, timeout=TIMEOUT_S)
    show_latency(timed(lambda: echo.ask(PAYLOAD, timeout=TIMEOUT_S), seconds))


def main() -> None:
    """Measure one figure, and print it; print nothing when it has no such figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("figure")
    parser.add_argument("--x", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=1.0)
    arguments = parser.parse_args()
    try:
        match arguments.figure:
            case "ask":
                ask(arguments.seconds)
            case "tell":
                tell(arguments.seconds)
            case "pipelined":
                pipelined(arguments.seconds, arguments.x)
            case "create":
                create(arguments.x)
    finally:
        pykka.ActorRegistry.stop_all()


if __name__ == "__main__":
    main()
