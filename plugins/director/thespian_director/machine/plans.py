"""What a group shall run: read from the parts of a TLI file, as ``DefineGroup`` brings them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from thespian_core.texts import shown


class BadPlan(ValueError):
    """A group is defined by something that is no definition; nothing was changed."""


@attrs.frozen
class ActorPlan:
    """One actor of a group. A message of None is not sent.

    Attributes:
        actor_class: its dotted name in the source.
        role: what it is asked for by, or None.
        global_name: what it is created by, or None.
        on_load: sent to it when it was created.
        on_deactivate: sent to it when its version is no longer the active one.
        on_reactivate: sent to it when its version is the active one again.
    """

    actor_class: str
    role: str | None = None
    global_name: str | None = None
    on_load: Any = None
    on_deactivate: Any = None
    on_reactivate: Any = None


@attrs.frozen
class GroupPlan:
    """What a group shall run.

    Attributes:
        actors: in the order in which they are created.
        keep: how many loaded versions are kept when one becomes active; None for all.
    """

    actors: tuple[ActorPlan, ...] = ()
    keep: int | None = None


def read_plan(actors: object, auto_unload: object) -> GroupPlan:
    """Return the plan of a group.

    Args:
        actors: the value of ``Actors``, or None for no actors.
        auto_unload: the value of ``AutoUnload``: True to keep the active version only, False or None to
            keep all, or the number of versions to keep.

    Raises:
        BadPlan: it says what is wrong.

    >>> read_plan({"app.Main": {"OnLoad": {"Role": "main", "Message": "go"}}}, True)
    GroupPlan(actors=(ActorPlan(actor_class='app.Main', role='main', global_name=None, on_load='go', \
on_deactivate=None, on_reactivate=None),), keep=1)
    """
    entries = _mapping(actors, "Actors")
    return GroupPlan(tuple(_actor(name, entry) for name, entry in entries.items()), _keep(auto_unload))


def _keep(auto_unload: object) -> int | None:
    if auto_unload is None or isinstance(auto_unload, bool):
        return 1 if auto_unload else None
    if isinstance(auto_unload, int) and auto_unload >= 1:
        return auto_unload
    raise BadPlan(
        f"AutoUnload is True, False, or the number of versions to keep, 1 or more; not {shown(auto_unload)}"
    )


def _actor(name: object, entry: object) -> ActorPlan:
    if not isinstance(name, str) or "." not in name:
        raise BadPlan(f"Actors names its actors like 'package.module.Class', not {shown(name)}")
    stages = _mapping(entry, f"Actors[{name!r}]")
    on_load, on_deactivate, on_reactivate = (
        _mapping(stages.get(stage), f"Actors[{name!r}][{stage!r}]")
        for stage in ("OnLoad", "OnDeactivate", "OnReactivate")
    )
    return ActorPlan(
        name,
        _text(on_load.get("Role"), name, "Role"),
        _text(on_load.get("GlobalName"), name, "GlobalName"),
        on_load.get("Message"),
        on_deactivate.get("Message"),
        on_reactivate.get("Message"),
    )


def _mapping(value: object, what: str) -> Mapping[Any, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadPlan(f"{what} is a dictionary, not {type(value).__name__} ({shown(value)})")
    return value


def _text(value: object, name: str, what: str) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise BadPlan(f"{what} of {name} is a text, not {type(value).__name__} ({shown(value)})")
    return value
