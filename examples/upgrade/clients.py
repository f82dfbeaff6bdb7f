"""Clients: ask for quotes without a pause, and remember what became of each request."""

from __future__ import annotations

import threading
import time
from itertools import count
from typing import Any

import attrs

from examples.upgrade.front import Front
from thespian.actors import ActorSystem

ANSWER_LIMIT_S = 30.0
PACE_S = 0.005  # a client begins a request this often, or as soon as the one before is answered
LATECOMERS_S = 0.5  # how long it is listened for answers that nobody waits for any more
ORDER = {"apple": 12, "cheese": 1}
CENTS = {1: 12 * 40 + 620, 2: 12 * 40 * 9 // 10 + 620}  # what it costs by version


@attrs.define
class Request:
    """One request.

    Attributes:
        number: its own.
        look_s: for how long the order is looked at.
        phase: what the operator did when it was begun.
        begun_at: when that was, in seconds.
        waited_s: until its answer came; None without one.
        ended_phase: what the operator did when it came.
        version: that answered.
    """

    number: int
    look_s: float
    phase: str
    begun_at: float
    waited_s: float | None = None
    ended_phase: str | None = None
    version: int | None = None


class Clients:
    """Some clients, each with a thread and a connection of its own.

    Args:
        asys: the system.
        front: says where requests go.
        answer_limit_s: an answer that has not come by then is lost.

    Attributes:
        phase: what the operator is doing; each request remembers it.
        requests: all that were begun.
        surplus: answers that came though nobody waited for them any more.
        wrong: answers that were not what the version that gave them should say.
    """

    def __init__(self, asys: ActorSystem, front: Front, answer_limit_s: float = ANSWER_LIMIT_S) -> None:
        self.phase = ""
        self.requests: list[Request] = []
        self.surplus: list[Any] = []
        self.wrong: list[Any] = []
        self._answer_limit_s = answer_limit_s
        self._asys = asys
        self._front = front
        self._numbers = count(1)
        self._ends = threading.Event()
        self._threads: list[threading.Thread] = []
        self._failures: list[BaseException] = []

    def begin(self, look_times_s: list[float]) -> None:
        """Start a client for each of these times that an order of it is looked at."""
        for look_s in look_times_s:
            self._threads.append(threading.Thread(target=self._ask_until_the_end, args=(look_s,)))
            self._threads[-1].start()

    def end(self) -> None:
        """Let all of them finish what they have begun, and wait for that.

        Raises:
            BaseException: what one of them ended by.
        """
        self._ends.set()
        for thread in self._threads:
            thread.join()
        if self._failures:
            raise self._failures[0]

    def _ask_until_the_end(self, look_s: float) -> None:
        try:
            with self._asys.private() as connection:
                while not self._ends.is_set():
                    began = time.monotonic()
                    self._ask(connection, look_s)
                    self._ends.wait(max(0.0, began + PACE_S - time.monotonic()))
                while (late := connection.listen(LATECOMERS_S)) is not None:
                    self.surplus.append(late)
        except BaseException as why:
            self._failures.append(why)

    def _ask(self, connection: ActorSystem, look_s: float) -> None:
        request = Request(next(self._numbers), look_s, self.phase, time.monotonic())
        self.requests.append(request)
        with self._front.request() as desk:
            connection.tell(desk, ("quote", request.number, ORDER, look_s))
            until = time.monotonic() + self._answer_limit_s
            while (left_s := until - time.monotonic()) > 0:
                answer = connection.listen(left_s)
                if answer is None:
                    return
                if isinstance(answer, tuple) and answer[:2] == ("quoted", request.number):
                    request.waited_s = time.monotonic() - request.begun_at
                    request.version, request.ended_phase = answer[2], self.phase
                    if answer[3] != CENTS.get(answer[2]):
                        self.wrong.append(answer)
                    return
                self.surplus.append(answer)
