"""Programs that tests run beside themselves: one that exits at once, and some with few open files."""

from __future__ import annotations

import atexit
import json
import multiprocessing
import resource
import sys
from typing import Any

from plugins.multiproc.tests.system.flood_actors import (
    Crowd,
    Expect,
    Flood,
    Flooder,
    Meet,
    Met,
    Report,
    Seen,
    Sleeper,
)
from plugins.multiproc.tests.system.odd_actors import PART, Slow
from thespian_core.api.system import ActorSystem
from thespian_core.errors import ActorSystemFailure
from tools.ports import free_port

PATIENCE_S = 300.0


def tell_and_exit(base_name: str, port: int, count: int) -> None:
    """Tell a sleeping actor very much, and end."""
    asys = ActorSystem(base_name, {"Admin Port": port})
    actor = asys.createActor(Sleeper, globalName="sleeper")
    assert asys.ask(actor, 1.0, PATIENCE_S) == "asleep soon"
    asys.tell(actor, "sleep")
    for number in range(count):
        asys.tell(actor, number)


def leave_a_busy_actor(base_name: str, port: int, busy_s: int) -> None:
    """Tell an actor something while it is in its handler for so long, and end."""
    asys = ActorSystem(base_name, {"Admin Port": port})
    actor = asys.createActor(Slow, globalName="slow")
    assert asys.ask(actor, float(busy_s), PATIENCE_S) == "busy"
    for _ in range(10):
        asys.tell(actor, PART)


def ask_and_shut_down(base_name: str, port: int) -> None:
    """Run a system from its start to its end."""
    asys = ActorSystem(base_name, {"Admin Port": port})
    with asys.private() as private:
        assert private.ask(asys.createActor(Slow), "parts?", PATIENCE_S) == 0
    asys.shutdown()


def tell_parts(base_name: str, port: int, count: int) -> None:
    """Tell an actor so many small parts, and return at once."""
    asys = ActorSystem(base_name, {"Admin Port": port})
    actor = asys.createActor(Slow, globalName="slow")
    for _ in range(count):
        asys.tell(actor, b"part")


def tell_from_child(base_name: str, port: int, method: str) -> None:
    """Have a child process tell an actor 20 parts."""
    child = multiprocessing.get_context(method).Process(target=tell_parts, args=(base_name, port, 20))
    child.start()
    child.join()
    assert child.exitcode == 0


def ask_in_private(base_name: str, port: int, times: int) -> None:
    """Open a mailbox of its own for each of many questions, and end."""
    asys = ActorSystem(base_name, {"Admin Port": port})
    actor = asys.createActor(Slow, globalName="slow")
    for _ in range(times):
        with asys.private() as private:
            assert private.ask(actor, "parts?", PATIENCE_S) == 0


def tell_too_late(base_name: str, port: int) -> None:
    """Tell an actor something when this program has already left the system."""

    def tell() -> None:
        try:
            asys.tell(actor, b"late")
        except ActorSystemFailure as why:
            print(why, file=sys.stderr)

    atexit.register(tell)  # what is registered first is called last
    asys = ActorSystem(base_name, {"Admin Port": port})
    actor = asys.createActor(Slow)


def crowd(base_name: str, files: int, senders: int, each: int) -> Seen:
    """Have many actors send to one, each with a limit of open files."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    asys = ActorSystem(base_name, {"Admin Port": free_port()})
    try:
        target = asys.createActor(Flooder)
        asys.tell(target, Expect(senders * each))
        asys.tell(asys.createActor(Crowd), Flood(target, senders, each))
        assert asys.listen(PATIENCE_S) == "done"
        found = asys.ask(target, Report(), PATIENCE_S)
        assert isinstance(found, Seen)
        return found
    finally:
        asys.shutdown()


def all_to_all(base_name: str, files: int, actors: int, rounds: int) -> list[int]:
    """Have all of many actors send to all, each with a limit of open files; return what each got."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    asys = ActorSystem(base_name, {"Admin Port": free_port()})
    try:
        everybody = [asys.createActor(Flooder) for _ in range(actors)]
        for actor in everybody:
            asys.tell(actor, Meet(everybody, rounds))
        met: list[int] = []
        while len(met) < actors:
            answer: Any = asys.listen(PATIENCE_S)
            assert isinstance(answer, Met), answer
            met.append(answer.taken)
        return met
    finally:
        asys.shutdown()


if __name__ == "__main__":
    name, *arguments = sys.argv[1:]
    result = globals()[name](arguments[0], *(int(one) if one.isdecimal() else one for one in arguments[1:]))
    if isinstance(result, Seen):
        result = [result.taken, result.in_order, result.most_kib]
    print(json.dumps(result))
