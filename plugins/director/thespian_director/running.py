"""The half of DirectorControl that talks to a running system."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from thespian_director.errors import DirectorError
from thespian_director.folder import DirectorFolder

if TYPE_CHECKING:
    from thespian_core.addresses import ActorAddress
    from thespian_core.api.system import ActorSystem
    from thespian_director.systems import HasState

ANSWER_LIMIT_S = 5.0  # behaviour that programs know
LOOK_AGAIN_S = 2.0  # how often it is looked, while an answer is awaited, whether the Director is still there
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
        from thespian_director.systems import base_of, open_system

        self.forget_ended()
        if self._asys is None:
            base = base_of(self.folder, self.system_base, self.admin_port)
            self._asys, self._state = open_system(self.folder, base)
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
        asys = self.asys
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
        ours = ActorSystem.systemBase
        return ours is not None and ours.name == base_name and bool(ours.is_running)

    def system_on(self, base_name: str) -> ActorSystem:
        """Return the system of this port on a base; it is started unless it runs.

        Raises:
            ActorSystemStartupFailure: it says why it cannot be.
        """
        from thespian_director.systems import base_of, open_system

        if base_name == self.system_base:
            return self.asys
        return open_system(self.folder, base_of(self.folder, base_name, self.admin_port))[0]

    def require_up(self) -> None:
        """Return when the system runs.

        Raises:
            DirectorError: it does not.
        """
        if not self.is_up:
            raise DirectorError(
                f"no system runs at Admin Port {self.admin_port} ({self.system_base})",
                "start it:  thespian director start",
            )

    @contextmanager
    def talk(self) -> Iterator[Talk]:
        """Talk to the Director over a connection that nobody else uses."""
        director = self.director
        with self.asys.private() as connection:
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
                raise _no_answer("Thespian_ActorStatus", ANSWER_LIMIT_S)
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


class Talk:
    """A conversation with the Director.

    Args:
        half: whose.
        connection: that nobody else uses.
        director: its address.
    """

    def __init__(self, half: RunningHalf, connection: ActorSystem, director: ActorAddress) -> None:
        self._half = half
        self._connection = connection
        self._director = director

    def ask(self, message: Any, response: str, timeout_s: float = ANSWER_LIMIT_S) -> dict[str, Any] | None:
        """Ask the Director, and return its answer; None when it did not come in time."""
        self._connection.tell(self._director, message)
        return self.wait(response, timeout_s)

    def wait(self, response: str, timeout_s: float = ANSWER_LIMIT_S) -> dict[str, Any] | None:
        """Return an answer; None when it did not come in time.

        Raises:
            DirectorError: the Director has ended meanwhile.
        """
        until = time.monotonic() + timeout_s
        while (left_s := until - time.monotonic()) > 0:
            message = self._connection.listen(min(left_s, LOOK_AGAIN_S))
            if RunningHalf.is_director_response(response, message):
                found: dict[str, Any] = message
                return found
            if message is not None:
                click.echo(f"Discarding unexpected: {message}", err=True)
            elif not self._half.is_alive:
                raise DirectorError(
                    "the system ended before the Director had answered", "why:  thespian status"
                )
            elif self._half.director != self._director:
                raise DirectorError(
                    "the Director ended before it had answered; another one was created",
                    "give the command again; the system's log may say why it ended",
                )
        return None

    def demand(self, message: Any, response: str, timeout_s: float = ANSWER_LIMIT_S) -> dict[str, Any]:
        """Ask the Director, and return its answer.

        Raises:
            DirectorError: it says no, or nothing.
        """
        return checked(self.ask(message, response, timeout_s), response, timeout_s)


def checked(answer: dict[str, Any] | None, response: str, timeout_s: float) -> dict[str, Any]:
    """Return an answer that says yes.

    Raises:
        DirectorError: it says no, or there is none.
    """
    if answer is None:
        raise _no_answer(response, timeout_s)
    if not answer["Success"]:
        raise DirectorError(f"{response} ERROR: {answer.get('Error', answer)}")
    return answer


def _no_answer(response: str, timeout_s: float) -> DirectorError:
    return DirectorError(
        f"{response} ERROR: Timeout: the Director did not answer within {timeout_s:.0f} s",
        "its system may be stopped or overloaded:  thespian status",
    )
