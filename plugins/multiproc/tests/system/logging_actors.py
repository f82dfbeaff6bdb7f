"""Actors that log, and handlers for what they log."""

from __future__ import annotations

import atexit
import logging
import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from thespian.actors import Actor, ActorAddress, ActorExitRequest


class Loud(str):
    """A text that says when somebody reads it."""

    was_read = False

    def __str__(self) -> str:
        """Return the text, and remember that."""
        Loud.was_read = True
        return "loud"


class Chronicler(Actor):
    """Logs from its first moment to its last."""

    def __init__(self) -> None:
        logging.getLogger("chronicle").warning("is made")
        atexit.register(lambda: logging.getLogger("chronicle").warning("at exit"))

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Log what it is told to."""
        match message:
            case ActorExitRequest():
                logging.getLogger("chronicle").warning("exits")
            case ("thread", text):
                thread = threading.Thread(target=logging.getLogger("a.thread").info, args=(text,))
                thread.start()
                thread.join()
                self.send(sender, os.getpid())
            case ("own logger", name, text):
                self.logger(name).info(text, extra={"size": 7})
                self.send(sender, str(self.myAddress))
            case ("log", level, text):
                logging.getLogger("chronicle").log(level, text)
                self.send(sender, os.getpid())
            case ("wait", pipe):
                with suppress(FileNotFoundError):
                    Path(pipe).read_text()
            case ("is written", level):
                Loud.was_read = False
                logging.getLogger("chronicle").log(level, "%s", Loud())
                enabled = self.logger().isEnabledFor(level)
                self.send(sender, (enabled, Loud.was_read))
            case ("own handler", file):
                root = logging.getLogger()
                before = [type(handler).__name__ for handler in root.handlers]
                root.addHandler(logging.FileHandler(file))
                root.error("for my own file")
                self.send(sender, before)


class Flooding(Actor):
    """Logs much, in pieces, so that it can answer in between."""

    def receiveMessage(self, message: Any, sender: ActorAddress) -> None:
        """Log so many records, or answer."""
        match message:
            case ("flood", who, begin, end, step):
                for number in range(begin, min(begin + step, end)):
                    logging.getLogger("flood").warning("%d %d", who, number)
                if begin + step < end:
                    self.send(self.myAddress, ("flood", who, begin + step, end, step))
            case ("are you there", number):
                self.send(sender, ("here", number))


class SayingWho(logging.FileHandler):
    """Writes the number of its own process before each record."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the text."""
        return f"{os.getpid()} {super().format(record)}"


class Failing(logging.Handler):
    """Raises, in a place where no handler may."""

    def handle(self, record: logging.LogRecord) -> bool:
        """Raise."""
        raise RuntimeError("this handler always fails")


class Leaving(logging.Handler):
    """Ends the process, as it thinks."""

    def emit(self, record: logging.LogRecord) -> None:
        """Raise."""
        raise SystemExit("this handler has had enough")


class Slow(logging.FileHandler):
    """Waits for a named pipe before its first record."""

    def __init__(self, filename: str, pipe: str) -> None:
        super().__init__(filename)
        self._pipe: str | None = pipe

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        if self._pipe is not None:
            Path(self._pipe).read_text()
            self._pipe = None
        super().emit(record)
