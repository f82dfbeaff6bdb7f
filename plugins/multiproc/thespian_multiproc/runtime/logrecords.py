"""A log record on its way to the log process: plain values, which nobody needs a user's code to read."""

from __future__ import annotations

import logging
import pickle
from typing import Any

from thespian_core.hooks.errors import describe
from thespian_core.texts import module_name, shown, told

MAX_RECORD_BYTES = 100_000  # our choice: half of what Linux lets wait in a socket by default

# What is left, in bytes, of the longest parts of a record that is too large; the rest gets what remains.
_PARTS = {"msg": 60_000, "exc_text": 20_000, "stack_info": 10_000}
_LONGEST_OTHER = 200  # characters, of any other attribute of such a record
_DEEPEST = 5  # of lists and dicts in an extra attribute

_PLAIN = frozenset([type(None), bool, int, float, str, bytes])
# Made anew by whoever writes the record.
_NOT_SENT = frozenset(["msg", "args", "exc_info", "exc_text", "message", "asctime"])


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
    if type(record.name) is str:
        fields["name"] = module_name(record.name)  # as the program's logDefs know it
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
