"""What ``thespian doctor`` knows of a machine, an installation, and each base; nobody has judged it yet.

Every ``failure`` is the text that a start would fail with, or empty.
"""

from __future__ import annotations

import attrs

Plugin = tuple[str, str | None, str | None]  # name, distribution, version


@attrs.frozen
class Intruder:
    """Another distribution with files in the package ``thespian``.

    Attributes:
        release: its name and version.
        files: how many.
    """

    release: str
    files: int


@attrs.frozen
class Installation:
    """Whether the package ``thespian`` is the one that thespian-core brought.

    Attributes:
        own_folder: where thespian-core has put it.
        found_folder: where an import finds it; empty when it finds none.
        changed: files of it that are not as thespian-core brought them.
        intruders: who else has files in it.
        failure: what importing it raises.
    """

    own_folder: str
    found_folder: str
    changed: tuple[str, ...] = ()
    intruders: tuple[Intruder, ...] = ()
    failure: str = ""


@attrs.frozen
class Plugins:
    """The plugins here.

    Attributes:
        used: those in use.
        broken: name and reason of those that could not be loaded.
        blocked: the names of those that were blocked.
        conflicts: a text about each name that two provide.
    """

    used: tuple[Plugin, ...]
    broken: tuple[tuple[str, str], ...] = ()
    blocked: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()


@attrs.frozen
class Host:
    """This machine's name.

    Attributes:
        name: as it calls itself.
        addresses: what that name stands for.
        problem: why that is not known.
    """

    name: str
    addresses: tuple[str, ...] = ()
    problem: str = ""


@attrs.frozen
class Key:
    """The key that programs and system prove to each other.

    Attributes:
        file: where it is.
        failure: why it cannot be used.
    """

    file: str
    failure: str = ""


@attrs.frozen
class Limits:
    """How much the system lets this user have.

    Attributes:
        files: how many one process may have open; None for any number.
        processes: how many processes and threads the user, or its container, may have; None for any number.
        processes_used: how many there are.
        memory_bytes: how much is free; None when that is not known.
    """

    files: int | None = None
    processes: int | None = None
    processes_used: int = 0
    memory_bytes: int | None = None


@attrs.frozen
class Folder:
    """A folder that systems write to.

    Attributes:
        what: what they write there.
        path: where.
        problem: why it cannot be written; the system runs without.
        free_bytes: how much room there is; None when that is not known.
        steered_by: what names another one.
    """

    what: str
    path: str
    problem: str = ""
    free_bytes: int | None = None
    steered_by: str = ""


@attrs.frozen
class Clock:
    """The time of day, and a file that cannot be from the future.

    Attributes:
        now: seconds since 1970.
        file: its name.
        written_at: when it was written, by this clock or another.
    """

    now: float
    file: str
    written_at: float


@attrs.frozen
class Running:
    """A system that a start would join.

    Attributes:
        base_version: of its base.
        python: the version of its Python, as text.
        plugins: those it uses.
        up_s: for how long it runs.
        admin_pid: its admin's process.
        shutting_down: whether it is about to end.
    """

    base_version: int
    python: str
    plugins: tuple[Plugin, ...]
    up_s: float
    admin_pid: int
    shutting_down: bool = False


@attrs.frozen
class Trial:
    """A system that was started on a free port, and ended at once.

    Attributes:
        failure: why it could not be started.
        took_s: how long that took.
    """

    failure: str
    took_s: float


@attrs.frozen
class Base:
    """One system base, and what is at the place where it would start a system.

    Attributes:
        name: its name.
        version: its version.
        place: where; empty where no other program can join.
        failure: why a start would neither start nor join a system there.
        listener: who has the place, as far as can be seen.
        cannot_be_asked: whether somebody has the place, and it takes a key to ask who.
        running: the system that a start would join.
        last_end: when and why the last one there ended by itself.
        trial: what came of one; None when it was not tried.
    """

    name: str
    version: int = 0
    place: str = ""
    failure: str = ""
    listener: str = ""
    cannot_be_asked: bool = False
    running: Running | None = None
    last_end: str = ""
    trial: Trial | None = None


@attrs.frozen
class Facts:
    """All of it.

    Attributes:
        python: the version of this Python, as text.
        release: that of thespian-core.
        key: None when no base that was looked at needs one.
    """

    python: str
    release: str
    installation: Installation
    plugins: Plugins
    host: Host
    key: Key | None
    limits: Limits
    folders: tuple[Folder, ...]
    clock: Clock
    bases: tuple[Base, ...]
