"""A service that is to be: what is known of it, whichever manager will run it, and what a manager needs."""

from __future__ import annotations

import re
import sys

import attrs

from thespian_director.errors import DirectorError

DEFAULT_NAME = "thespian.director"
NO_MANAGER = 2  # the exit status that scripts know
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")


@attrs.frozen
class Service:
    """The Director as a service.

    Attributes:
        name: its name; dots have become dashes.
        folder: the director's folder.
        user: who it runs as.
        operators: the group of those who may talk to it.
        python: the interpreter.
        starts: whether it is started at once, too.
    """

    name: str
    folder: str
    user: str = "thespian"
    operators: str = "thespian-operators"
    python: str = sys.executable
    starts: bool = True

    @property
    def command(self) -> tuple[str, ...]:
        """What is run: it goes on until the system ends, and ends the system when it is told to."""
        return (self.python, "-m", "thespian.director", "start", "wait")

    @property
    def key_file(self) -> str:
        """The key of the system, which its operators can read."""
        return f"/etc/thespian/{self.name}.key"


@attrs.frozen
class Work:
    """What is to be done for a service, in order: files, the key, commands.

    Attributes:
        files: what is written, by path.
        before_key: commands that make the user and the group.
        key_file: a key to be made unless it is there, or None.
        commands: the rest.
        unit: of these files, the one that ``systemd-analyze`` can verify, or None.
        notes: what is left to do by hand.
    """

    files: dict[str, str]
    commands: tuple[tuple[str, ...], ...]
    before_key: tuple[tuple[str, ...], ...] = ()
    key_file: str | None = None
    unit: str | None = None
    notes: tuple[str, ...] = ()


def service_name(given: str | None) -> str:
    """Return the name of a service as a manager can have it.

    Raises:
        DirectorError: it cannot be one.
    """
    name = (given or DEFAULT_NAME).replace(".", "-")
    if not _NAME.fullmatch(name):
        raise DirectorError(
            f"{given!r} cannot be the name of a service", "use letters, digits, dots, dashes and underscores"
        )
    return name


def account_name(given: str) -> str:
    """Return the name of a user or group as a service can have it.

    Raises:
        DirectorError: it cannot be one.
    """
    if not _NAME.fullmatch(given):
        raise DirectorError(f"{given!r} cannot be the name of a user or group")
    return given
