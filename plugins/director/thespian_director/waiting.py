"""Waiting until a system ends, as a service does that is in the foreground."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any

from thespian_core.errors import ActorSystemException
from thespian_director.errors import DirectorError
from thespian_director.running import DIRECTOR_CLASS, DIRECTOR_NAME

if TYPE_CHECKING:
    from thespian_core.addresses import ActorAddress
    from thespian_core.api.system import ActorSystem
    from thespian_director.control import DirectorControl

LOOK_EVERY_S = 1.0  # how late a signal, or the end of the system, may be noticed
TOO_SOON_S = 0.05  # nobody listens for less, unless there is nothing to listen to


class EndRequest:
    """Whether this process was asked to end, by SIGTERM or Ctrl-C, while this is entered.

    Attributes:
        came: whether it was.
    """

    def __init__(self) -> None:
        self.came = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> EndRequest:
        if threading.current_thread() is threading.main_thread():  # no other thread may set handlers
            for number in (signal.SIGTERM, signal.SIGINT):
                self._before[number] = signal.signal(number, self._take)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _take(self, number: int, frame: FrameType | None) -> None:
        self.came = True


def wait_for_end(control: DirectorControl, request: EndRequest) -> None:
    """Return when the system has ended because somebody asked it to; ask it to when this process is.

    Raises:
        DirectorError: it ended by itself.
    """
    was_asked = False
    with control.asys.private() as connection:
        _be_notified(connection, control.director)
        while not request.came:
            was_alive = control.is_alive  # before the look: what came until then is still to be read
            began = time.monotonic()
            message = connection.listen(LOOK_EVERY_S if was_alive else 0)
            if control.is_director_response("NotificationOfUpdate", message):
                # Its own end is a change, too: then nobody answers any more.
                was_asked = True
                with contextlib.suppress(ActorSystemException):  # the system takes no more requests
                    _be_notified(connection, connection.createActor(DIRECTOR_CLASS, globalName=DIRECTOR_NAME))
            elif control.is_director_response("AllAddresses", message):
                was_asked = False
            elif message is None and not was_alive:
                break
            elif time.monotonic() - began < TOO_SOON_S:
                time.sleep(TOO_SOON_S)  # the system takes its leave, and its processes are still ending
    if control.is_alive:
        control.asys.shutdown()
    elif not was_asked:
        raise DirectorError(
            f"the system on {control.system_base} at Admin Port {control.admin_port} ended by itself",
            "why:  thespian status, its log, and the internal log",
        )


def _be_notified(connection: ActorSystem, director: ActorAddress) -> None:
    connection.tell(director, {"DirectorOp": "RequestNotification"})
    connection.tell(director, {"DirectorOp": "RetrieveAll"})
