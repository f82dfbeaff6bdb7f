"""What is told to an operator when a command cannot do what was asked."""

from __future__ import annotations

from thespian_core.errors import ActorSystemException


class DirectorError(ActorSystemException):
    """A command, or a part of the director, cannot do what was asked.

    Attributes:
        exit_status: what the program ends with.
    """

    def __init__(self, text: str, *mending: str, exit_status: int = 1) -> None:
        super().__init__(text, *mending)
        self.exit_status = exit_status

    def __str__(self) -> str:
        return "\n  ".join(map(str, self.args))
