"""What a launcher is started with."""

from __future__ import annotations

from typing import NamedTuple

from thespian_multiproc.runtime.plan import EnginePlan


class Jobs(NamedTuple):
    """What the processes run, each as ``module:function``; other than these in tests.

    Attributes:
        run_actor: takes an ``ActorKit``.
        run_log: takes the plan, the descriptor of the log channel's reading end, those of streams,
            and whether there was a log process before.
        stop_log: takes the socket that is the log channel's writing end.
    """

    run_actor: str = "thespian_multiproc.runtime.actorprocess:run_actor"
    run_log: str = "thespian_multiproc.runtime.launcher:run_log_process"
    stop_log: str = "thespian_multiproc.runtime.logforwarding:stop_log"


class LauncherArgument(NamedTuple):
    """What a launcher is started with; channels and streams are descriptors, which become its own.

    Attributes:
        plan: the system's.
        admin_pid: the admin's process, which may be gone before the launcher can ask for its parent.
        call_in: where orders arrive.
        call_out: where everybody else speaks to it.
        news: the stream to the admin.
        log_in: where the log process reads.
        log_out: where everybody else writes to it.
        out: standard output of all processes; None for nowhere.
        err: standard error of all processes; None for nowhere.
        log_streams: the streams that the log process is given.
        jobs: what the processes run.
        by_signal: whether to use the parent-death signal where there is one.
    """

    plan: EnginePlan
    admin_pid: int
    call_in: int
    call_out: int
    news: int
    log_in: int
    log_out: int
    out: int | None = None
    err: int | None = None
    log_streams: tuple[int, ...] = ()
    jobs: Jobs = Jobs()
    by_signal: bool = True
