"""What tests of logging share: functions that run in a child, a log channel, and both ends of it."""

from __future__ import annotations

import logging
import os
import pickle
import socket
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn

import attrs

from thespian_core.addresses import ActorAddress, Mailbox
from thespian_core.hooks.registry import PluginRegistry, use_registry
from thespian_core.hooks.selection import Selection
from thespian_multiproc.runtime.logdefinitions import pack_definitions
from thespian_multiproc.runtime.logforwarding import Forwarder, stop_log
from thespian_multiproc.runtime.logprocess import LogArgument, run_log

ADDRESS = ActorAddress(Mailbox("T", ":1900", "x1"))
NO_PLUGINS = Selection(())


@attrs.frozen
class Child:
    """A forked process that runs one function."""

    pid: int
    answers: int

    def result(self) -> Any:
        """Wait for the function to return, and return what it returned; its exception fails the test."""
        with open(self.answers, "rb") as file:
            answer = file.read()
        _, status = os.waitpid(self.pid, 0)
        assert answer, f"the child ended with status {status}, without an answer"
        worked, value = pickle.loads(answer)
        assert worked, value
        return value


def start(function: Callable[[], Any]) -> Child:
    """Begin to run the function in a child: it may do to logging, streams and signals what it likes."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        _answer(function, writing)
    os.close(writing)
    return Child(pid, reading)


def in_child(function: Callable[[], Any]) -> Any:
    """Run the function in a child and return what it returns."""
    return start(function).result()


def _answer(function: Callable[[], Any], writing: int) -> NoReturn:
    try:
        answer = (True, function())
    except BaseException:
        answer = (False, traceback.format_exc())
    try:
        with open(writing, "wb") as file:
            file.write(pickle.dumps(answer))
    finally:
        os._exit(0)


def write_streams_to(file: str) -> None:
    """Have stdout and stderr of this process, also at the level of descriptors, go to a file."""
    number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(number, 1)
    os.dup2(number, 2)
    sys.stdout = open(1, "w", closefd=False, buffering=1)  # noqa: SIM115 - for the rest of the process
    sys.stderr = open(2, "w", closefd=False, buffering=1)  # noqa: SIM115


@contextmanager
def channel() -> Iterator[tuple[socket.socket, socket.socket]]:
    """A log channel: its reading and its writing end."""
    log_in, log_out = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with log_in, log_out:
        yield log_in, log_out


def heard(log_in: socket.socket) -> list[dict[str, Any]]:
    """Return all records that wait in the channel."""
    found = []
    while True:
        try:
            found.append(pickle.loads(log_in.recv(1 << 20, socket.MSG_DONTWAIT)))
        except BlockingIOError:
            return found


class Keeping(logging.Handler):
    """A handler that keeps records as they are given to it."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


class Wire:
    """A logger whose records go into a log channel, and the channel's other end."""

    def __init__(self, log_in: socket.socket, log_out: socket.socket, address: ActorAddress | None) -> None:
        self.log_in, self.log_out = log_in, log_out
        log_out.setblocking(False)
        self.forwarder = Forwarder(log_out, logging.INFO, address)
        # Not getLogger: pytest gives each logger that it can find a handler of its own.
        self.logger = logging.Logger("wire", logging.DEBUG)
        self.logger.addHandler(self.forwarder)

    def heard(self) -> list[dict[str, Any]]:
        return heard(self.log_in)

    def heard_messages(self) -> list[str]:
        return [fields["msg"] for fields in self.heard()]

    def fill(self) -> None:
        """Take all room that the channel has."""
        with suppress(BlockingIOError):
            while True:
                self.log_out.send(pickle.dumps({"msg": "filling"}))


class LogProcess:
    """A log process whose streams go to a file."""

    def __init__(self, log_in: socket.socket, log_out: socket.socket, folder: Path) -> None:
        self.log_in, self.log_out = log_in, log_out
        log_out.setblocking(False)
        self.output = folder / "output"
        self.logger = logging.Logger("some.name", logging.DEBUG)
        self.logger.addHandler(Forwarder(log_out, logging.NOTSET, ADDRESS))

    def written(self, log_defs: Any = None, selection: Selection = NO_PLUGINS) -> list[str]:
        """Return the lines that a log process writes, given the records that wait in the channel."""
        before = use_registry(PluginRegistry.from_selection(selection))
        try:
            packed, _ = pack_definitions(log_defs)
        finally:
            use_registry(before)
        stop_log(self.log_out)
        in_child(lambda: self.run(packed, selection))
        return self.output.read_text().splitlines()

    def run(self, packed: bytes, selection: Selection) -> None:
        write_streams_to(str(self.output))
        run_log(LogArgument(packed, os.dup(self.log_in.fileno()), selection))


def to_stdout(format: str = "%(message)s", **more: Any) -> dict[str, Any]:
    return {
        "version": 1,
        "formatters": {"f": {"format": format}},
        "handlers": {"out": {"class": "logging.StreamHandler", "stream": sys.stdout, "formatter": "f"}},
        "root": {"handlers": ["out"], "level": "DEBUG"},
        **more,
    }
