"""What every process of a system is started with."""

from __future__ import annotations

from typing import Literal, NamedTuple

from thespian_core.hooks.selection import Selection
from thespian_multiproc.runtime.orders import Origin

DEFAULT_MAX_MESSAGE_BYTES = 512 << 20  # our choices; all are capabilities of the system
DEFAULT_MAX_UNSENT_BYTES = 64 << 20
DEFAULT_MOST_UNSENT_BYTES = 1 << 30

StartMethod = Literal["fork", "forkserver", "spawn"]


class EnginePlan(NamedTuple):
    """All that the processes of one system share; plain values only, so it needs no user's code.

    Attributes:
        base_name: the system base's name.
        base_version: its version.
        scheme: the transport's.
        transport: where its class is, as ``"package.module:Name"``.
        selection: exactly which plugins are used.
        key: the secret that proves who belongs to the system.
        admin_place: where the admin is reached.
        admin_id: the admin mailbox's id.
        capabilities: the system's first capabilities, pickled.
        start_method: how actors' processes come to be.
        preload: modules that the launcher imports once for all actors.
        log_definitions: the user's ``logDefs``, pickled; empty for none.
        log_level: nothing below it is sent to the log process.
        max_message_bytes: larger messages are refused.
        max_unsent_bytes: above it, an actor takes no new ordinary mail.
        most_unsent_bytes: above it, what an actor sends becomes dead letters.
        origin: where the starter's code is.
        state_folder: where it is written down how the system ended; empty for nowhere.
        starter_pid: of the program that the system ends with; None when it outlives its starter.
    """

    base_name: str
    base_version: int
    scheme: str
    transport: str
    selection: Selection
    key: bytes
    admin_place: str
    admin_id: str
    capabilities: bytes
    start_method: StartMethod = "fork"
    preload: tuple[str, ...] = ()
    log_definitions: bytes = b""
    log_level: int = 30
    max_message_bytes: int = DEFAULT_MAX_MESSAGE_BYTES
    max_unsent_bytes: int = DEFAULT_MAX_UNSENT_BYTES
    most_unsent_bytes: int = DEFAULT_MOST_UNSENT_BYTES
    origin: Origin = Origin()
    state_folder: str = ""
    starter_pid: int | None = None

    def __repr__(self) -> str:  # the key shows nowhere
        return f"EnginePlan({self.base_name!r}, {self.admin_place!r})"
