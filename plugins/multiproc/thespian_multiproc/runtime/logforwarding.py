"""How log records leave the process of an actor or the admin: by the log channel to the log process."""

from __future__ import annotations

import errno
import logging
import pickle
import select
import socket
import threading
import time
from typing import Any, NoReturn

from thespian_core.addresses import ActorAddress
from thespian_core.hooks.errors import describe
from thespian_core.internallog import thesplog
from thespian_core.texts import shown, told

#: The level for ``logDefs=False``: logging is left alone, nothing is forwarded. No level can be as high.
LEFT_ALONE = 1 << 30
STOP = b"stop"  # no pickle begins like this
MAX_RECORD_BYTES = 100_000  # our choice: half of what Linux lets wait in a socket by default
LONGEST_WAIT_S = 0.5  # our choice: an actor that logs is not held up longer than a person notices
STOP_WAIT_S = 5.0

# What is left, in bytes, of the longest parts of a record that is too large; the rest gets what remains.
_PARTS = {"msg": 60_000, "exc_text": 20_000, "stack_info": 10_000}
_LONGEST_OTHER = 200  # characters, of any other attribute of such a record
_MOST_NESTED = 3  # records made while a record is being made, as by a __str__ that logs
_DEEPEST = 5  # of lists and dicts in an extra attribute
_REPORTED = 3  # failures that go to the internal log; more would only fill it
_BUFFER_BYTES = 262_144  # our choice: room for a few of the largest records; macOS gives 2 KiB by itself

_PLAIN = frozenset([type(None), bool, int, float, str, bytes])
# Made anew by whoever writes the record.
_NOT_SENT = frozenset(["msg", "args", "exc_info", "exc_text", "message", "asctime"])

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


class Forwarder(logging.Handler):
    """Sends records to the log process. It never raises, and never waits longer than half a second.

    When there was no room for so long, records are dropped at once until there is room again; the first
    record then follows one that says how many were lost.
    """

    def __init__(self, log_out: socket.socket, level: int, address: ActorAddress | None) -> None:
        super().__init__(level)
        self._log_out = log_out
        self._address = "" if address is None else str(address)
        self._dropped = 0
        self._jammed = False
        self._failures = 0
        self._nesting = _Nesting()

    def emit(self, record: logging.LogRecord) -> None:
        """Send one record, or count it as dropped."""
        if self._nesting.depth >= _MOST_NESTED:
            self._dropped += 1
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

    def _put(self, data: bytes) -> None:
        wait_s = 0.0 if self._jammed else LONGEST_WAIT_S
        if (self._dropped and not self._own_up(wait_s)) or not _sent(self._log_out, data, LONGEST_WAIT_S):
            self._dropped += 1
            self._jammed = True

    def _own_up(self, wait_s: float) -> bool:
        count = self._dropped
        verb = "record was" if count == 1 else "records were"
        record = logging.LogRecord(
            "thespian",
            max(logging.WARNING, self.level),  # so that it is written where only worse things are
            __file__,
            0,
            f"{count} log {verb} dropped on the way to the log process",
            None,
            None,
        )
        if not _sent(self._log_out, pack_record(record, self._address), wait_s):
            return False
        self._dropped -= count
        self._jammed = False
        return True


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


def pack_record(record: logging.LogRecord, address: str) -> bytes:
    """Pickle a record as a dict of plain values, which no process needs a user's code to read.

    The message is formatted, the exception is text, and what else is not plain becomes text; the record
    itself stays as it was. One over ``MAX_RECORD_BYTES`` is cut, and says so.

    Args:
        record: what was logged.
        address: what ``actorAddress`` is, unless the record has that already.
    """
    fields: dict[str, Any] = {
        name: value if type(value) in _PLAIN else _plain(value)
        for name, value in record.__dict__.items()
        if name not in _NOT_SENT
    }
    fields["msg"] = _message(record)
    fields["args"] = None
    fields["exc_info"] = None
    fields["exc_text"] = _exception(record)
    fields["levelno"] = int(record.levelno)
    if "actorAddress" not in fields:
        fields["actorAddress"] = address
    elif type(fields["actorAddress"]) is not str:
        fields["actorAddress"] = told(record.__dict__["actorAddress"])
    data = pickle.dumps(fields, pickle.HIGHEST_PROTOCOL)
    return data if len(data) <= MAX_RECORD_BYTES else _cut(fields)


def _message(record: logging.LogRecord) -> str:
    try:
        text = record.getMessage()
        return text if type(text) is str else str.__str__(text)
    except Exception as why:
        return f"{told(record.msg)} (its arguments do not fit: {shown(record.args)}: {describe(why)})"


def _exception(record: logging.LogRecord) -> str | None:
    if record.exc_info and not record.exc_text:
        try:
            return logging.Formatter().formatException(record.exc_info)
        except Exception as why:
            return f"(an exception that cannot be shown: {describe(why)})"
    return record.exc_text


def _plain(value: Any, depth: int = 0) -> Any:
    kind = type(value)
    if kind in _PLAIN:
        return value
    if depth < _DEEPEST:
        if kind in (list, tuple, set, frozenset):
            return kind([_plain(item, depth + 1) for item in value])
        if kind is dict:
            return {_plain(key, _DEEPEST): _plain(item, depth + 1) for key, item in value.items()}
    return told(value)


def _cut(fields: dict[str, Any]) -> bytes:
    for name, value in fields.items():
        if name in _PARTS:
            fields[name] = _shortened(value, _PARTS[name], keep_end=name == "exc_text")
        elif type(value) is str:
            fields[name] = value[:_LONGEST_OTHER]
        elif type(value) not in (type(None), bool, int, float):
            fields[name] = shown(value, _LONGEST_OTHER)
    data = pickle.dumps(fields, pickle.HIGHEST_PROTOCOL)
    if len(data) > MAX_RECORD_BYTES:  # hundreds of extra attributes
        known = logging.LogRecord("", 0, "", 0, "", None, None).__dict__.keys() | {"actorAddress"}
        fields = {name: value for name, value in fields.items() if name in known}
        data = pickle.dumps(fields, pickle.HIGHEST_PROTOCOL)
    return data


def _shortened(text: str | None, limit_bytes: int, keep_end: bool) -> str | None:
    if text is None:
        return None
    data = text.encode("utf-8", "surrogatepass")
    if len(data) <= limit_bytes:
        return text
    kept = (data[-limit_bytes:] if keep_end else data[:limit_bytes]).decode("utf-8", "ignore")
    note = f"({len(text) - len(kept)} characters cut: too long for a log record)"
    return f"{note} ... {kept}" if keep_end else f"{kept} ... {note}"
