"""Addresses: who a message is for. Immutable, hashable, and equal by a unique id inside, not by place.

Every program imports this; so annotations are not text here, which would be compiled when a class is made.
"""

from itertools import count
from typing import Any, NamedTuple

from thespian_core.publicly import public
from thespian_core.texts import shown


class Mailbox(NamedTuple):
    """Where mail is put: the opaque inside of an :class:`ActorAddress`.

    A tuple, not attrs: what every program imports does without attrs, which takes 15 ms to import.

    Attributes:
        scheme: the transport's letter, as ``T`` for TCP.
        where: the place in that transport, as ``host:port``; empty inside one process.
        id: unique for ever, and what makes two mailboxes equal; ``None`` for an admin
            of which only the place is known.
    """

    scheme: str
    where: str
    id: str | None = None

    @property
    def key(self) -> object:
        """What equality and hash are taken from."""
        return (self.scheme, self.where) if self.id is None else self.id

    def __str__(self) -> str:
        tail = "" if self.id is None else f"~{self.id}"
        return f"({self.scheme}|{self.where}{tail})"


@public
class ActorAddress:
    """Identifies one actor, admin or outside program; programs treat it as opaque.

    Addresses may be compared, hashed, pickled, printed and sent inside messages

    Args:
        aaddr: the inside, made by a system base.
    """

    __slots__ = ("__weakref__", "_details", "key")

    def __init__(self, aaddr: object) -> None:
        self._details = aaddr
        #: What equality, hash and look-ups use: a plain value, so a dict finds it without
        #: calling Python code. For system bases; programs compare addresses instead.
        self.key: Any = aaddr.key if type(aaddr) is Mailbox else _plain_key(aaddr)

    @property
    def addressDetails(self) -> Any:
        """The opaque inside."""
        return self._details

    @property
    def actorAddressString(self) -> str:
        """The inside as text."""
        return str(self._details)

    def __eq__(self, other: object) -> bool:
        try:
            return isinstance(other, ActorAddress) and bool(self.key == other.key)
        except Exception:  # an inside that cannot be compared equals nothing
            return False

    def __hash__(self) -> int:
        return hash(self.key)

    def __str__(self) -> str:
        return f"ActorAddr-{self._details}"

    __repr__ = __str__

    def __reduce__(self) -> tuple[type["ActorAddress"], tuple[object]]:
        return ActorAddress, (self._details,)


def _plain_key(details: object) -> object:
    try:
        hash(details)
    except Exception:  # an inside without a hash is told apart by how it is shown
        return ("unhashable", shown(details))
    return details


class Minter:
    """Makes ids that no other minter makes.

    Args:
        prefix: letters and digits that no other minter was given (random, 96 bits or more).
    """

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._numbers = count(1)  # one step for each, also when several threads mint

    def mint(self) -> str:
        """Return an id of letters and digits that was never returned before."""
        return f"{self._prefix}{next(self._numbers):x}"
