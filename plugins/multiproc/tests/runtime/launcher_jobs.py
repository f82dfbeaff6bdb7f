"""What the processes of a launcher under test run: each does what its order's class name says."""

from __future__ import annotations

import gc
import logging
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable

from thespian_core.semantics.birth import Refusal
from thespian_multiproc.runtime.calling import say
from thespian_multiproc.runtime.fresh import start_fresh
from thespian_multiproc.runtime.kit import ActorKit
from thespian_multiproc.runtime.launcher import LauncherArgument
from thespian_multiproc.runtime.orders import Ending, NotStarted, StartActor, Started

STOP = b"stop"
NOTE_BYTES = 1 << 16


def run_actor(kit: ActorKit) -> None:
    """Be what the order says."""
    JOBS[kit.order.actor_class](kit)


def _id(kit: ActorKit) -> str:
    return str(kit.order.address.key)


def _tell(kit: ActorKit, note: object) -> None:
    """Write something into the pipe that is the "mailbox" of a process here."""
    os.write(kit.descriptors[0], repr(note).encode())


def idle(kit: ActorKit) -> None:
    """Live until killed."""
    say(kit.call, Started(_id(kit)))
    while True:
        signal.pause()


def go(kit: ActorKit) -> None:
    """Start, and end as an actor does that was asked to."""
    say(kit.call, Started(_id(kit)))
    say(kit.call, Ending(_id(kit), abruptly=False))


def end_with_the_rest(kit: ActorKit) -> None:
    """End without a word to the launcher, but with one at exit."""
    import atexit

    atexit.register(_tell, kit, "at exit")


def refuse(kit: ActorKit) -> None:
    """Say that there can be no such actor."""
    say(kit.call, NotStarted(_id(kit), Refusal("import", kit.order.actor_class, "no such thing")))


def fail(kit: ActorKit) -> None:
    """Let an exception escape."""
    raise LookupError("as this one is made to")


def work(kit: ActorKit) -> None:
    """Handle mail as far as the test wants to see, then wait."""
    one, other = kit.page.slot("one"), kit.page.slot("another")
    for number in range(1, 6):
        kit.page.begin(one, number)
        kit.page.end(one, number)
    kit.page.begin(one, 6)
    kit.page.begin(other, 1)
    idle(kit)


def look_around(kit: ActorKit) -> None:
    """Tell what this process was given."""
    say(kit.call, Started(_id(kit)))
    shared = {0, 1, 2, kit.call.fileno(), kit.log.fileno(), *kit.descriptors}
    found = {int(number) for number in os.listdir("/dev/fd")}
    open_files = sorted(number for number in found - shared if _is_open(number))
    _tell(
        kit,
        {
            "group": os.getpgid(0) == os.getpid(),
            "capabilities": pickle.loads(kit.capabilities),
            "other descriptors": [os.readlink(f"/dev/fd/{number}")[:4] for number in open_files],
            "signals come through": not signal.pthread_sigmask(signal.SIG_BLOCK, ())
            and signal.SIG_IGN not in map(signal.getsignal, (signal.SIGINT, signal.SIGTERM)),
            "collects": gc.isenabled(),
            "threads": threading.active_count(),
        },
    )
    os.write(kit.descriptors[1], b"x")


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def fork_another(kit: ActorKit) -> None:
    """Have a child that does not listen to anything and shares the first descriptor."""
    ready, done = os.pipe()
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.write(done, b"x")
        while True:
            signal.pause()
    os.read(ready, 1)
    idle(kit)


def create(kit: ActorKit) -> None:
    """Have an actor started, with the second descriptor for its mailbox, and end at once."""
    order = pickle.loads(kit.order.requirements)
    say(kit.call, order, kit.descriptors[1:])
    say(kit.call, Ending(_id(kit), abruptly=True))
    os.kill(os.getpid(), signal.SIGKILL)


def say_it_all(kit: ActorKit) -> None:
    """Print, and log the modules that were there already."""
    print("printed", flush=False)
    print("complained", file=sys.stderr)
    _tell(kit, sorted(name for name in sys.modules if name.startswith("preloaded")))


JOBS: dict[str, Callable[[ActorKit], None]] = {
    job.__name__: job
    for job in (
        *(idle, go, end_with_the_rest, refuse, fail, work),
        *(look_around, fork_another, create, say_it_all),
    )
}


def run_log(plan: object, log_in: int, streams: tuple[int, ...], again: bool) -> None:
    """Print each line that comes, until told to stop."""
    with socket.socket(fileno=log_in) as lines:
        while (line := lines.recv(NOTE_BYTES)) != STOP:
            if line == b"die":
                os._exit(4)
            logging.getLogger().debug("%r", line)
            print(line.decode(), flush=True)


def stop_log(log_out: socket.socket) -> None:
    """Tell it to stop."""
    log_out.send(STOP)


def be_admin(given: tuple[LauncherArgument, tuple[int, ...], int]) -> None:
    """Start a launcher, tell its number, then wait to be killed."""
    argument, descriptors, tell = given
    launcher: subprocess.Popen[bytes] = start_fresh(
        "thespian_multiproc.runtime.launcher:run_launcher", argument, descriptors
    )
    for descriptor in descriptors:
        os.close(descriptor)
    os.write(tell, b"%d" % launcher.pid)
    while True:
        signal.pause()


def started_order(order: StartActor) -> bytes:
    """Return an order in the form that ``create`` reads."""
    return pickle.dumps(order)
