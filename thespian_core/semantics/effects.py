"""What an admin wants done: its effects, which a system base carries out in their order."""

from __future__ import annotations

from typing import Any, NamedTuple

from thespian_core.addresses import ActorAddress
from thespian_core.semantics.birth import Birth


class Post(NamedTuple):
    """Send a message."""

    to: ActorAddress
    message: Any
    sender: ActorAddress


class Start(NamedTuple):
    """Bring an actor to life, then report ``started`` or ``refused``."""

    birth: Birth


class ReturnMail(NamedTuple):
    """Send what waits for an actor that could not be created back to its senders, as PoisonMessages."""

    to: ActorAddress
    details: str


class Recheck(NamedTuple):
    """Have every actor check itself against the system's new capabilities."""

    capabilities: dict[str, Any]


class ForgetSource(NamedTuple):
    """A source was unloaded: no new actor will need it."""

    source_hash: str


class Log(NamedTuple):
    """Tell the operator."""

    level: str
    text: str


Effect = Post | Start | ReturnMail | Recheck | ForgetSource | Log
