"""Who a mailbox writes to, and the conversations it has with them."""

from __future__ import annotations

from math import inf

import attrs

from thespian_multiproc.protocol.handshake import Established, Initiator, Responder
from thespian_multiproc.protocol.link import Link
from thespian_multiproc.protocol.sealing import Seal
from thespian_multiproc.transport.interface import Peer


@attrs.define(eq=False)
class Talk:
    """One conversation, from its first frame on.

    Both sides may have begun at once: then each has an initiator, and one of them a responder too.
    """

    until: float  # when it must be open
    peer: Peer | None = None  # not known before the first frame has left, or come
    initiator: Initiator | None = None
    responder: Responder | None = None
    opened_by: Established | None = None
    reason: str | None = None  # what seemed wrong last
    said: bytes | None = None  # what the initiator says again until it is answered
    last_said_at: float = 0.0  # when the last time
    said_times: int = 0
    say_again_at: float | None = None
    seal: Seal | None = None
    is_open: bool = False
    one: Correspondent | None = None  # the other end, once it is known


@attrs.define(eq=False)
class Correspondent:
    """One mailbox that this one writes to, or is written to by.

    Attributes:
        is_watched: somebody can be asked whether it still exists; else what the network says counts.
    """

    name: str  # its id; the place, for an admin that was not met before
    target: str  # the id that the handshake asks for, or empty
    where: str
    link: Link
    talk: Talk | None = None  # the one that carries the link, or is to
    reason: str = "the mailbox is gone"
    is_watched: bool = True
    noted_at: float = inf  # when it is on the agenda
