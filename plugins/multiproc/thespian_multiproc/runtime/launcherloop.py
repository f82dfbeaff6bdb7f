"""The launcher's loop: it decides nothing, and carries out what the custody of its processes wants."""

from __future__ import annotations

import errno
import logging
import os
import selectors
import socket
import time
from collections import deque
from collections.abc import Iterable
from contextlib import AbstractContextManager, suppress

from thespian_core.internallog import thesplog
from thespian_core.semantics.birth import Refusal
from thespian_multiproc.protocol import custody_effects as to_do
from thespian_multiproc.protocol.custody import Custody
from thespian_multiproc.runtime.calling import DescriptorsLost, NewsWriter, close_all, hear
from thespian_multiproc.runtime.childwatch import ChildWatch
from thespian_multiproc.runtime.lastwords import leave_last_words
from thespian_multiproc.runtime.launcherargument import LauncherArgument
from thespian_multiproc.runtime.logforwarding import logging_forwarded, tell_of_lost_records
from thespian_multiproc.runtime.nursery import Nursery
from thespian_multiproc.runtime.orders import (
    Born,
    Compiled,
    Died,
    Ending,
    Finish,
    KillAll,
    LogProcessDied,
    NewCapabilities,
    News,
    NoLogProcess,
    NotStarted,
    Order,
    Ready,
    StartActor,
    Started,
)
from thespian_multiproc.runtime.processes import find, kill_group, next_ended, reap, why_no_process
from thespian_multiproc.runtime.reports import Look, Seen
from thespian_multiproc.runtime.sourcefiles import keep_compiled
from thespian_multiproc.runtime.wards import Wards, id_of
from thespian_multiproc.runtime.whynot import lack

# All our choice:
ORDERS_AT_ONCE = 64  # after so many the ended processes are looked at again
END_WITHIN_S = 5.0  # what the log process is given to write the rest
KILLED_WITHIN_S = 2.0  # what is killed ends at once, unless the machine itself hangs
LAST_NEWS_WITHIN_S = 1.0  # what a busy admin is given to read how it ended


class Launcher:
    """The launcher's loop.

    Args:
        argument: what it was started with.
    """

    def __init__(self, argument: LauncherArgument) -> None:
        jobs = argument.jobs
        self._plan = argument.plan
        self._offer = NewCapabilities(argument.plan.capabilities)
        self._admin_pid = argument.admin_pid
        self._call_in = socket.socket(fileno=argument.call_in)
        self._news_stream = socket.socket(fileno=argument.news)
        self._news: NewsWriter | None = NewsWriter(self._news_stream)
        self._log_in, self._log_streams = argument.log_in, argument.log_streams
        self._log_out = socket.socket(fileno=argument.log_out)
        self._call_out = socket.socket(fileno=argument.call_out)
        for shared in (self._call_out, self._log_out):
            shared.setblocking(False)
        self._run_log, self._stop_log = find(jobs.run_log), find(jobs.stop_log)
        self._custody = Custody()
        self._wards = Wards()
        self._ordered: tuple[StartActor, tuple[int, ...]]
        self._heard: News | None = None
        self._had_log = False
        self._log_due_at_s: float | None = None
        self._end_by_s: float | None = None
        self._quits = False
        self._child_ended = ChildWatch()
        self._selector = selectors.DefaultSelector()
        self._watched = 0  # what the selector looks for on the news stream
        self._nursery = Nursery(self._plan, self._call_out, self._log_out, jobs.run_actor, argument.by_signal)

    def begin(self) -> None:
        """Start the log process, and tell the admin that orders are taken."""
        self.watch_children()
        for channel in (self._call_in, self._child_ended):
            self._selector.register(channel, selectors.EVENT_READ)
        self._start_log()

    def watch_children(self) -> None:
        """Notice from now on when a child ends; again after code has run that may have changed signals."""
        self._child_ended.begin()

    def logging_forwarded(self) -> AbstractContextManager[None]:
        """Send what is logged meanwhile to the log process."""
        return logging_forwarded(self._log_out, self._plan.log_level)

    def run(self) -> None:
        """Serve until the system ends."""
        try:
            while not self._quits:
                self._serve_once()
            if self._news is not None:
                with suppress(OSError):
                    self._news.flush(LAST_NEWS_WITHIN_S)
        finally:
            for pid in self._custody.pids:
                kill_group(pid)
            sockets = self._call_in, self._call_out, self._news_stream, self._log_out
            for own in (self._selector, self._child_ended, *sockets):
                own.close()

    def _serve_once(self) -> None:
        self._watch_news()
        ready = {key.fileobj for key, _events in self._selector.select(self._patience_s())}
        if self._news_stream in ready:
            self._look_at_news()
        if self._call_in in ready:
            self._hear(ORDERS_AT_ONCE)
        if self._child_ended in ready:
            self._child_ended.drain()
            self._take_in_the_ended()
        now = time.monotonic()
        if self._log_due_at_s is not None and now >= self._log_due_at_s:
            self._start_log()
        if self._end_by_s is not None and now >= self._end_by_s:
            self._end_by_s = now + KILLED_WITHIN_S
            log_pid = self._custody.log_pid
            self._carry_out(self._custody.overdue())
            if log_pid is not None:
                tell_of_lost_records(self._log_in, log_pid, END_WITHIN_S)

    def _patience_s(self) -> float | None:
        times = [at for at in (self._log_due_at_s, self._end_by_s) if at is not None]
        return max(0.0, min(times) - time.monotonic()) if times else None

    # -- what it sees

    def _hear(self, at_most: int | None = None) -> None:
        """Take the orders that are there, all or so many."""
        while at_most is None or at_most > 0:
            try:
                heard = hear(self._call_in)
            except DescriptorsLost as why:
                if isinstance(why.record, StartActor):
                    self._ordered = why.record, ()
                    reason = why_no_process(OSError(errno.EMFILE, os.strerror(errno.EMFILE)))
                    self._carry_out(self._custody.could_not_fork(id_of(why.record), reason))
                continue
            if heard is None:
                return
            order, descriptors = heard
            try:
                self._take_order(order, descriptors)
            finally:
                # Without this, mail to a dead actor would look delivered.
                close_all(descriptors)
            if at_most is not None:
                at_most -= 1

    def _take_order(self, order: Order, descriptors: tuple[int, ...]) -> None:
        self._heard = None
        match order:
            case StartActor():
                self._ordered = order, descriptors
                self._carry_out(self._custody.ordered(id_of(order)))
            case Started():
                self._heard = order._replace(version=self._wards.version(order.id))
                self._carry_out(self._custody.started(order.id))
            case NotStarted():
                self._heard = order
                self._carry_out(self._custody.not_started(order.id))
            case Ending():
                self._carry_out(self._custody.ending(order.id, order.abruptly))
            case NewCapabilities():
                self._offer = order
            case Compiled():
                keep_compiled(order.key, order.code)
            case Look():
                self._tell(Seen(order.asker, self._wards.handling(order.ids)))
            case KillAll():
                self._carry_out(self._custody.kill_all())
            case Finish():
                self._end_by_s = time.monotonic() + END_WITHIN_S
                self._carry_out(self._custody.finish())

    def _take_in_the_ended(self) -> None:
        while (ended := next_ended()) is not None:
            pid, how = ended
            self._hear()  # the last words of a process are there before it ends
            self._carry_out(self._custody.ended(pid, how, time.monotonic()))
            reap(pid)

    def _watch_news(self) -> None:
        """Look at the stream to the admin: for its end always, for room when something waits for it."""
        if self._news is None:
            return
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._news.unsent_bytes else 0)
        if wanted != self._watched:
            change = self._selector.modify if self._watched else self._selector.register
            change(self._news_stream, wanted)
            self._watched = wanted

    def _look_at_news(self) -> None:
        try:
            if self._news is not None:
                self._news.flush()
            gone = not self._news_stream.recv(4096, socket.MSG_DONTWAIT)
        except BlockingIOError:
            gone = False
        except OSError:
            gone = True
        if gone:
            self._news = None
            self._selector.unregister(self._news_stream)
            self._end_by_s = time.monotonic() + KILLED_WITHIN_S
            ended_itself = self._custody.keeps_log
            self._carry_out(self._custody.admin_gone())
            if ended_itself:  # else it had told this process to finish
                why = f"its admin, process {self._admin_pid}, was killed, or ended without a word"
                leave_last_words(self._plan, why, unless_told=True)

    # -- what it does

    def _carry_out(self, effects: Iterable[to_do.Effect]) -> None:
        waiting = deque(effects)
        while waiting:
            waiting.extendleft(reversed(self._do(waiting.popleft())))

    def _do(self, effect: to_do.Effect) -> list[to_do.Effect]:
        """Do one thing; return what follows from it."""
        match effect:
            case to_do.Fork(id=id):
                return self._fork(id)
            case to_do.KillGroup(pid=pid):
                kill_group(pid)
            case to_do.PassOn() if self._heard is not None:
                self._tell(self._heard)
            case to_do.TellBorn(pid=pid):
                self._tell(Born(self._wards.remember(self._ordered[0]), pid))
            case to_do.TellNotStarted(id=id, kind=kind, reason=reason):
                wanted = self._wards.order(id).actor_class
                self._tell(NotStarted(id, Refusal(kind, wanted, reason)))
            case to_do.TellDied(id=id, abruptly=abruptly, how=how):
                self._tell(Died(id, abruptly, how, self._wards.forget(id)))
            case to_do.TellReady(log_pid=log_pid):
                self._tell(Ready(os.getpid(), log_pid))
            case to_do.TellLogDied(pid=pid, how=how):
                self._tell(LogProcessDied(pid, how))
            case to_do.StartLog(after_s=after_s):
                self._log_due_at_s = time.monotonic() + after_s
            case to_do.StopLog():
                self._end_by_s = time.monotonic() + END_WITHIN_S
                with suppress(OSError):
                    self._stop_log(self._log_out)
            case to_do.Quit():
                self._quits = True
        return []

    def _fork(self, id: str) -> list[to_do.Effect]:
        order, descriptors = self._ordered
        try:
            pid, page = self._nursery.start(order, descriptors, self._offer.capabilities)
        except OSError as why:
            return self._custody.could_not_fork(id, why_no_process(why))
        self._wards.remember(order, page, self._offer.version)
        return self._custody.forked(id, pid)

    def _start_log(self) -> None:
        self._log_due_at_s = None
        if not self._custody.keeps_log:
            return
        try:
            pid = self._nursery.fork(
                lambda plan: self._run_log(plan, self._log_in, self._log_streams, self._had_log),
                self._plan,
                (self._log_in, *self._log_streams),
                "log process",
            )
        except OSError as why:
            thesplog("no log process: %s", why_no_process(why), level=logging.ERROR)
            self._tell(NoLogProcess(lack("no log process can be started", why)))
            self._carry_out(self._custody.could_not_fork_log())
        else:
            self._had_log = True
            self._carry_out(self._custody.log_forked(pid, time.monotonic()))

    def _tell(self, news: News) -> None:
        if self._news is not None:
            # When the admin is gone, the next look at the stream shows it.
            with suppress(OSError):
                self._news.put(news)
