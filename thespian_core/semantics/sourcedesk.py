"""What an admin does about sources: takes requests, makes who needs one wait, keeps an authority.

The authority that a system begins with is an actor that asks a plugin's function. When it ends by itself,
another is started, once for each source that was loaded since; an actor that registered is not replaced.
"""

from __future__ import annotations

from collections.abc import Callable

from thespian_core.addresses import ActorAddress
from thespian_core.messages import ValidatedSource
from thespian_core.semantics.birth import Birth
from thespian_core.semantics.effects import Effect, Log, Post, Start
from thespian_core.semantics.sourcerequests import (
    AskSource,
    LoadSource,
    NotifyOfSources,
    RegisterSourceAuthority,
    SourceAnswer,
    SourceRequest,
    SourceTaken,
    UnloadSource,
)
from thespian_core.semantics.sources import Sources

# The class of the actor that asks a plugin's function; by name, since it is far above.
PLUGIN_AUTHORITY = "thespian_core.api.authority.PluginAuthority"


class SourceDesk:
    """Stands between an admin and its sources.

    Args:
        me: the admin's address.
        problem_with: says why bytes are no usable source, or None.
        authority_name: of the plugin that decides at first, or None.

    Attributes:
        sources: of the system.
    """

    def __init__(
        self, me: ActorAddress, problem_with: Callable[[bytes], str | None], authority_name: str | None
    ) -> None:
        self.sources = Sources(me, problem_with)
        self._me = me
        self._name = authority_name
        self._authority: ActorAddress | None = None
        self._may_replace_it = True
        self._closed = False

    def begin(self, mint: Callable[[], ActorAddress]) -> Birth | None:
        """Return the birth of the actor that is the authority from now on; None when no plugin was named."""
        if self._name is None:
            return None
        self._authority = mint()
        self.sources.register(self._authority)
        return Birth(self._authority, PLUGIN_AUTHORITY, None, self._name)

    def handle(
        self, request: SourceRequest | ValidatedSource, sender: ActorAddress, is_alive: bool
    ) -> list[Effect]:
        """Carry out what is asked about sources.

        Args:
            request: what.
            sender: who asks.
            is_alive: whether that is a living actor.
        """
        match request:
            case LoadSource():
                return self._load(request, sender)
            case UnloadSource(source_hash=source_hash):
                return self.sources.unload(source_hash)
            case ValidatedSource(sourceHash=str(source_hash), sourceZip=data, sourceInfo=info):
                return self.sources.decided(source_hash, data, info, sender)
            case RegisterSourceAuthority() if is_alive:
                return self.sources.register(sender)
            case NotifyOfSources(start=start) if is_alive or not start:
                return self.sources.notify(sender, start)
            case AskSource(source_hash=source_hash):
                return self.when_decided(source_hash, lambda: [self._answer(request, sender)])
        return []

    def start(self, birth: Birth, or_refuse: Callable[[Birth], list[Effect]]) -> list[Effect]:
        """Start an actor, after its source is no longer pending.

        Args:
            birth: the actor's.
            or_refuse: says what follows when there is an objection to it by then.
        """
        source_hash = birth.source_hash
        if source_hash is None or not self.sources.is_pending(source_hash):
            return [Start(birth)]
        return self.when_decided(source_hash, lambda: or_refuse(birth) or [Start(birth)])

    def when_decided(self, source_hash: str, then: Callable[[], list[Effect]]) -> list[Effect]:
        """Do something once a source is not pending, which may be now."""
        if not self.sources.is_pending(source_hash):
            return then()
        self.sources.wait(source_hash, then)
        return []

    def ended(self, actor: ActorAddress, had_started: bool = True) -> tuple[list[Effect], bool]:
        """An actor is gone, or could not be created.

        Returns:
            What follows, and whether the plugin's authority is to be started again.
        """
        was_plugins = actor == self._authority == self.sources.authority
        effects = self.sources.ended(actor)
        if not was_plugins or self._closed:
            return effects, False
        again, self._may_replace_it = self._may_replace_it and had_started, False
        what = "ended by itself" if had_started else "cannot start"
        follows = "it is started again" if again else "nothing is loaded until an actor registers as one"
        effects.append(Log("error", f"the source authority {self._name!r} {what}: {follows}"))
        return effects, again

    def close(self) -> list[Effect]:
        """The system shuts down: nothing is loaded any more, and nobody waits."""
        self._closed = True
        return self.sources.give_up()

    def _load(self, request: LoadSource, sender: ActorAddress) -> list[Effect]:
        self._may_replace_it = True
        taken = SourceTaken(request.request_id)
        effects: list[Effect] = [Post(sender, taken, self._me)] if request.request_id else []
        if not self._closed:
            effects += self.sources.load(request.source_hash, request.data, request.info)
        return effects

    def _answer(self, asked: AskSource, to: ActorAddress) -> Post:
        data = None if self._closed else self.sources.data(asked.source_hash)
        return Post(to, SourceAnswer(asked.request_id, asked.source_hash, data), self._me)
