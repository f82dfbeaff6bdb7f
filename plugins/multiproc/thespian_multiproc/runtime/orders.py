"""What the processes of one system tell each other through inherited sockets, where nobody else can speak.

To the launcher: :class:`StartActor` from whoever creates an actor; from the new process :class:`Started`,
:class:`NotStarted` and :class:`Ending`; from the admin :class:`NewCapabilities`, ``Look``,
:class:`KillAll` and :class:`Finish`. To the admin: :class:`Born` and :class:`Died`, ``Seen``, and the new
processes' words passed on. And to the launcher :class:`Compiled`, for the actors to come.

They hold nothing but text, numbers, bytes and addresses, so that neither launcher nor admin ever imports a
user's code: what may hold more is pickled inside them, and unpickled by actors only.

Annotations are not text here: each would be compiled when the class is made.
"""

from typing import NamedTuple

from thespian_core.addresses import ActorAddress
from thespian_core.semantics.birth import Refusal
from thespian_multiproc.runtime.reports import Look, Seen


class Origin(NamedTuple):
    """Where a creator's code comes from: its children look there too.

    Attributes:
        sys_path: absolute folders, without those of the interpreter's own packages.
        main_path: the file of the program's main script, or None.
        main_module: the module's name, when the program was run as ``python -m NAME``, or None.
        arguments: the program's ``sys.argv``, which its main script may read when it is executed once more.
    """

    sys_path: tuple[str, ...] = ()
    main_path: str | None = None
    main_module: str | None = None
    arguments: tuple[str, ...] = ()


class StartActor(NamedTuple):
    """Start a process for an actor; its mailbox's descriptors come along.

    Attributes:
        address: the actor's, minted by who creates it.
        actor_class: ``package.module.Class``; ``package.module:Outer.Class`` for a class in a class.
        parent: who is told of its end; None for the system itself.
        requirements: for the capability check: pickled; empty for none.
        global_name: its name in the system, or None.
        source_hash: the loaded source that its class is taken from, or None.
        source_is_inherited: whether that is only its creator's, so that its class may be from elsewhere.
        origin: where to look for its code.
    """

    address: ActorAddress
    actor_class: str
    parent: ActorAddress | None = None
    requirements: bytes = b""
    global_name: str | None = None
    source_hash: str | None = None
    source_is_inherited: bool = False
    origin: Origin = Origin()


class NewCapabilities(NamedTuple):
    """What actors that start from now on are told of their system.

    Attributes:
        capabilities: a pickled dict.
        version: how often they have changed.
    """

    capabilities: bytes
    version: int = 0


class KillAll(NamedTuple):
    """End every actor at once, without asking it."""


class Finish(NamedTuple):
    """The system has ended: end the log process once it has written everything, then go."""


class Ready(NamedTuple):
    """The launcher and the log process run."""

    launcher_pid: int
    log_pid: int


class NoLogProcess(NamedTuple):
    """No log process can be started; it is tried again, while the system does not start without one.

    Attributes:
        why: one sentence, and what helps.
    """

    why: str


class Born(NamedTuple):
    """An actor created an actor; a process was started for it.

    Attributes:
        order: as it was given, but without ``requirements`` and ``origin``.
        pid: of the new process, which leads a process group of its own.
    """

    order: StartActor
    pid: int


class Started(NamedTuple):
    """The actor is alive: its ``__init__`` has returned.

    Attributes:
        id: whose.
        version: of the capabilities that it was told; the launcher says which.
    """

    id: str
    version: int = 0


class NotStarted(NamedTuple):
    """The actor could not be created; its process ends."""

    id: str
    refusal: Refusal


class Ending(NamedTuple):
    """The actor is gone; its process only sees its last mail off.

    Attributes:
        id: whose.
        abruptly: it was not asked, and did not ask its children.
    """

    id: str
    abruptly: bool


class Compiled(NamedTuple):
    """What an actor's process had to compile, so that others need not.

    Attributes:
        key: what its source is found by.
        code: marshalled.
    """

    key: bytes
    code: bytes


class Progress(NamedTuple):
    """How far a dead actor had come with one correspondent's messages.

    Attributes:
        peer: the correspondent's id.
        begun: the number of the last message that it began to handle.
        ended: the number of the last one that it was through with.
    """

    peer: str
    begun: int
    ended: int


class Died(NamedTuple):
    """An actor's process is no more.

    Attributes:
        id: whose.
        abruptly: it did not announce its end, or announced it as abrupt.
        how: one sentence, as "killed by SIGKILL".
        progress: what it had done with its mail.
    """

    id: str
    abruptly: bool
    how: str
    progress: tuple[Progress, ...] = ()


class LogProcessDied(NamedTuple):
    """Another one was started in its place."""

    pid: int
    how: str


Order = StartActor | NewCapabilities | Look | KillAll | Finish | Started | NotStarted | Ending | Compiled
News = Ready | NoLogProcess | Born | Started | NotStarted | Died | Seen | LogProcessDied
