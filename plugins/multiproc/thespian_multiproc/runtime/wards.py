"""What the launcher keeps of each actor's process: the order it was started by, and its page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from thespian_multiproc.runtime.orders import Progress, StartActor
from thespian_multiproc.runtime.page import Page
from thespian_multiproc.runtime.reports import Handling


class _Ward(NamedTuple):
    order: StartActor  # without what only its process needs
    page: Page | None
    version: int  # of the capabilities that it was told


class Wards:
    """Actors by id, from the order to start them to the end of their process."""

    def __init__(self) -> None:
        self._wards: dict[str, _Ward] = {}

    def remember(self, full: StartActor, page: Page | None = None, version: int = 0) -> StartActor:
        """Keep an actor; return its order as others are told of it."""
        order = StartActor(
            full.address,
            full.actor_class,
            full.parent,
            global_name=full.global_name,
            source_hash=full.source_hash,
        )
        return self._wards.setdefault(id_of(full), _Ward(order, page, version)).order

    def order(self, id: str) -> StartActor:
        """Return the order by which an actor was started."""
        return self._wards[id].order

    def version(self, id: str) -> int:
        """Return of which version the capabilities are that an actor was told; 0 for who is unknown."""
        return self._wards[id].version if id in self._wards else 0

    def forget(self, id: str) -> tuple[Progress, ...]:
        """An actor's process is no more; return how far it had come with its mail."""
        page = self._wards.pop(id).page
        if page is None:
            return ()
        progress = page.progress()
        page.close()
        return progress

    def handling(self, ids: Iterable[str]) -> tuple[Handling, ...]:
        """Return what those actors are handling that are handling a message of somebody else."""
        wards = {asked: self._wards[asked] for asked in ids if asked in self._wards}
        return tuple(
            Handling(of, one.peer, one.begun)
            for of, ward in wards.items()
            for one in (() if ward.page is None else ward.page.progress())
            if one.begun > one.ended
        )


def id_of(order: StartActor) -> str:
    """Return the id of the actor that an order is about."""
    return str(order.address.addressDetails.id)
