"""A birth on its way between processes: nothing in it needs the user's code to be read."""

from __future__ import annotations

import pickle
from typing import Any, NamedTuple

from thespian_core.semantics.birth import Birth
from thespian_core.semantics.requests import CreateActor, Request, UpdateCapability
from thespian_multiproc.runtime.opaque import closed
from thespian_multiproc.runtime.orders import Origin, StartActor
from thespian_multiproc.runtime.origin import class_reference, current_origin
from thespian_multiproc.runtime.wire import PROTOCOL


class Carried(NamedTuple):
    """What only the new process unpacks; it travels where requirements do.

    Attributes:
        requirements: pickled; empty for none.
        origin: where the creator's code is.
    """

    requirements: bytes = b""
    origin: Origin = Origin()


def carried(requirements: Any, origin: Origin | None = None) -> Carried:
    """Pack requirements, and where the code is; None for where this process's is."""
    packed = b"" if requirements is None else pickle.dumps(requirements, PROTOCOL)
    return Carried(packed, origin or current_origin())


def request_on_the_wire(request: Request) -> Request:
    """Return a request so that the admin can read it, who imports none of the user's code.

    Raises:
        Refused: the class cannot be found by another process.
        Exception: what it holds cannot be pickled.
    """
    match request:
        case CreateActor(actor_class=actor_class, requirements=requirements):
            return request.changed(
                actor_class=class_reference(actor_class), requirements=carried(requirements)
            )
        case UpdateCapability(value=value):
            return request.changed(value=closed(value))
    return request


def order_of(birth: Birth, origin: Origin | None = None) -> StartActor:
    """Return the order to start an actor's process.

    Args:
        birth: its requirements may be :class:`Carried` already, as those that the admin was given are.
        origin: for others: where their code is; None for where this process's is.

    Raises:
        Refused: the class cannot be found by another process.
        Exception: the requirements cannot be pickled.
    """
    packed = birth.requirements
    if not isinstance(packed, Carried):
        packed = carried(packed, origin)
    return StartActor(
        birth.address,
        class_reference(birth.actor_class),
        birth.parent,
        packed.requirements,
        birth.global_name,
        birth.source_hash,
        birth.source_is_inherited,
        packed.origin,
    )


def birth_of(order: StartActor) -> Birth:
    """Return the birth that an order is about, where the actor is to live.

    Raises:
        Exception: the requirements cannot be unpickled here.
    """
    return Birth(
        order.address,
        order.actor_class,
        order.parent,
        pickle.loads(order.requirements) if order.requirements else None,
        order.global_name,
        order.source_hash,
        order.source_is_inherited,
    )
