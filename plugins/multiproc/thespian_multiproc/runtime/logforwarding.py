"""How log records leave the process of an actor or the admin: by the log channel to the log process."""

from __future__ import annotations

import errno
import logging
import os
import select
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn

from thespian_core.addresses import ActorAddress
from thespian_core.hooks.errors import describe
from thespian_core.internallog import thesplog
from thespian_multiproc.runtime.logrecords import pack_record

#: The level for ``logDefs=False``: logging is left alone, nothing is forwarded. No level can be as high.
LEFT_ALONE = 1 << 30
STOP = b"stop"  # no pickle begins like this
LONGEST_WAIT_S = 0.5  # our choice: an actor that logs is not held up longer than a person notices
STOP_WAIT_S = 5.0
TOLD_EVERY_S = 0.1  # our choice: how often it is tried to tell of dropped records when none follow

_MOST_NESTED = 3  # records made while a record is being made, as by a __str__ that logs
_REPORTED = 3  # failures that go to the internal log; more would only fill it
_BUFFER_BYTES = 262_144  # our choice: room for a few of the largest records; macOS gives 2 KiB by itself

_REFUSAL = (
    "the root logger of this process has exactly one handler, which sends records to the log process\n"
    "  give handlers for all actors in logDefs when the system is started: ActorSystem(base, logDefs={...})\n"
    "  a handler for this process alone may be added to any other logger: logging.getLogger(name)"
)


def forward_logging(log_out: socket.socket, level: int, address: ActorAddress | None) -> None:
    """Send what this process logs to the log process, and nowhere else, unless loggers have own handlers.

    The root logger has one handler from now on, and raises NotImplementedError when it is to have another,
    or to lose this one. Called again, as after a fork, it starts over.

    Args:
        log_out: the writing end of the log channel; it must stay open.
        level: nothing below it is sent; from ``LEFT_ALONE`` on, nothing is done at all.
        address: this process's actor, for ``actorAddress``; None for the admin, where that is empty.
    """
    if level >= LEFT_ALONE:
        return
    log_out.setblocking(False)
    try:
        log_out.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER_BYTES)
    except OSError as why:  # it works with what there is
        thesplog("the log channel keeps its small buffer: %s", describe(why))
    root = logging.getLogger()
    root.handlers[:] = [Forwarder(log_out, level, address)]
    root.setLevel(level)
    root.addHandler = _refuse  # type: ignore[assignment]
    root.removeHandler = _refuse  # type: ignore[assignment]


@contextmanager
def logging_forwarded(log_out: socket.socket, level: int) -> Iterator[None]:
    """Send what this process logs to the log process for a while, as the admin's records are sent."""
    root = logging.getLogger()
    handlers, own_level = root.handlers[:], root.level
    if level < LEFT_ALONE:
        root.handlers[:] = [Forwarder(log_out, level, None)]
        root.setLevel(level)
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(own_level)


def stop_log(log_out: socket.socket) -> None:
    """Have the log process end, once it has written what was sent before.

    It waits up to 5 s for room in the channel; without any, or with nobody at the other end, nothing is sent.
    """
    log_out.setblocking(False)
    try:
        if not _sent(log_out, STOP, STOP_WAIT_S):
            thesplog("the log process takes no records, and was not asked to stop", level=logging.WARNING)
    except OSError as why:
        thesplog("the log process cannot be asked to stop: %s", describe(why), level=logging.WARNING)


def tell_of_lost_records(log_in: int, pid: int, within_s: float) -> None:
    """Write to the internal log how many records a log process leaves that was killed when all was over.

    Args:
        log_in: the descriptor of the reading end of the log channel; what waits there is taken out.
        pid: the log process's.
        within_s: how long it had for them.
    """
    waiting = 0
    with socket.socket(fileno=os.dup(log_in)) as channel, suppress(BlockingIOError):
        while data := channel.recv(len(STOP) + 1, socket.MSG_DONTWAIT):  # the rest of a record is not kept
            waiting += data != STOP
    thesplog(
        "the log process, %d, had not written everything %g s after the system's end, and was killed: "
        "%d records that waited are lost, and the one that it was writing",
        *(pid, within_s, waiting),
        level=logging.WARNING,
    )


class Forwarder(logging.Handler):
    """Sends records to the log process. It never raises, and never waits longer than half a second.

    When there was no room for so long, records are dropped at once until there is room again; then one says
    how many were lost: before the next record, or soon, when there is none.
    """

    def __init__(self, log_out: socket.socket, level: int, address: ActorAddress | None) -> None:
        super().__init__(level)
        self._log_out = log_out
        self._address = "" if address is None else str(address)
        self._dropped = 0
        self._jammed = False
        self._failures = 0
        self._nesting = _Nesting()
        self._teller: threading.Thread | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Send one record, or count it as dropped."""
        if self._nesting.depth >= _MOST_NESTED:
            self._drop()
            return
        self._nesting.depth += 1
        try:
            self._put(pack_record(record, self._address))
        except Exception as why:
            self._dropped += 1
            self._failures += 1
            if self._failures <= _REPORTED:
                thesplog("a log record cannot be sent: %s", describe(why), level=logging.ERROR)
        finally:
            self._nesting.depth -= 1

    def flush(self) -> None:
        """Tell of dropped records, if there are any, and room for that in time."""
        self.acquire()
        try:
            if self._dropped:
                self._own_up(LONGEST_WAIT_S)
        except OSError:  # nobody is there any more who could be told
            return
        finally:
            self.release()

    def close(self) -> None:
        """Write to the internal log how many records were dropped without having been told of."""
        self.acquire()
        try:
            if self._dropped:
                thesplog("%s", _loss(self._dropped), level=logging.WARNING)
                self._dropped = 0
        finally:
            self.release()
        super().close()

    def _put(self, data: bytes) -> None:
        wait_s = 0.0 if self._jammed else LONGEST_WAIT_S
        if (self._dropped and not self._own_up(wait_s)) or not _sent(self._log_out, data, LONGEST_WAIT_S):
            self._jammed = True
            self._drop()

    def _drop(self) -> None:
        self._dropped += 1
        # Whoever has logged too much may never log again: a thread tells of it then, and ends.
        if self._teller is None:
            teller = self._teller = threading.Thread(target=self._tell, name="thespian-log", daemon=True)
            try:
                teller.start()
            except RuntimeError:  # there is none to be had: the next record tells of it
                self._teller = None

    def _tell(self) -> None:
        while self._teller is not None:
            time.sleep(TOLD_EVERY_S)
            self.acquire()
            try:
                if not self._dropped or self._own_up(0.0):
                    self._teller = None
            except OSError:  # nobody is there any more who could be told
                self._teller = None
            finally:
                self.release()

    def _own_up(self, wait_s: float) -> bool:
        count = self._dropped
        record = logging.LogRecord(
            "thespian",
            max(logging.WARNING, self.level),  # so that it is written where only worse things are
            __file__,
            0,
            _loss(count),
            None,
            None,
        )
        if not _sent(self._log_out, pack_record(record, self._address), wait_s):
            return False
        self._dropped -= count
        self._jammed = False
        return True


def _loss(count: int) -> str:
    return (
        f"{count} log {'record was' if count == 1 else 'records were'} dropped on the way to the log process"
    )


class _Nesting(threading.local):
    depth = 0


def _refuse(*_handler: object) -> NoReturn:
    raise NotImplementedError(_REFUSAL)


def _sent(log_out: socket.socket, data: bytes, wait_s: float) -> bool:
    """Send one datagram; False when there was no room in time."""
    until_s = time.monotonic() + wait_s
    while True:
        try:
            log_out.send(data)
            return True
        except BlockingIOError:
            full = False
        except OSError as why:
            if why.errno != errno.ENOBUFS:
                raise
            full = True
        left_s = until_s - time.monotonic()
        if left_s <= 0:
            return False
        if full:  # BSD and macOS say it so, and their poll does not tell when that is over
            time.sleep(min(left_s, 0.002))
        else:
            poll = select.poll()
            poll.register(log_out, select.POLLOUT)
            poll.poll(left_s * 1000)
