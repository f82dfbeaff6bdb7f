"""The log process: writes the records of all processes of a system, as the user's logDefs say."""

from __future__ import annotations

import logging
import logging.config
import logging.handlers
import os
import pickle
import re
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from typing import Any, TextIO

import attrs

from thespian_core.hooks.errors import describe, place_of
from thespian_core.hooks.logfilters import filters_for_all, with_named_filters
from thespian_core.hooks.loghandlers import all_handlers, guard
from thespian_core.hooks.registry import PluginRegistry, use_registry
from thespian_core.hooks.selection import Selection
from thespian_core.internallog import thesplog
from thespian_multiproc.runtime.logdefinitions import unpack_definitions
from thespian_multiproc.runtime.logforwarding import STOP
from thespian_multiproc.runtime.logrecords import MAX_RECORD_BYTES
from thespian_multiproc.runtime.logstreams import InternalLogStream
from thespian_multiproc.runtime.orders import Origin
from thespian_multiproc.runtime.origin import settle_in
from thespian_multiproc.runtime.processes import is_kept

_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
_REPORTED = 10  # failures that go to the internal log; more would only fill it


@attrs.frozen
class LogArgument:
    """What the log process is started with.

    Attributes:
        definitions: as ``pack_definitions`` made them; empty for the default.
        log_in: the descriptor of the reading end of the log channel.
        selection: exactly which plugins are used; their log filters are applied here.
        origin: where to look for the code that the definitions name.
        streams: descriptors of the streams that the definitions' own ones are.
        again: whether it takes the place of one that has died.
    """

    definitions: bytes = attrs.field(repr=False)
    log_in: int
    selection: Selection
    origin: Origin = attrs.field(default=Origin())
    streams: tuple[int, ...] = ()
    again: bool = False


def run_log(argument: LogArgument) -> None:
    """Set this process's logging up, then write records until ``stop_log`` is called elsewhere.

    Everything that was sent before that is written and flushed by then. Nothing that a handler, a filter or
    the definitions do ends it sooner: the internal log tells of the first few failures.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the system says when it is over, not a terminal
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    report = _Reporter()
    logging.raiseExceptions = False
    logging.Handler.handleError = report.handler_failed  # type: ignore[assignment]
    try:
        settle_in(argument.origin)
    except Exception as why:  # what the definitions name may be found all the same
        report("the log process cannot look for code where the starter does", why)
    registry = PluginRegistry.from_selection(argument.selection)
    use_registry(registry)
    set_up_logging(argument.definitions, registry, argument.streams, argument.again)
    listeners = _queue_listeners()
    behind = {handler for listener in listeners for handler in listener.handlers}
    guard(all_handlers() | behind, report, BaseException)  # no handler may end this process
    for listener in listeners:
        listener.start()
    with socket.socket(fileno=argument.log_in) as log_in:
        write_records(log_in, filters_for_all(registry, report), report)
    for listener in listeners:
        listener.stop()
    logging.shutdown()


class _Reporter:
    """Tells the internal log of the first few failures."""

    def __init__(self) -> None:
        self._count = 0

    def __call__(self, what: str, why: BaseException | None) -> None:
        self._count += 1
        if self._count <= _REPORTED:
            reason = "" if why is None else f": {describe(why)}{place_of(why)}"
            more = " (no more of these are told)" if self._count == _REPORTED else ""
            thesplog("%s%s%s", what, reason, more, level=logging.ERROR)

    def handler_failed(self, record: logging.LogRecord) -> None:
        """Take the place of ``logging.Handler.handleError``."""
        self(f"a log handler failed with a record of logger {record.name!r}", sys.exc_info()[1])


def write_records(
    log_in: socket.socket, always: logging.Filterer, report: Callable[[str, BaseException | None], None]
) -> None:
    """Hand each record that arrives to its logger, until told to stop.

    Args:
        log_in: the reading end of the log channel, in blocking mode.
        always: filters that every record must pass before it is written.
        report: told of each record that could not be written, and why.
    """
    while True:
        try:
            data = log_in.recv(2 * MAX_RECORD_BYTES)
        except OSError as why:
            report("the log channel cannot be read any more", why)
            return
        if not data or data == STOP:
            return
        try:
            _write(logging.makeLogRecord(pickle.loads(data)), always)
        except BaseException as why:  # a handler may raise anything, and no record may be the last one
            report("a log record cannot be written", why)


def _write(record: logging.LogRecord, always: logging.Filterer) -> None:
    logger = logging.getLogger(record.name)
    if not logger.isEnabledFor(record.levelno):
        return
    passed: object = always.filter(record)
    if isinstance(passed, logging.LogRecord):  # a filter may give another record from Python 3.12 on
        record = passed
    if passed:
        logger.handle(record)


def set_up_logging(
    packed: bytes, registry: PluginRegistry, streams: Sequence[int] = (), again: bool = False
) -> bool:
    """Apply packed definitions to this process's logging.

    The definitions' ``disable_existing_loggers`` counts for nothing: which loggers exist here has nothing to
    do with those of the user's program.

    Args:
        packed: as ``pack_definitions`` made them; empty for the default.
        registry: where the definitions' filters are looked up by name.
        streams: descriptors of the streams that the definitions' own ones are.
        again: whether files that the definitions let be emptied have been written by another log process.

    Returns:
        False when they cannot be applied. Then every record that arrives is written as by default, and the
        reason is the first one, in the internal log too.
    """
    if not packed:
        write_by_default(logging.WARNING)
        return True
    try:
        _write_where_somebody_reads()
        definitions = with_named_filters(unpack_definitions(packed, streams), registry)
        if again:
            definitions = _going_on(definitions)
        logging.config.dictConfig({**definitions, "disable_existing_loggers": False})
    except BaseException as why:  # a user's class may raise anything when it is made
        reason = describe(why) + (f" ({describe(why.__cause__)})" if why.__cause__ else "")
        thesplog("logDefs cannot be applied: %s", reason, level=logging.ERROR)
        _forget_definitions()
        write_by_default(logging.NOTSET)
        logging.getLogger("thespian").error("logDefs cannot be applied, so everything is written: %s", reason)
        return False
    return True


def _going_on(definitions: dict[str, Any]) -> dict[str, Any]:
    """Return definitions whose handlers add to their files, and neither empty them nor make them anew."""
    handlers = {
        name: {**entry, "mode": re.sub("[wx]", "a", entry["mode"])}
        if "filename" in entry and isinstance(entry.get("mode"), str)
        else entry
        for name, entry in (definitions.get("handlers") or {}).items()
    }
    return {**definitions, "handlers": handlers}


def _queue_listeners() -> list[logging.handlers.QueueListener]:
    """Return what writes the records of QueueHandlers; from Python 3.12 on, dictConfig makes it."""
    found = (
        getattr(handler, "listener", None)
        for handler in all_handlers()
        if isinstance(handler, logging.handlers.QueueHandler)
    )
    return [listener for listener in found if listener is not None]


def write_by_default(level: int) -> None:
    """Write records from ``level`` on to stderr, if somebody reads that, else to the internal log."""
    handler: logging.Handler = logging.StreamHandler() if _is_read(sys.stderr) else InternalLogHandler()
    formats = _FORMAT if isinstance(handler, logging.StreamHandler) else "%(name)s: %(message)s"
    logging.basicConfig(level=level, format=formats, handlers=[handler], force=True)


class InternalLogHandler(logging.Handler):
    """Writes records to the internal log."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record; one that cannot be formatted is reported there instead."""
        try:
            text = self.format(record)
        except Exception:
            self.handleError(record)
        else:
            thesplog("%s", text, level=record.levelno)


def _write_where_somebody_reads() -> None:
    """Let what is written to standard streams that lead nowhere go to the internal log."""
    nowhere = os.stat(os.devnull)
    for name in ("stdout", "stderr"):
        try:
            leads_nowhere = os.path.samestat(os.fstat(getattr(sys, name).fileno()), nowhere)
        except (OSError, ValueError, AttributeError):  # closed, no real file, or none at all
            leads_nowhere = True
        if leads_nowhere:
            setattr(sys, name, InternalLogStream())


def _is_read(stream: TextIO | None) -> bool:
    # The starter's own was handed on when it is a terminal or a file; else this one leads nowhere.
    try:
        return stream is not None and is_kept(stream.fileno())
    except (OSError, ValueError):  # closed, or no real file
        return False


def _forget_definitions() -> None:
    """Undo what was applied of definitions that failed half-way."""
    for logger in logging.Logger.manager.loggerDict.values():
        if not isinstance(logger, logging.Logger):  # a placeholder between a logger and its ancestors
            continue
        for handler in logger.handlers[:]:
            logger.removeHandler(handler)
        for known in logger.filters[:]:
            logger.removeFilter(known)
        logger.setLevel(logging.NOTSET)
        logger.propagate, logger.disabled = True, False
    logging.getLogger().filters.clear()
