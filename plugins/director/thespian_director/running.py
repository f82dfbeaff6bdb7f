"""The half of DirectorControl that talks to a running system."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from thespian_director.errors import DirectorError
from thespian_director.folder import DirectorFolder
from thespian_director.talking import ANSWER_LIMIT_S, Talk, no_answer

if TYPE_CHECKING:
    from thespian_core.addresses import ActorAddress
    from thespian_core.api.system import ActorSystem
    from thespian_director.systems import HasState, Opened

DIRECTOR_CLASS, DIRECTOR_NAME = "thespian.director.Director", "Director"
AUTHORITY_CLASS, AUTHORITY_NAME = "thespian.director.SourceAuthority", "Director Source Authority"


class RunningHalf:
    """What a :class:`DirectorControl` does with a running system."""

    folder: DirectorFolder
    _asys: ActorSystem | None = None
    _state: HasState | None = None

    @property
    def system_base(self) -> str:
        """The name of the system base."""
        raise NotImplementedError

    @property
    def admin_port(self) -> int:
        """The Admin Port."""
        raise NotImplementedError

    @property
    def asys(self) -> ActorSystem:
        """The actor system of the folder, which is started unless it runs.

        Raises:
            ActorSystemStartupFailure: it says why it cannot be.
            PluginError: its base is not installed.
            DirectorError: a setting cannot be read.
        """
        self.forget_ended()
        if self._asys is None:
            self._asys, self._state, _ = self._open(self.system_base)
        return self._asys

    @property
    def running_asys(self) -> ActorSystem:
        """The actor system of the folder, which runs already.

        Raises:
            DirectorError: it does not, or a setting cannot be read.
            PluginError: its base is not installed.
        """
        self.forget_ended()
        if self._asys is None:
            self.require_up()
            system, state, was_started = self._open(self.system_base)
            if was_started:  # what ran was about to end, and has ended meanwhile
                system.shutdown()
                raise self._nothing_runs()
            self._asys, self._state = system, state
        return self._asys

    @property
    def is_alive(self) -> bool:
        """Whether a system was started or joined, and still runs."""
        return self._state is not None and self._state.is_running

    def forget_ended(self) -> None:
        """Let go of a system that has ended; one that runs is kept."""
        if self._asys is not None and not self.is_alive:
            self._asys.shutdown()  # there is nothing to end any more: this gives up the connection to it
            self._asys = self._state = None

    @property
    def director(self) -> ActorAddress:
        """The Director of that system, which is created unless it is there.

        Raises:
            DirectorError: it cannot be.
            ActorSystemException: the system cannot be started.
        """
        return self._director_of(self.asys)

    def _director_of(self, asys: ActorSystem) -> ActorAddress:
        try:
            return asys.createActor(DIRECTOR_CLASS, globalName=DIRECTOR_NAME)
        except ImportError as why:
            raise DirectorError(
                f"the system at Admin Port {self.admin_port} cannot create a Director: {why}",
                "install thespian-director where the system's Python finds it, and start the system again",
            ) from None

    @property
    def is_up(self) -> bool:
        """Whether the system runs; none is started.

        Raises:
            PluginError: its base is not installed.
            DirectorError: a setting cannot be read.
        """
        return self.is_running_on(self.system_base)

    def is_running_on(self, base_name: str) -> bool:
        """Whether a system of this port runs on a base."""
        from thespian_core.api.system import ActorSystem
        from thespian_director.systems import base_of, is_shared

        if base_name == self.system_base and self.is_alive:
            return True
        if is_shared(base_name):
            return base_of(self.folder, base_name, self.admin_port).would_join()
        ours = getattr(ActorSystem, "systemBase", None)
        return ours is not None and ours.name == base_name and bool(ours.is_running)

    def system_on(self, base_name: str) -> ActorSystem:
        """Return the system of this port on a base; it is started unless it runs.

        Raises:
            ActorSystemStartupFailure: it says why it cannot be.
        """
        return self.asys if base_name == self.system_base else self._open(base_name).system

    def _open(self, base_name: str) -> Opened:
        from thespian_director.systems import base_of, open_system

        return open_system(self.folder, base_of(self.folder, base_name, self.admin_port))

    def require_up(self) -> None:
        """Return when the system runs.

        Raises:
            DirectorError: it does not.
        """
        if not self.is_up:
            raise self._nothing_runs()

    def _nothing_runs(self) -> DirectorError:
        return DirectorError(
            f"no system runs at Admin Port {self.admin_port} ({self.system_base})",
            "start it:  thespian director start",
        )

    @contextmanager
    def talk(self, may_start: bool = True) -> Iterator[Talk]:
        """Talk to the Director over a connection that nobody else uses.

        Args:
            may_start: whether the system is started unless it runs.

        Raises:
            DirectorError: it does not run, and may not be started.
        """
        asys = self.asys if may_start else self.running_asys
        director = self._director_of(asys)
        with asys.private() as connection:
            yield Talk(self, connection, director)

    def ask_wait(
        self, message: Any, response: str, timeout_s: float = ANSWER_LIMIT_S
    ) -> dict[str, Any] | None:
        """Ask the Director, and return its answer.

        Args:
            message: the request, with its ``DirectorOp``.
            response: the ``DirectorResponse`` that is waited for.
            timeout_s: for how long.

        Returns:
            None when no such answer came in time.
        """
        with self.talk() as talk:
            return talk.ask(message, response, timeout_s)

    @staticmethod
    def is_director_response(response: str, message: Any) -> bool:
        """Whether a message is this answer of the Director's."""
        return isinstance(message, dict) and message.get("DirectorResponse") == response

    def get_role_address(
        self, role: str, group: str | None = None, silent: bool = False
    ) -> dict[str, Any] | None:
        """Return what is known of the actor with a role in the active version of a group.

        Args:
            role: the role, as the TLI file names it.
            group: the group; None for any.
            silent: print nothing when there is none.

        Returns:
            The Director's answer, with ``ActorAddress``, ``Group``, ``SourceHash`` and others; None when
            there is no such actor, which is told on stderr unless ``silent``.
        """
        request = {"DirectorOp": "RetrieveRole", "Role": role, **({} if group is None else {"Group": group})}
        answer = self.ask_wait(request, "RoleAddress")
        if answer is not None and answer["Success"]:
            return answer
        if not silent:
            click.echo(f"RoleAddress ERROR: {'Timeout' if answer is None else answer}", err=True)
        return None

    def ensure_authority(self) -> None:
        """Let the system have a source authority; one that it has, whichever, is left.

        Raises:
            DirectorError: it has none, and ours cannot become it.
        """
        from thespian_core.status import Thespian_StatusReq, Thespian_SystemStatus

        director = self.director
        until = time.monotonic() + ANSWER_LIMIT_S
        with self.asys.private() as connection:
            about = connection.ask(director, Thespian_StatusReq(), ANSWER_LIMIT_S)
            if about is None:
                raise no_answer("Thespian_ActorStatus", ANSWER_LIMIT_S)
            was_told = False
            while time.monotonic() < until:  # each turn waits for an answer of the system's
                status = connection.ask(about.adminAddress, Thespian_StatusReq(), ANSWER_LIMIT_S)
                if isinstance(status, Thespian_SystemStatus) and status.sourceAuthority is not None:
                    return
                if not was_told:
                    authority = connection.createActor(AUTHORITY_CLASS, globalName=AUTHORITY_NAME)
                    connection.tell(authority, f"Startup:{self.folder.path}")
                    was_told = True
        raise DirectorError(
            f"the system at Admin Port {self.admin_port} has no source authority, and ours did not become it "
            f"within {ANSWER_LIMIT_S:.0f} s",
            "its log may say why; end the system and start it anew:  thespian director shutdown",
        )
