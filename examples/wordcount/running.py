"""Runs the actors on a system of their own, and waits for what they find."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from examples.wordcount.actors import reason_in
from examples.wordcount.coordinator import Coordinator
from examples.wordcount.counting import find_files
from examples.wordcount.messages import CountFiles, CountingFailed, Progress, ReportProgress, Totals
from examples.wordcount.report import Result
from thespian.actors import ActorSystem, PoisonMessage
from thespian_core.hooks.records import SystemBaseSpec
from thespian_core.hooks.registry import PluginRegistry

DRAW_EVERY_S = 0.1
PATIENCE_S = 60.0  # the coordinator's steps take milliseconds, but a machine may be very busy

# What goes wrong with a reader is in the result, so nothing is logged beside the bar.
QUIET: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"nowhere": {"class": "logging.NullHandler"}},
    "root": {"handlers": ["nowhere"]},
}


class NoResult(Exception):
    """The files were not counted; the text says why."""


def best_base(registry: PluginRegistry) -> str:
    """Return the name of the most capable base there is, by what the plugins say of their bases.

    Raises:
        PluginConflict: two plugins provide one name.
        NoResult: there is no base.
    """
    bases = registry.find_all(SystemBaseSpec)
    if not bases:
        raise NoResult("no system base is installed; the smallest is:  pip install thespian-simple")
    # A base with a transport runs actors in many processes, and so on many processors.
    return max(bases, key=lambda b: (b.transport is not None, b.joins_conventions, b.outlives_starter)).name


def own_system(base: str) -> ActorSystem:
    """Start a system that nobody else uses: whoever ends it takes nothing away from anybody.

    Without an ``Admin Port`` of its own, a base whose systems outlive their starters would join the
    system that somebody may have running.

    Raises:
        ActorSystemException: it could not be started.
    """
    with socket.create_server((os.environ.get("THESPIAN_BASE_IPADDR") or "127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    return ActorSystem(base, {"Admin Port": port}, logDefs=QUIET, transientUnique=True)


def run(base: str, order: CountFiles, show: Callable[[Progress], None]) -> Result:
    """Start a system, count, and end the system again, whatever happens.

    Raises:
        ActorSystemException: the system could not be started.
        NoResult: it was, but the files were not counted.
    """
    started_at = time.perf_counter()
    system = own_system(base)
    try:
        totals = count(system, order, show)
        return Result(base, order.path, order.workers, time.perf_counter() - started_at, totals)
    finally:
        system.shutdown()


def read_ahead(path: str) -> None:
    """Read every file once: else the first of two runs would wait for a disk, and the second not."""
    for file in find_files(path):
        with contextlib.suppress(OSError):
            if Path(file.path).is_file():
                Path(file.path).read_bytes()


def count(
    system: ActorSystem,
    order: CountFiles,
    show: Callable[[Progress], None],
    coordinator_class: type[Coordinator] = Coordinator,
) -> Totals:
    """Have the files counted, and show the progress meanwhile.

    Raises:
        NoResult: something failed that all the others need.
    """
    coordinator = system.createActor(coordinator_class)
    system.tell(coordinator, order)
    while True:
        news = system.listen(DRAW_EVERY_S)
        if news is None:
            news = system.ask(coordinator, ReportProgress(), PATIENCE_S)
        match news:
            case Progress():
                show(news)
            case Totals():
                return news
            case CountingFailed(reason=reason):
                raise NoResult(f"the files were not counted: {reason}")
            case PoisonMessage():
                raise NoResult(f"the files were not counted: {reason_in(news)}")
            case None:
                raise NoResult("the files were not counted: the coordinator does not answer any more")
