"""Measures one figure of whatever package offers ``thespian.actors`` in this interpreter.

Uses the public API only, so it runs unchanged against the original of the same name.
"""

from __future__ import annotations

import argparse
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import processes
from measuring import PAYLOAD, WARM_UP, now, paced, show, show_latency, timed
from thespian_actors import Caller, Counter, Echo, Parent, RingNode, Sink, Source

from thespian.actors import ActorSystem

ANSWER_LIMIT_S = 15
FLOOD_LIMIT_S = 60  # for what waits until a flood has been worked off
GONE_LIMIT_S = 10
SETTLED_AFTER_S = 0.5
RING = 20
WORKERS = 8
STRANGERS = 30
IDLE = 50
IDLE_FOR_S = 10
# Not False: the original's log process fails at it, and its multi-process bases never start.
QUIET: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {},
    "handlers": {},
    "loggers": {},
    "root": {"level": "ERROR", "handlers": []},
}


def new_system(base: str) -> Any:
    """Start a system of its own, at an Admin Port that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return ActorSystem(base, {"Admin Port": port}, logDefs=QUIET, transientUnique=True)


@contextmanager
def running(base: str) -> Iterator[Any]:
    """Start a system, and shut it down in the end."""
    system = new_system(base)
    try:
        yield system
    finally:
        system.shutdown()


def ask(system: Any, actor: Any, message: Any, timeout_s: float = ANSWER_LIMIT_S) -> Any:
    """Ask, and take no silence for an answer."""
    answer = system.ask(actor, message, timeout_s)
    if answer is None:
        raise SystemExit(f"no answer to {message!r:.60} in {timeout_s:.0f} s")
    return answer


def ask_latency(base: str, seconds: float, _x: int) -> None:
    """Measure how long an ask takes."""
    with running(base) as system:
        echo = system.createActor(Echo)
        for _ in range(WARM_UP):
            ask(system, echo, PAYLOAD)
        show_latency(timed(lambda: ask(system, echo, PAYLOAD), seconds))


def tell_throughput(base: str, seconds: float, _x: int) -> None:
    """Measure how many messages a program hands over and an actor handles in a second."""
    with running(base) as system:
        counter = system.createActor(Counter)
        ask(system, counter, "count?")
        sent, began = 0, now()
        while now() - began < seconds:
            for _ in range(1000):
                system.tell(counter, PAYLOAD)
            sent += 1000
        handled = ask(system, counter, "count?", FLOOD_LIMIT_S)
        show("tell", sent / (now() - began), "messages/s", True, lost=sent - handled)


def pipelined(base: str, seconds: float, count: int) -> None:
    """Measure how many messages a second go from one actor to another, when so many are sent in a row."""
    with running(base) as system:
        source, sink = system.createActor(Source), system.createActor(Sink)
        ask(system, source, ("stream", sink, 1))
        rates: list[float] = []
        until = now() + seconds
        while not rates or now() < until:
            began = now()
            answer = system.ask(source, ("stream", sink, count), FLOOD_LIMIT_S)
            took_s = now() - began
            if answer is None:  # the end itself did not come
                answer = ask(system, sink, ("so far?",), FLOOD_LIMIT_S)
            _, came, in_order = answer
            if came == count and not in_order:
                raise SystemExit(f"{count} messages did not come in order")
            if came != count:
                show("pipelined", came / took_s, "messages/s", True, count, lost=count - came)
                return
            rates.append(count / took_s)
        show("pipelined", statistics.median(rates), "messages/s", True, count, lost=0)


def ring(base: str, seconds: float, _x: int) -> None:
    """Measure how often a second a token is handed on in a ring of actors."""
    with running(base) as system:
        nodes = [system.createActor(RingNode) for _ in range(RING)]
        for node, next_one in zip(nodes, nodes[1:] + nodes[:1], strict=True):
            ask(system, node, ("next is", next_one))
        ask(system, nodes[0], ("go", 2 * RING))  # all have met
        hops, took_s = paced(lambda hops: ask(system, nodes[0], ("go", hops)), 200, seconds)
        show(f"ring of {RING}", hops / took_s, "hops/s", True, lost=0)


def fanout(base: str, seconds: float, _x: int) -> None:
    """Measure how many messages a second an actor exchanges with several at once."""
    missing = 0

    def hand_out(to_each: int) -> None:
        nonlocal missing
        if system.ask(parent, ("hand out", to_each), ANSWER_LIMIT_S) is None:
            _, missing = ask(system, parent, ("missing?",))

    with running(base) as system:
        parent = system.createActor(Parent)
        ask(system, parent, ("create", WORKERS))
        to_each, took_s = paced(hand_out, 10, seconds)
        rate = 2 * WORKERS * to_each / took_s
        show(f"fanout to {WORKERS} workers and back", rate, "messages/s", True, lost=missing)


def big(base: str, seconds: float, megabytes: int) -> None:
    """Measure how fast a large message comes to an actor, its short answer included."""
    content = bytes(range(256)) * (megabytes * 1_000_000 // 256)
    with running(base) as system:
        echo = system.createActor(Echo)
        ask(system, echo, content, FLOOD_LIMIT_S)
        taken_s = timed(lambda: ask(system, echo, content, FLOOD_LIMIT_S), seconds)
        show(f"messages of {megabytes} MB", megabytes / statistics.median(taken_s), "MB/s", True)


def start(base: str, _seconds: float, _x: int) -> None:
    """Measure how long it takes from nothing to an actor's first answer, ``import`` not included."""
    began = now()
    with running(base) as system:
        ask(system, system.createActor(Echo), PAYLOAD)
        show("start to first answer", (now() - began) * 1e3, "ms")


def create(base: str, _seconds: float, count: int) -> None:
    """Measure how fast a program creates actors, what memory they take, and how fast all are gone."""
    system = new_system(base)
    try:
        ask(system, system.createActor(Echo), PAYLOAD)
        before_mib = processes.pss_mib()
        began = now()
        made = [system.createActor(Echo) for _ in range(count)]
        for one in made:
            ask(system, one, PAYLOAD)
        show("created by a program", count / (now() - began), "actors/s", True, count)
        if processes.can_be_seen():
            time.sleep(SETTLED_AFTER_S)
            show("memory per idle actor", (processes.pss_mib() - before_mib) / count, "MiB PSS", x=count)
    finally:
        began = now()
        system.shutdown()
    if processes.can_be_seen():
        if left := processes.wait_until_gone(began + GONE_LIMIT_S):
            raise SystemExit(f"{left} processes were still there {GONE_LIMIT_S} s after shutdown")
        show("all gone after shutdown", (now() - began) * 1e3, "ms", x=count)


def create_children(base: str, _seconds: float, count: int) -> None:
    """Measure how fast an actor creates children, each of which answers."""
    with running(base) as system:
        parent = system.createActor(Parent)
        ask(system, parent, ("missing?",))
        began = now()
        ask(system, parent, ("create", count), FLOOD_LIMIT_S)
        show("created by an actor", count / (now() - began), "actors/s", True, count)


def idle(base: str, _seconds: float, _x: int) -> None:
    """Measure what processor time actors take that have nothing to do."""
    if processes.can_be_seen():
        with running(base) as system:
            for _ in range(IDLE):
                ask(system, system.createActor(Echo), PAYLOAD)
            time.sleep(2 * SETTLED_AFTER_S)
            before_s = processes.cpu_s()
            time.sleep(IDLE_FOR_S)
            show(f"CPU of {IDLE} idle actors in {IDLE_FOR_S} s", (processes.cpu_s() - before_s) * 1e3, "ms")


def meeting(base: str, _seconds: float, _x: int) -> None:
    """Measure what the first exchange between two running actors takes, and what the next ones take."""
    with running(base) as system:
        strangers = [system.createActor(Echo) for _ in range(STRANGERS)]
        for stranger in strangers:
            ask(system, stranger, PAYLOAD)
        _, first_s, next_s = ask(system, system.createActor(Caller), ("meet", strangers, 20), FLOOD_LIMIT_S)
        show("first message to an actor, and back", statistics.median(first_s) * 1e6, "us")
        show("next messages to it, and back", statistics.median(next_s) * 1e6, "us")


def import_time(_base: str, _seconds: float, _x: int) -> None:
    """Measure ``import thespian.actors`` in a fresh interpreter."""
    timing = "import time; t = time.perf_counter(); import thespian.actors; print(time.perf_counter() - t)"
    runs = [subprocess.check_output([sys.executable, "-c", timing]) for _ in range(9)]
    show("import thespian.actors", statistics.median(map(float, runs)) * 1e3, "ms")


FIGURES: dict[str, Callable[[str, float, int], None]] = {
    "ask": ask_latency,
    "tell": tell_throughput,
    "pipelined": pipelined,
    "ring": ring,
    "fanout": fanout,
    "big": big,
    "start": start,
    "create": create,
    "children": create_children,
    "idle": idle,
    "meeting": meeting,
    "import": import_time,
}


def main() -> None:
    """Measure one figure, and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("figure", choices=list(FIGURES))
    parser.add_argument("--x", type=int, default=0, help="how many messages or actors, or megabytes")
    parser.add_argument("--base", default="simpleSystemBase")
    parser.add_argument("--seconds", type=float, default=1.0)
    arguments = parser.parse_args()
    processes.keep_orphans()
    FIGURES[arguments.figure](arguments.base, arguments.seconds, arguments.x)


if __name__ == "__main__":
    main()
