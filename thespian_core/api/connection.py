"""A program's connection to a system: one port, its mail, and the answers to its requests."""

from __future__ import annotations

import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from itertools import count
from typing import Any

from thespian_core.addresses import ActorAddress
from thespian_core.errors import (
    ActorSystemFailure,
    ActorSystemRequestTimeout,
    InvalidActorSourceHash,
    InvalidActorSpecification,
    NoCompatibleSystemForActor,
)
from thespian_core.messages import ActorSystemMessage, PoisonMessage
from thespian_core.semantics.birth import Refusal
from thespian_core.semantics.requests import (
    ActorCreated,
    Answer,
    CreateActor,
    CreateFailed,
    NotDelivered,
    UpdateCapability,
)
from thespian_core.status import Thespian_ActorStatus, Thespian_SystemStatus
from thespian_core.systembase import Envelope, Port
from thespian_core.texts import class_name

CREATE_LIMIT_S = 50.0  # these limits are the ones that existing programs know
CAPABILITY_LIMIT_S = 5.0
SOURCE_LIMIT_S = 61.0

_STATUSES = (Thespian_ActorStatus, Thespian_SystemStatus)


def is_shown(message: Any) -> bool:
    """Whether a program is given a message: no system's own, but for failures and status answers."""
    kind = type(message)  # the object itself may lie about its class, or raise when asked
    if not issubclass(kind, ActorSystemMessage):
        return True
    if issubclass(kind, PoisonMessage):
        return not issubclass(type(message.poisonMessage), ActorSystemMessage)
    return issubclass(kind, _STATUSES)


class Connection:
    """One port, which several threads may use: one of them receives at a time, for all.

    A thread that waits for an answer leaves the mail it meets for the next ``listen``, and one that
    listens leaves the answers it meets for who asked.
    """

    def __init__(self, port: Port) -> None:
        self.admin = port.admin
        self._address = port.address
        self._port = port
        self._turn = threading.Condition()
        self._receiver: int | None = None  # the thread that receives for all
        self._closed = False
        self._mail: deque[Any] = deque()
        self._answers: dict[int, Answer] = {}
        self._asked: set[int] = set()
        self._questions: list[Any] = []  # keys of those who are asked
        self._unreached: set[Any] = set()  # those of them that no message reaches
        self._request_ids = count(1)

    @property
    def is_usable(self) -> bool:
        """Whether this process may use it; a fork of the one that opened it may not."""
        return self._port.is_usable

    def send(self, to: ActorAddress, message: Any, timeout_s: float | None) -> None:
        """Hand a message over; errors as those of :meth:`Port.send`."""
        self._require_open()
        self._port.send(Envelope(to, message, self._address), timeout_s)

    def ask(self, to: ActorAddress, message: Any, timeout_s: float | None) -> Any:
        """Hand a message over, and return the next one that comes.

        Returns:
            None when none comes in time, and as soon as it is known that the message reached nobody.
        """
        deadline = _deadline(timeout_s)
        self._questions.append(to.key)
        try:
            self._ask(to, message, timeout_s)
            return self._next(None, deadline, to.key)
        finally:
            self._questions.remove(to.key)
            if to.key not in self._questions:
                self._unreached.discard(to.key)

    def listen(self, timeout_s: float | None) -> Any:
        """Return the next message, or None when none comes in time."""
        self._require_open()
        return self._next(None, _deadline(timeout_s))

    def create(
        self, actor_class: object, requirements: Any, global_name: str | None, source_hash: str | None
    ) -> ActorAddress:
        """Create an actor without a parent, and wait until it has started.

        Raises:
            ActorSystemException: why it could not be created, as ``ActorSystem.createActor`` says.
        """
        request_id = next(self._request_ids)
        began = time.monotonic()
        self._asked.add(request_id)
        try:
            self._ask(
                self.admin,
                CreateActor(request_id, actor_class, requirements, global_name, source_hash),
                CREATE_LIMIT_S,
            )
            answer = self._next(request_id, began + CREATE_LIMIT_S)
        finally:
            self._asked.discard(request_id)
            self._answers.pop(request_id, None)
        if isinstance(answer, ActorCreated):
            return answer.address
        if isinstance(answer, CreateFailed):
            here = "" if source_hash else _only_here(actor_class, answer.refusal)
            raise _exception(answer.refusal._replace(reason=answer.refusal.reason + here))
        what = f"the request to create {class_name(actor_class)}"
        waited_s = time.monotonic() - began
        if waited_s < CREATE_LIMIT_S:  # else nothing can come any more
            raise ActorSystemFailure(f"the actor system has ended, and did not answer {what}")
        raise ActorSystemRequestTimeout(
            f"{what} was not answered in {waited_s:.1f} s; the actor may yet be created"
        )

    def update_capability(self, name: str, value: Any) -> None:
        """Ask the admin to set a capability, or to remove it; errors as those of :meth:`Port.send`."""
        self.send(self.admin, UpdateCapability(name, value), CAPABILITY_LIMIT_S)

    def load_source(self, source_hash: str, data: bytes, info: str) -> None:
        """Ask the admin to load a source, and wait until it has it.

        Raises:
            ActorSystemRequestTimeout: it did not say so in time; the source may yet be loaded.
            ActorSystemFailure: it has ended.
        """
        from thespian_core.semantics.sourcerequests import LoadSource

        request_id = next(self._request_ids)
        deadline = time.monotonic() + SOURCE_LIMIT_S
        self._asked.add(request_id)
        try:
            self._ask(self.admin, LoadSource(request_id, source_hash, data, info), SOURCE_LIMIT_S)
            answer = self._next(request_id, deadline)
        finally:
            self._asked.discard(request_id)
            self._answers.pop(request_id, None)
        if answer is None:
            if time.monotonic() < deadline:  # nothing can come any more
                raise ActorSystemFailure(f"the actor system has ended, and did not take {info}")
            raise ActorSystemRequestTimeout(
                f"the system did not take {info} within {SOURCE_LIMIT_S:.0f} s; it may yet be loaded"
            )

    def unload_source(self, source_hash: str) -> None:
        """Ask the admin to unload a source; errors as those of :meth:`Port.send`."""
        from thespian_core.semantics.sourcerequests import UnloadSource

        self.send(self.admin, UnloadSource(source_hash), SOURCE_LIMIT_S)

    def close(self) -> None:
        """Give the port up. May be called twice."""
        self._closed = True
        self._port.close()

    def _ask(self, to: ActorAddress, message: Any, timeout_s: float | None) -> None:
        self._require_open()
        self._port.ask(Envelope(to, message, self._address), timeout_s)

    def _require_open(self) -> None:
        if self._closed:
            raise ActorSystemFailure("this private connection to the actor system was closed")

    def _next(self, request_id: int | None, deadline: float | None, asked: Any = None) -> Any:
        me = threading.get_ident()
        while True:
            with self._turn:
                while True:
                    if request_id is None:
                        if self._mail:
                            return self._mail.popleft()
                        if asked in self._unreached:
                            return None
                    elif request_id in self._answers:
                        return self._answers.pop(request_id)
                    # An actor of this very process may call in from within this thread's receive.
                    if self._receiver in (None, me):
                        break
                    left_s = _left(deadline)
                    if left_s == 0 or not self._turn.wait(left_s):
                        deadline = 0.0  # one more look, then no more waiting
                        if not self._has(request_id):
                            return None
                outer, self._receiver = self._receiver, me
            envelope = None
            try:
                envelope = self._port.receive(_left(deadline))
            finally:
                with self._turn:
                    self._receiver = outer
                    if envelope is not None:
                        self._keep(envelope.message)
                    self._turn.notify_all()
            if envelope is None and not self._has(request_id):
                return None

    def _has(self, request_id: int | None) -> bool:
        return bool(self._mail) if request_id is None else request_id in self._answers

    def _keep(self, message: Any) -> None:
        if issubclass(type(message), Answer):
            if message.request_id in self._asked:
                self._answers[message.request_id] = message
        elif type(message) is NotDelivered:
            if message.to.key in self._questions:
                self._unreached.add(message.to.key)
        elif is_shown(message):
            self._mail.append(message)


def _deadline(timeout_s: float | None) -> float | None:
    return None if timeout_s is None else time.monotonic() + timeout_s


def _left(deadline: float | None) -> float | None:
    if deadline is None:
        return None
    return min(max(0.0, deadline - time.monotonic()), threading.TIMEOUT_MAX)


def _only_here(actor_class: object, refusal: Refusal) -> str:
    """Say where this process has the module that another did not find; nothing if it was another module."""
    before, *quoted = refusal.reason.split("'")[:2]
    if not isinstance(actor_class, type) or before != "ModuleNotFoundError: No module named ":
        return ""
    module = actor_class.__module__
    file = getattr(sys.modules.get(module), "__file__", None)
    if file is None or not f"{module}.".startswith(f"{quoted[0]}."):
        return ""
    where = f"this program has {module} from {file}, and other processes look for it in sys.path only"
    return f"\n  {where}\n  put the folder that {module.partition('.')[0]} is in into sys.path"


def _exception(refusal: Refusal) -> Exception:
    return _EXCEPTIONS[refusal.kind](refusal)


_EXCEPTIONS: dict[str, Callable[[Refusal], Exception]] = {
    "capabilities": lambda r: NoCompatibleSystemForActor(
        r.actor_class, "No compatible ActorSystem could be found", r.reason
    ),
    "specification": lambda r: InvalidActorSpecification(r.actor_class, r.reason),
    "import": lambda r: (
        ModuleNotFoundError if r.reason.startswith(f"{ModuleNotFoundError.__name__}: ") else ImportError
    )(f"{r.actor_class}: {r.reason}"),
    "source": lambda r: InvalidActorSourceHash(r.reason),
    "shutdown": lambda r: ActorSystemFailure(r.text),
}
