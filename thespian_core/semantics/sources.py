"""The loaded sources of one system: which may be used, who waits for one, and who decides.

States of a source, and what an event makes of it; there is no record of an *unknown* one:

======== ================== ========== ==================== ========= =====================
state    load               accepted   rejected, unusable,  unload    authority ends,
                                       or not in time                 or is another
======== ================== ========== ==================== ========= =====================
unknown  pending, or        unknown    unknown              unknown   unknown
         unknown without
         an authority
pending  pending            valid      unknown              unknown   unknown, or
                                                                      pending: it is asked
valid    valid              valid      valid                unknown   valid
======== ================== ========== ==================== ========= =====================

Who waits for a pending source is told as soon as it is pending no longer. A verdict counts only when it
comes from the authority; there is one at a time, and the last that registers is it. Who wants to know of
sources is told when one becomes valid, and when one becomes unknown, be it that a load came to nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from thespian_core.addresses import ActorAddress
from thespian_core.messages import LoadedSource, UnloadedSource, ValidateSource
from thespian_core.semantics.effects import Effect, ForgetSource, Log, Post
from thespian_core.texts import told

PENDING_LIMIT_S = (
    120.0  # behaviour that programs know: what no authority decides on is dropped after 2 minutes
)

Waiting = Callable[[], list[Effect]]


class _Pending:
    def __init__(self, data: bytes, info: Any) -> None:
        self.data = data
        self.info = info
        self.overdue_at: float | None = None
        self.waiting: list[Waiting] = []


class _Valid(NamedTuple):
    data: bytes
    info: Any


class Sources:
    """The sources of one system.

    Args:
        me: the address that validation is asked from, the admin's.
        problem_with: says why bytes are no usable source, or None.

    Attributes:
        authority: who decides, or None: then nothing is loaded.
    """

    def __init__(self, me: ActorAddress, problem_with: Callable[[bytes], str | None]) -> None:
        self.authority: ActorAddress | None = None
        self._me = me
        self._problem_with = problem_with
        self._pending: dict[str, _Pending] = {}
        self._valid: dict[str, _Valid] = {}
        self._told: dict[Any, ActorAddress] = {}

    # Questions

    def data(self, source_hash: str) -> bytes | None:
        """Return the zip file of a valid source, or None."""
        valid = self._valid.get(source_hash)
        return None if valid is None else valid.data

    def is_pending(self, source_hash: str) -> bool:
        """Whether a source waits to be decided on."""
        return source_hash in self._pending

    @property
    def any_pending(self) -> bool:
        """Whether some source waits to be decided on."""
        return bool(self._pending)

    @property
    def valid(self) -> list[tuple[str, Any]]:
        """Hash and origin of each valid source."""
        return [(source_hash, valid.info) for source_hash, valid in self._valid.items()]

    @property
    def next_due(self) -> float | None:
        """When :meth:`tick` has something to do; None for not before the next event."""
        times = [each.overdue_at for each in self._pending.values() if each.overdue_at is not None]
        return min(times, default=None)

    # Events

    def load(self, source_hash: str, data: bytes, info: Any) -> list[Effect]:
        """Somebody loads a source: the authority is asked; without one, nothing is loaded."""
        if source_hash in self._pending or source_hash in self._valid:
            return []
        if not source_hash.isalnum():  # it becomes a part of modules' names
            return [Log("warning", f"{_shown(source_hash, info)} was not loaded: that is no hash")]
        if self.authority is None:
            text = f"{_shown(source_hash, info)} was not loaded: this system has no source authority"
            return [Log("warning", text), *self._tell(UnloadedSource(source_hash, info))]
        self._pending[source_hash] = _Pending(data, info)
        return [self._question(source_hash, self.authority)]

    def unload(self, source_hash: str) -> list[Effect]:
        """Somebody unloads a source: from now on it is unknown. Actors that came from it live on."""
        if source_hash in self._pending:
            return self._drop(source_hash)
        valid = self._valid.pop(source_hash, None)
        if valid is None:
            return []
        return [ForgetSource(source_hash), *self._tell(UnloadedSource(source_hash, valid.info))]

    def decided(self, source_hash: str, data: Any, info: Any, sender: ActorAddress) -> list[Effect]:
        """An actor says what a source is worth: its usable zip file, or None for nothing."""
        if sender != self.authority:
            text = f"{_shown(source_hash, info)}: {sender} decides on it, but is not the source authority"
            return [Log("warning", text)]
        pending = self._pending.get(source_hash)
        if pending is None:
            return []
        if not data:
            return self._drop(source_hash, "was rejected by the source authority")
        problem = "it is not bytes" if not isinstance(data, bytes) else self._problem_with(data)
        if problem is not None:
            return self._drop(source_hash, f"is not usable: {problem}")
        del self._pending[source_hash]
        self._valid[source_hash] = _Valid(data, pending.info if info is None else info)
        notice = LoadedSource(source_hash, self._valid[source_hash].info)
        return self._tell(notice) + _all(pending.waiting)

    def tick(self, now: float) -> list[Effect]:
        """Time has passed. What is pending is dropped two minutes after the first tick that finds it so."""
        effects: list[Effect] = []
        for source_hash, pending in list(self._pending.items()):
            if pending.overdue_at is None:
                pending.overdue_at = now + PENDING_LIMIT_S
            elif now >= pending.overdue_at:
                effects += self._drop(
                    source_hash, f"was not decided on by the source authority in {PENDING_LIMIT_S:.0f} s"
                )
        return effects

    def register(self, authority: ActorAddress) -> list[Effect]:
        """An actor is the authority from now on; what is pending is put to it."""
        if authority == self.authority:
            return []
        self.authority = authority
        return [self._question(source_hash, authority) for source_hash in self._pending]

    def notify(self, actor: ActorAddress, start: bool) -> list[Effect]:
        """Tell an actor of the sources that are valid, and of what changes; or stop that."""
        if not start:
            self._told.pop(actor.key, None)
            return []
        self._told[actor.key] = actor
        return [Post(actor, LoadedSource(*each), self._me) for each in self.valid]

    def ended(self, actor: ActorAddress) -> list[Effect]:
        """An actor is gone. When it was the authority, nobody will decide on what is pending."""
        self._told.pop(actor.key, None)
        if actor != self.authority:
            return []
        self.authority = None
        return self.give_up("was not loaded: its source authority ended")

    def wait(self, source_hash: str, then: Waiting) -> None:
        """Remember what is to be done when a pending source is pending no longer."""
        self._pending[source_hash].waiting.append(then)

    def give_up(self, why: str | None = None) -> list[Effect]:
        """Drop whatever is pending."""
        return [effect for source_hash in list(self._pending) for effect in self._drop(source_hash, why)]

    # Inside

    def _question(self, source_hash: str, authority: ActorAddress) -> Post:
        pending = self._pending[source_hash]
        return Post(authority, ValidateSource(source_hash, pending.data, pending.info), self._me)

    def _drop(self, source_hash: str, why: str | None = None) -> list[Effect]:
        pending = self._pending.pop(source_hash)
        effects: list[Effect] = []
        if why is not None:
            effects.append(Log("error", f"{_shown(source_hash, pending.info)} {why}"))
        return effects + self._tell(UnloadedSource(source_hash, pending.info)) + _all(pending.waiting)

    def _tell(self, notice: LoadedSource | UnloadedSource) -> list[Effect]:
        return [Post(to, notice, self._me) for to in self._told.values()]


def _all(waiting: list[Waiting]) -> list[Effect]:
    return [effect for each in waiting for effect in each()]


def _shown(source_hash: str, info: Any) -> str:
    return f"the source {told(source_hash)} ({told(info)})"
