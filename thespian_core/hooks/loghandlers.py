"""Log handlers, where logDefs are applied: one that fails hurts neither who logs nor the other handlers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable


def all_handlers() -> set[logging.Handler]:
    """Return the handlers of all loggers of this process."""
    loggers = [logging.getLogger(), *logging.Logger.manager.loggerDict.values()]
    return {
        handler for logger in loggers if isinstance(logger, logging.Logger) for handler in logger.handlers
    }


def guard(
    handlers: Iterable[logging.Handler],
    report: Callable[[str, BaseException | None], None],
    caught: type[BaseException] = Exception,
) -> None:
    """Keep what handlers, or their filters, raise from whoever logs.

    Args:
        handlers: whose ``handle`` is replaced.
        report: told what went wrong, and why.
        caught: what is kept.
    """
    for handler in handlers:
        handler.handle = _guarded(handler.handle, report, caught)  # type: ignore[assignment, method-assign]


def _guarded(
    handle: Callable[[logging.LogRecord], bool],
    report: Callable[[str, BaseException | None], None],
    caught: type[BaseException],
) -> Callable[[logging.LogRecord], bool]:
    def guarded(record: logging.LogRecord) -> bool:
        try:
            return handle(record)
        except caught as why:
            report("a log record cannot be written", why)
            return False

    return guarded
