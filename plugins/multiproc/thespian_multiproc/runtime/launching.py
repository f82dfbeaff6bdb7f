"""The admin's side of the launcher: orders to it, and news from it."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import signal
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from thespian_core.internallog import thesplog
from thespian_multiproc.runtime.adminargument import AdminArgument
from thespian_multiproc.runtime.calling import NewsReader, try_say
from thespian_multiproc.runtime.launcher import LauncherArgument, run_launcher
from thespian_multiproc.runtime.orders import LogProcessDied, News, Order, Ready
from thespian_multiproc.runtime.plan import EnginePlan
from thespian_multiproc.runtime.processes import how_it_ended
from thespian_multiproc.transport.interface import Invitation

ENDED_LIMIT_S = 0.5  # a process closes its sockets a moment before its parent can ask how it ended
LOOK_AGAIN_S = 0.002  # our choice: little beside the end of a system, and 1 % of a processor meanwhile
FOR_A_MOMENT = (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS)  # then an order waits, too
END_LIMIT_S = 8.0  # a launcher has 5 s for the last log records, and some for a log process that hangs


class Launching:
    """Orders to the launcher never block; what its socket has no room for waits here.

    Args:
        pid: of the launcher.
        call: where orders go.
        news: where news come from.
        log: where log records go.

    Attributes:
        log_pid: of the log process, as far as is known.
        log_restarts: how often that was started again.
    """

    def __init__(self, pid: int, call: socket.socket, news: socket.socket, log: socket.socket) -> None:
        self.pid = pid
        self.log = log
        self.is_gone = False
        self.log_pid: int | None = None
        self.log_restarts = 0
        self._call = call
        self._news_socket = news
        self._heard: deque[News] = deque()
        self._backlog: deque[tuple[Order, Invitation | None]] = deque()

    @classmethod
    def start(cls, plan: EnginePlan, argument: AdminArgument) -> Launching:
        """Start the launcher: before this process has any thread or mailbox of its own."""
        call_in, call_out = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        log_in, log_out = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        news_in, news_out = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        for sock in (call_in, call_out, log_out):
            sock.setblocking(False)
        ends = (call_in.fileno(), call_out.fileno(), news_out.fileno(), log_in.fileno(), log_out.fileno())
        to_launcher = LauncherArgument(
            plan, os.getpid(), *ends, argument.out, argument.err, argument.log_streams
        )
        streams = [number for number in (argument.out, argument.err) if number is not None]
        streams += argument.log_streams
        if argument.start_launcher is not None:
            pid = argument.start_launcher(
                "thespian_multiproc.runtime.launcher:run_launcher", to_launcher, (*ends, *streams)
            ).pid
        else:
            pid = os.fork()
            if pid == 0:
                _be_launcher(to_launcher, (argument.ready, *argument.mailbox, news_in.fileno()))
        for sock in (call_in, news_out, log_in):
            sock.close()
        for number in dict.fromkeys(streams):
            os.close(number)
        return cls(pid, call_out, news_in, log_out)

    @property
    def has_backlog(self) -> bool:
        """Whether orders wait for room."""
        return bool(self._backlog)

    def watch(self, wake: Callable[[], None]) -> None:
        """Listen to the launcher from now on, in a thread that only listens.

        Args:
            wake: called when there is news.
        """

        def listen() -> None:
            reader = NewsReader(self._news_socket)
            poll = select.poll()
            poll.register(self._news_socket, select.POLLIN)
            try:
                while True:
                    poll.poll()
                    self._heard.extend(reader.read())
                    wake()
            except BaseException as why:  # EOFError usually; without the news of it, the system must end
                self.is_gone = True
                wake()
                thesplog("nothing more comes from the launcher: %r", why)

        threading.Thread(target=listen, name="thespian-launcher-news", daemon=True).start()

    def news(self) -> Iterable[News]:
        """Take what was heard."""
        while self._heard:
            news = self._heard.popleft()
            if isinstance(news, Ready):
                self.log_pid = news.log_pid
            elif isinstance(news, LogProcessDied):
                self.log_pid, self.log_restarts = news.pid, self.log_restarts + 1
            yield news

    def order(self, record: Order, invitation: Invitation | None = None) -> None:
        """Tell the launcher something; an invitation is handed over to it."""
        self._backlog.append((record, invitation))
        self.flush()

    def flush(self) -> None:
        """Send the orders that there is room for now."""
        while self._backlog:
            record, invitation = self._backlog[0]
            try:
                if not try_say(self._call, record, invitation.descriptors if invitation else ()):
                    return
            except OSError as why:
                if why.errno in FOR_A_MOMENT:
                    return
                # It is gone, which its news say, too.
                thesplog("the launcher does not hear %r: %r", type(record).__name__, why)
            self._backlog.popleft()
            if invitation is not None:
                invitation.release()

    def finish(self, pids: Iterable[int]) -> None:
        """Wait until the launcher has ended; it was told to finish."""
        self.flush()
        self._news_socket.settimeout(END_LIMIT_S)
        with contextlib.suppress(ChildProcessError):
            if self._reaped(END_LIMIT_S) is None:
                self.kill(pids)

    def how_it_ended(self) -> str:
        """Say how the launcher ended, which it has."""
        with contextlib.suppress(ChildProcessError):
            status = self._reaped(ENDED_LIMIT_S)
            if status is not None:
                return how_it_ended(os.waitstatus_to_exitcode(status))
        return "it did not say how"

    def kill(self, pids: Iterable[int]) -> None:
        """End the launcher and everything it started, at once."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        for pid in (self.pid, *pids):  # the launcher's group is what modules have started that it preloaded
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)

    def _reaped(self, within_s: float) -> int | None:
        """Wait for the end of the launcher, without a thread: there may be none to be had any more."""
        until = time.monotonic() + within_s
        while time.monotonic() < until:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return status
            time.sleep(LOOK_AGAIN_S)
        return None


def _be_launcher(argument: LauncherArgument, not_its_own: Iterable[int]) -> Any:
    """Never returns: this process is a fork of the admin."""
    status = 1
    try:
        for number in not_its_own:
            os.close(number)
        run_launcher(argument)
        status = 0
    except BaseException as why:
        thesplog("the launcher failed: %r", why, level=50)
    finally:
        os._exit(status)
