"""The launcher's process: starts the processes of a system, and tells the admin what becomes of them.

It runs no user's code but the modules that the plan says to preload, and has no thread.
"""

from __future__ import annotations

import gc
import logging
import os
import pickle
import signal
import sys
from importlib import import_module

from thespian_core.addresses import ActorAddress
from thespian_core.internallog import thesplog
from thespian_core.startup import forbid_systems
from thespian_multiproc.runtime.launcherargument import Jobs, LauncherArgument
from thespian_multiproc.runtime.launcherloop import Launcher
from thespian_multiproc.runtime.plan import EnginePlan
from thespian_multiproc.runtime.processes import (
    all_but,
    children_in_own_group,
    close_ranges,
    find,
    kill_children_in_own_group,
    put_signals_off,
    signal_at_parents_death,
)
from thespian_multiproc.runtime.signals import prepare_signals
from thespian_multiproc.runtime.sourcefiles import trust_only_settled_bytecode
from thespian_multiproc.runtime.titles import take_title

__all__ = ["Jobs", "LauncherArgument", "preload", "run_launcher", "run_log_process"]

_NO_SYSTEM = (
    "ActorSystem(...) was called while {!r} was preloaded for all actors of a system\n"
    "  a module that is preloaded may only define things"
)


def run_launcher(argument: LauncherArgument) -> None:
    """Be the launcher, in a process of its own that is the admin's child, until the system ends.

    Every descriptor but the standard streams and those given is closed first.
    """
    # A launcher that was stopped runs again when the admin dies, and then sees that the news have no reader.
    signal_at_parents_death(signal.SIGCONT)
    put_signals_off()
    _take_streams(argument.out, argument.err)
    channels = [argument.call_in, argument.call_out, argument.news, argument.log_in, argument.log_out]
    channels += argument.log_streams
    close_ranges(all_but(channels))
    for channel in channels:  # a module that is preloaded may start programs
        os.set_inheritable(channel, False)
    take_title("launcher", argument.plan.admin_place)
    gc.disable()  # as gc.freeze's documentation advises, so that processes share as much memory as possible
    launcher = Launcher(argument)
    launcher.begin()  # the admin need not wait for what follows
    with launcher.logging_forwarded(), children_in_own_group():
        preload(argument.plan)
    launcher.watch_children()  # a module may have set signals for itself, as an event loop does
    warm_up(argument.plan)
    gc.freeze()
    gc.enable()
    try:
        launcher.run()
    finally:
        kill_children_in_own_group()


def _take_streams(out: int | None, err: int | None) -> None:
    for given, stream in ((out, sys.stdout), (err, sys.stderr)):
        if given is not None:
            os.dup2(given, stream.fileno())
            # What several processes print appears as it happens, and a killed one's is not lost.
            stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]


def warm_up(plan: EnginePlan) -> None:
    """Do once what every actor's process would have to do: imports, where packages are, signals."""
    if plan.transport:
        find(plan.transport)
    # Unpickling the first address imports the module that it is public in.
    pickle.loads(pickle.dumps(ActorAddress(None)))
    trust_only_settled_bytecode()
    prepare_signals()


def preload(plan: EnginePlan) -> None:
    """Import the modules that all actors are to find loaded; what fails goes to the internal log."""
    usual = list(sys.path)
    sys.path[:0] = [folder for folder in plan.origin.sys_path if folder not in usual]
    for name in plan.preload:
        try:
            with forbid_systems(_NO_SYSTEM.format(name)):
                import_module(name)
        except BaseException as why:  # a module may raise anything, and the actors may do without it
            thesplog("cannot preload %r: %s: %s", name, type(why).__name__, why, level=logging.WARNING)
    if plan.preload:
        # With it, actors forget all that was found, namespace packages included; see look_anew.
        import importlib.metadata  # noqa: F401
    # What the launcher itself imports later comes from where it always did.
    sys.path[:] = usual


def run_log_process(plan: EnginePlan, log_in: int, streams: tuple[int, ...], again: bool) -> None:
    """Be the log process."""
    from thespian_multiproc.runtime.logprocess import LogArgument, run_log

    run_log(LogArgument(plan.log_definitions, log_in, plan.selection, plan.origin, streams, again))
