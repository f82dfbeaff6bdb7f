"""Messages as bytes: what is put on a link, and what is taken from it.

The first byte says what follows:

===== ================================================================================
byte  what follows
===== ================================================================================
0x80  (pickle's own) the message; its sender is the link's other end, whose address is known
``S`` the pickled sender and message
``C`` the same, for control mail: an actor that is held back takes it all the same
``R`` the same, for the runtime of the other process, not for its actor or program
``P`` the number (8 bytes, big-endian) of a message of the receiver, then the pickled sender and the
      PoisonMessage that says what became of it
``D`` nothing: never on a link; it stands in an inbox for mail that was handled out of its turn
===== ================================================================================
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

from thespian_core.addresses import ActorAddress
from thespian_core.errors import ActorSystemException
from thespian_core.messages import ActorExitRequest, ActorSystemMessage, ChildActorExited, WakeupMessage
from thespian_core.semantics.requests import Answer, Request
from thespian_core.status import Thespian_ActorStatus, Thespian_StatusReq, Thespian_SystemStatus
from thespian_multiproc.transport.interface import Buffer

PLAIN = 0x80
WITH_SENDER = b"S"
CONTROL = b"C"
FOR_THE_RUNTIME = b"R"
DONE = b"D"
POISON = b"P"
PROTOCOL = 5  # of pickle: the first with out-of-band buffers; CPython 3.8 and later read it

#: Types that are never encoded plain.
SYSTEMS_OWN = (ActorSystemMessage, Request, Answer)
_CONTROL = (
    ActorExitRequest,
    ChildActorExited,
    Thespian_StatusReq,
    Thespian_ActorStatus,
    Thespian_SystemStatus,
    WakeupMessage,
    Request,
)

_dumps = pickle.dumps


class TooLarge(ActorSystemException):
    """A message is over the system's limit; it was not sent."""


def encode_plain(message: Any) -> bytes:
    """Return a message whose sender the other end knows.

    Raises:
        Exception: it cannot be pickled.
    """
    return _dumps(message, PROTOCOL)


def encode(message: Any, sender: ActorAddress, kind: bytes | None = None) -> bytes:
    """Return a message with its sender.

    Args:
        message: to be pickled.
        sender: who the receiver is told it comes from.
        kind: None to choose by the message's type.

    Raises:
        Exception: it cannot be pickled.
    """
    if kind is None:
        kind = _kind_of(type(message))
    return kind + _dumps((sender, message), PROTOCOL)


def encode_poison(message: Any, sender: ActorAddress, number: int) -> bytes:
    """Return the PoisonMessage about the receiver's message of that number, with its sender.

    Raises:
        Exception: it cannot be pickled.
    """
    return POISON + number.to_bytes(8, "big") + _dumps((sender, message), PROTOCOL)


def poisoned_number(data: Buffer) -> int:
    """Return which message the PoisonMessage in ``data`` is about; 0 when it is no such thing."""
    return int.from_bytes(data[1:9], "big") if data[0] == POISON[0] else 0


def _kind_of(message_type: type) -> bytes:
    if issubclass(message_type, Answer):
        return FOR_THE_RUNTIME
    return CONTROL if issubclass(message_type, _CONTROL) else WITH_SENDER


def too_large(size_bytes: int, limit_bytes: int) -> TooLarge:
    """Return the error for a message over the limit; it says how to raise that."""
    return TooLarge(
        f"the message has {size_bytes:,} bytes, and this system's limit is {limit_bytes:,}\n"
        f"  start the system with a higher capability 'Max Message Bytes', or send it in parts"
    )


def decode(
    data: Buffer, known_sender: ActorAddress | None, loads: Callable[[Buffer], Any] = pickle.loads
) -> tuple[ActorAddress, Any]:
    """Return sender and message.

    Args:
        data: as it was encoded.
        known_sender: the address of the link's other end.
        loads: unpickles.

    Raises:
        Exception: it cannot be unpickled here.
    """
    try:
        if data[0] == PLAIN:
            if known_sender is None:
                raise pickle.UnpicklingError("a message came from somebody whose address is not known")
            return known_sender, loads(data)
        sender, message = loads(memoryview(data)[9 if data[0] == POISON[0] else 1 :])
    except SystemExit as why:
        raise no_end(why) from why
    return sender, message


def no_end(why: SystemExit) -> pickle.UnpicklingError:
    """Return the error for a message whose unpickling calls ``sys.exit``, as its module may when imported."""
    return pickle.UnpicklingError(f"to unpickle it would end the process: SystemExit: {why}")
