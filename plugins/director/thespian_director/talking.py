"""A conversation with the Director, whose answers are waited for."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from thespian_director.errors import DirectorError

if TYPE_CHECKING:
    from thespian_core.addresses import ActorAddress
    from thespian_core.api.system import ActorSystem
    from thespian_director.running import RunningHalf

ANSWER_LIMIT_S = 5.0  # behaviour that programs know
LOOK_AGAIN_S = 2.0  # how often it is looked, while an answer is awaited, whether the Director is still there


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
            if self._half.is_director_response(response, message):
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
        raise no_answer(response, timeout_s)
    if not answer["Success"]:
        raise DirectorError(f"{response} ERROR: {answer.get('Error', answer)}")
    return answer


def no_answer(response: str, timeout_s: float) -> DirectorError:
    """Return the error that no answer came."""
    return DirectorError(
        f"{response} ERROR: Timeout: the Director did not answer within {timeout_s:.0f} s",
        "its system may be stopped or overloaded:  thespian status",
    )
