"""Stands for the admin of a launcher under test, and says what a test may wait for."""

from __future__ import annotations

import os
import pickle
import select
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, TypeVar

from thespian_core.addresses import ActorAddress, Mailbox
from thespian_core.hooks.selection import Selection
from thespian_multiproc.runtime.calling import NewsReader, say
from thespian_multiproc.runtime.fresh import start_fresh
from thespian_multiproc.runtime.launcher import Jobs, LauncherArgument
from thespian_multiproc.runtime.orders import Finish, News, Order, StartActor
from thespian_multiproc.runtime.plan import EnginePlan
from tools.leaks import wait_for_child

PATIENCE_S = 20.0  # a busy machine may need seconds for what takes milliseconds
JOBS_MODULE = "plugins.multiproc.tests.runtime.launcher_jobs"
JOBS = Jobs(*(f"{JOBS_MODULE}:{name}" for name in ("run_actor", "run_log", "stop_log")))
PLAN = EnginePlan(
    base_name="tested",
    base_version=1,
    scheme="X",
    transport="thespian_multiproc.transport.memory:MemoryTransport",
    selection=Selection(used=()),
    key=bytes(32),
    admin_place="nowhere",
    admin_id="admin",
    capabilities=pickle.dumps({"first": True}),
)

Kind = TypeVar("Kind", bound=News)


def address(id: str) -> ActorAddress:
    """Return the address of an actor that is nowhere."""
    return ActorAddress(Mailbox("X", "nowhere", id))


def order(job: str, id: str, **more: Any) -> StartActor:
    """Return the order for an actor that does a job of ``launcher_jobs``."""
    return StartActor(address(id), job, **more)


@contextmanager
def pipe() -> Iterator[list[int]]:
    """Make a pipe; what is left of it in the list is closed in the end."""
    ends = list(os.pipe())
    try:
        yield ends
    finally:
        for end in ends:
            os.close(end)


def read(descriptor: int) -> bytes:
    """Return what comes next, or nothing at the end: when all who could write are gone."""
    ready = select.poll()
    ready.register(descriptor, select.POLLIN)
    if not ready.poll(PATIENCE_S * 1000):
        raise AssertionError("nothing came, and the other end is still open")
    return os.read(descriptor, 1 << 16)


def is_running(pid: int) -> bool:
    """Whether a process runs; one that has ended and was not waited for does not."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()[0] not in {b"Z", b"X"}
    except (FileNotFoundError, ProcessLookupError):
        return False


def has_ended(pid: int) -> bool:
    """Wait for the end of a process, then say whether it has come."""
    wait_for_child(pid, time.monotonic() + PATIENCE_S)
    return not is_running(pid)


class Channels:
    """The sockets between an admin and its launcher, and the launcher's argument that goes with them."""

    def __init__(self, out: int | None = None, by_signal: bool = True, **plan: Any) -> None:
        self.call_in, self.call_out = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.log_in, self.log_out = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.news, self.launchers_news = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        self.argument = LauncherArgument(
            PLAN._replace(**plan),
            admin_pid=os.getpid(),
            call_in=self.call_in.fileno(),
            call_out=self.call_out.fileno(),
            news=self.launchers_news.fileno(),
            log_in=self.log_in.fileno(),
            log_out=self.log_out.fileno(),
            out=out,
            jobs=JOBS,
            by_signal=by_signal,
        )
        self.handed_over = tuple(
            end.fileno()
            for end in (self.call_in, self.call_out, self.launchers_news, self.log_in, self.log_out)
        )

    def close_the_launchers(self) -> None:
        """Close what only the launcher may have."""
        for end in (self.call_in, self.launchers_news, self.log_in):
            end.close()

    def close(self) -> None:
        """Close all of it."""
        self.close_the_launchers()
        for end in (self.call_out, self.log_out, self.news):
            end.close()


class StandIn:
    """Has a launcher and its log process; ends them at the end of a ``with``.

    Args:
        out: what all processes print to.
        by_signal: whether they may use the parent-death signal.
        plan: what is different from ``PLAN``.
    """

    def __init__(self, out: int | None = None, by_signal: bool = True, **plan: Any) -> None:
        self._listen(Channels(out, by_signal, **plan))
        given = self.channels.handed_over + (() if out is None else (out,))
        self.launcher = start_fresh(
            "thespian_multiproc.runtime.launcher:run_launcher", self.channels.argument, given
        )
        self.channels.close_the_launchers()

    def _listen(self, channels: Channels) -> None:
        self.channels = channels
        self.heard: list[News] = []
        self._reader = NewsReader(channels.news)

    @classmethod
    def beside(cls, channels: Channels) -> StandIn:
        """Return one that uses the channels to a launcher that another process has started."""
        channels.close_the_launchers()
        found = cls.__new__(cls)
        found._listen(channels)
        return found

    def __enter__(self) -> StandIn:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, why: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.channels.close()
        self.launcher.kill() if why else self.launcher.wait(PATIENCE_S)
        self.launcher.wait()

    def say(self, record: Order, *descriptors: int) -> None:
        """Give the launcher an order."""
        say(self.channels.call_out, record, descriptors, PATIENCE_S)

    def wait_for(self, kind: type[Kind], id: str | None = None) -> Kind:
        """Return the next news of a kind (about an actor); what comes before it is in ``heard`` too."""
        until = time.monotonic() + PATIENCE_S
        seen = 0
        while True:
            for news in self.heard[seen:]:
                seen += 1
                if isinstance(news, kind) and id in {None, _subject(news)}:
                    return news
            assert select.select((self.channels.news,), (), (), max(0.0, until - time.monotonic()))[0], (
                f"no {kind.__name__} about {id}, only {self.heard}"
            )
            self.heard += self._reader.read()

    def about(self, id: str) -> list[str]:
        """Return the kinds of news about an actor, in the order in which they came."""
        return [type(news).__name__ for news in self.heard if _subject(news) == id]

    def read_to_the_end(self) -> None:
        """Take in all that the launcher says until it is gone."""
        try:
            while True:
                select.select((self.channels.news,), (), (), PATIENCE_S)
                self.heard += self._reader.read()
        except EOFError:
            return

    def finish(self) -> int:
        """End the system; return the launcher's exit status."""
        self.say(Finish())
        self.read_to_the_end()
        return self.launcher.wait(PATIENCE_S)


def _subject(news: News) -> object:
    born = getattr(news, "order", None)
    return getattr(news, "id", None) if born is None else born.address.key
