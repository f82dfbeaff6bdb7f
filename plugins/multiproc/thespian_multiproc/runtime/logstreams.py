"""Live streams in the user's logDefs, and which of them the log process can have.

A stream can be handed over when a descriptor is behind it, and nobody waits for that to be closed: that of a
file, a terminal or another device, as /dev/null. A pipe cannot: whoever reads it would wait until the system
ends. What is in memory, as some captures of test runners are, is in no other process's memory. Records for
such a stream go to the log process's standard error, or to the internal log when nobody reads that; the
starter warns of it, once.
"""

from __future__ import annotations

import io
import logging
import os
import stat
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from thespian_core.internallog import thesplog
from thespian_core.texts import shown
from thespian_multiproc.runtime.processes import is_kept

DEEPEST = 5  # our choice, of mappings and lists in logDefs: arguments of a handler's class are rarely nested
_NAMED = {"ext://sys.stdout": "stdout", "ext://sys.stderr": "stderr"}
_USUAL = "logging.StreamHandler"  # writes to standard error unless told otherwise


class Handed(NamedTuple):
    """A stream that was handed over, as it travels in the pickled definitions.

    Attributes:
        place: of its descriptor among those that the log process is given.
        encoding: its own; empty for one that takes bytes.
        errors: what it does with characters that its encoding lacks.
    """

    place: int
    encoding: str
    errors: str


class LogStreams:
    """What becomes of each stream in some logDefs.

    Args:
        log_defs: anything; what is no mapping has no streams.

    Attributes:
        descriptors: copies of those that are handed over; :meth:`close` closes them.
    """

    def __init__(self, log_defs: object) -> None:
        self.descriptors: list[int] = []
        self._places: dict[int, Handed | None] = {}
        self._lost: list[str] = []
        self._kept_alive: list[object] = []  # an id means nothing once its object is gone
        try:
            if isinstance(log_defs, Mapping):
                self._look_into(log_defs, "logDefs", 0)
                self._look_at_usual_handlers(log_defs.get("handlers"))
        except BaseException:
            self.close()
            raise

    def place_of(self, value: object) -> Handed | str | None:
        """Return what stands for a value: nothing for what is no stream, and "" for a lost one."""
        if isinstance(value, str):
            value = getattr(sys, _NAMED[value]) if value in _NAMED else None
        return (self._places[id(value)] or "") if id(value) in self._places else None

    def warn(self) -> None:
        """Tell of the streams that are not handed over, if there are any: in one warning."""
        if self._lost:
            instead = "standard error" if _is_kept(sys.__stderr__) else "the internal log"
            logging.getLogger("thespian").warning(
                "records for %s go to %s: that can not be handed over to the log process, "
                "which goes on when this program has ended",
                " and ".join(self._lost),
                instead,
            )

    def close(self) -> None:
        """Close the copies."""
        while self.descriptors:
            os.close(self.descriptors.pop())

    def _look_into(self, value: object, path: str, depth: int) -> None:
        children: list[tuple[object, object]] = []
        if isinstance(value, Mapping):
            children = list(value.items())
        elif isinstance(value, (list, tuple)):
            children = list(enumerate(value))
        for key, child in children:
            where = f"{path}[{key!r}]"
            if isinstance(child, str):
                if child in _NAMED:
                    self._place(getattr(sys, _NAMED[child]), where)
            elif _is_stream(child):
                self._place(child, where)
            elif depth < DEEPEST:
                self._look_into(child, where, depth + 1)

    def _look_at_usual_handlers(self, handlers: object) -> None:
        if not isinstance(handlers, Mapping) or _is_kept(sys.__stderr__):
            return
        for name, entry in handlers.items():
            is_usual = isinstance(entry, Mapping) and entry.get("class") in (_USUAL, logging.StreamHandler)
            if is_usual and entry.get("stream") is None:
                self._lost.append(f"logDefs['handlers'][{name!r}] (standard error)")

    def _place(self, stream: object, where: str) -> None:
        if stream is None or id(stream) in self._places:
            return
        self._kept_alive.append(stream)
        self._places[id(stream)] = None
        copy = _copy_of(stream)
        if copy is None:
            self._lost.append(f"{where} ({shown(stream)})")
            return
        encoding, errors = (getattr(stream, name, None) for name in ("encoding", "errors"))
        encoding = "" if _takes_bytes(stream) else encoding or "utf-8"
        self._places[id(stream)] = Handed(len(self.descriptors), encoding, errors or "backslashreplace")
        self.descriptors.append(copy)


def opened(handed: Handed, descriptors: Sequence[int]) -> io.TextIOWrapper | io.FileIO:
    """Return a stream that was handed over, in the process that has its descriptor."""
    descriptor = descriptors[handed.place]
    if not handed.encoding:
        return open(descriptor, "wb", buffering=0, closefd=False)
    return open(
        descriptor,
        "w",
        buffering=1,  # what is logged appears as it happens
        encoding=handed.encoding,
        errors=handed.errors,
        closefd=False,
    )


class InternalLogStream(io.TextIOBase):
    """A stream whose lines go to the internal log, as warnings: by default nothing less is written there."""

    def __init__(self) -> None:
        self._begun = ""

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, text: str) -> int:
        """Write the lines that are whole, and keep the rest until it is."""
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            thesplog("%s", line, level=logging.WARNING)
        return len(text)


def _copy_of(stream: Any) -> int | None:
    """Return a copy of a stream's descriptor; None when it cannot be handed over."""
    try:
        number: int = stream.fileno()
        if not (is_kept(number) or stat.S_ISCHR(os.fstat(number).st_mode)):
            return None
        stream.flush()  # what the program has written itself comes first
        return os.dup(number)
    except Exception:  # it is closed, full, or in memory, or of a class that may raise anything
        return None


def _is_stream(value: Any) -> bool:
    return callable(getattr(value, "write", None)) and not isinstance(value, type)


def _takes_bytes(stream: Any) -> bool:
    kinds = (io.RawIOBase, io.BufferedIOBase)
    return isinstance(stream, kinds) or isinstance(getattr(stream, "file", None), kinds)  # as a temporary one


def _is_kept(stream: Any) -> bool:
    try:
        return is_kept(stream.fileno())
    except Exception:  # it is closed, or in memory
        return False
