"""Measures the same figures of Pykka (actors as threads of one process), as a well-known neighbour."""

from __future__ import annotations

import argparse
import json
import statistics
import time
from typing import Any

import pykka

PAYLOAD = ("some text", 12345, 6.75)
TIMEOUT_S = 15
WARM_UP = 200


class Echo(pykka.ThreadingActor):  # type: ignore[misc,unused-ignore]
    """Answers with what it is sent, and counts."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def on_receive(self, message: Any) -> Any:
        """Count, and answer."""
        self.count += 1
        return self.count - 1 if message == "count?" else message


def main() -> None:
    """Measure one figure, and print it; print nothing when it has no such figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("figure")
    parser.add_argument("--seconds", type=float, default=1.0)
    arguments = parser.parse_args()
    value, unit, higher_is_better = 0.0, "us", False
    try:
        echo = Echo.start()
        if arguments.figure == "ask, median":
            for _ in range(WARM_UP):
                echo.ask(PAYLOAD, timeout=TIMEOUT_S)
            taken = []
            until = time.perf_counter() + arguments.seconds
            while (began := time.perf_counter()) < until:
                echo.ask(PAYLOAD, timeout=TIMEOUT_S)
                taken.append(time.perf_counter() - began)
            value = statistics.median(taken) * 1e6
        elif arguments.figure == "tell":
            sent, began = 0, time.perf_counter()
            while time.perf_counter() - began < arguments.seconds:
                for _ in range(1000):
                    echo.tell(PAYLOAD)
                sent += 1000
            handled = echo.ask("count?", timeout=TIMEOUT_S)
            value, unit, higher_is_better = sent / (time.perf_counter() - began), "/s", True
            if handled != sent:
                raise SystemExit(f"{sent - handled} of {sent} messages were lost")
        else:
            return
    finally:
        pykka.ActorRegistry.stop_all()
    print(json.dumps({"value": value, "unit": unit, "higher_is_better": higher_is_better}))


if __name__ == "__main__":
    main()
