"""How an actor comes to be: its class is found, its system is checked, the instance is made.

Runs where the actor will run. Each step ends in what the next one needs, or in :class:`Refused`,
whose :class:`Refusal` holds text only, so that it can travel to whoever asked.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, Literal, NamedTuple

from thespian_core.addresses import ActorAddress
from thespian_core.onlybegins import WHAT_TO_DO, only_begins
from thespian_core.semantics.actorbase import ActorBase
from thespian_core.texts import class_name, told

RefusalKind = Literal["capabilities", "specification", "import", "source", "shutdown"]


class Birth(NamedTuple):
    """One actor that is to be.

    Attributes:
        address: minted by the creator; the actor keeps it wherever it lands.
        actor_class: a class, or its dotted name.
        parent: who is told of its end, or None for the system itself.
        requirements: for the capability check.
        global_name: its name in the system, or None.
        source_hash: the loaded source that its class is taken from, or None.
        source_is_inherited: whether that is only its creator's, so that its class may be from elsewhere.
    """

    address: ActorAddress
    actor_class: object
    parent: ActorAddress | None = None
    requirements: Any = None
    global_name: str | None = None
    source_hash: str | None = None
    source_is_inherited: bool = False


class Refusal(NamedTuple):
    """Why an actor could not be created.

    Attributes:
        kind: what sort of reason it is; it decides the exception that a program gets.
        actor_class: the class that was asked for, as text.
        reason: one sentence; of a source that is not loaded, its hash.
    """

    kind: RefusalKind
    actor_class: str
    reason: str

    @property
    def text(self) -> str:
        """All of it: what was not created, and why."""
        why = f"the source {self.reason} is not loaded" if self.kind == "source" else self.reason
        return f"{self.actor_class} was not created: {why}"


class Refused(Exception):
    """A step of a birth failed; nothing was made."""

    def __init__(self, kind: RefusalKind, actor_class: object, reason: str) -> None:
        self.refusal = Refusal(kind, class_name(actor_class), reason)
        super().__init__(self.refusal)


def find_class(
    actor_class: object, import_module: Callable[[str], ModuleType], only_in_source: bool = False
) -> type[ActorBase]:
    """Return the actor class that a specification names.

    Args:
        actor_class: a class, or text like ``package.module.Class``, or ``package.module:Outer.Class``
            for a class in a class.
        import_module: how modules are imported here.
        only_in_source: whether it must be in a loaded source, which ``import_module`` imports from. Then a
            class stands for its name: it may be of the same program, but another version.

    Raises:
        Refused: it names no module, no class in it, or a class that is no actor.
    """
    if only_in_source and isinstance(actor_class, type):
        actor_class = f"{actor_class.__module__}:{actor_class.__qualname__}"
    if isinstance(actor_class, str):
        kind_if_missing: RefusalKind = "import" if only_in_source else "specification"
        actor_class = _named_class(actor_class, import_module, kind_if_missing)
    if not isinstance(actor_class, type):
        raise Refused(
            "specification",
            actor_class,
            f"it is of type {type(actor_class).__name__}, and neither a class nor the name of one",
        )
    if not issubclass(actor_class, ActorBase):
        raise Refused("specification", actor_class, "the class does not derive from Actor")
    if _only_begins(actor_class):
        raise Refused(
            "specification",
            actor_class,
            f"its receiveMessage {WHAT_TO_DO}",
        )
    return actor_class


def _only_begins(actor_class: type[ActorBase]) -> bool:
    """Whether calling ``receiveMessage`` runs nothing of it."""
    for each in actor_class.__mro__:
        handler = each.__dict__.get("receiveMessage")
        if handler is not None:
            return only_begins(handler)
    return False


def _named_class(
    name: str, import_module: Callable[[str], ModuleType], kind_if_missing: RefusalKind
) -> object:
    module_name, colon, path = name.partition(":")
    if not colon:
        module_name, _, path = name.rpartition(".")
    attributes = path.split(".")
    if not module_name or not all(attributes):
        raise Refused(
            "specification",
            name,
            "the name lacks its module: give it as 'package.module.Class', or the class itself",
        )
    try:
        found: object = import_module(module_name)
    except (Exception, SystemExit) as why:
        raise Refused("import", name, f"{type(why).__name__}: {told(why)}") from why
    holder = f"module {module_name!r}"
    for attribute in attributes:
        try:
            found = getattr(found, attribute)
        except AttributeError:
            raise Refused(kind_if_missing, name, f"{holder} has no {attribute!r}") from None
        except (Exception, SystemExit) as why:
            raise Refused("import", name, f"{type(why).__name__}: {told(why)}") from why
        holder = f"{attribute!r} in {holder}"
    return found


def check_capabilities(actor_class: type[Any], capabilities: Mapping[str, Any], requirements: Any) -> None:
    """Let an actor class say whether it can run in a system of these capabilities.

    Raises:
        Refused: it says no, or its check raises, which counts as no.
    """
    try:
        check = getattr(actor_class, "actorSystemCapabilityCheck", None)
        # Truth is asked for in here too: an array, say, has none.
        fits = check is None or bool(check(dict(capabilities), {} if requirements is None else requirements))
    except (Exception, SystemExit) as why:
        raise Refused(
            "capabilities", actor_class, f"its capability check raised {type(why).__name__}: {told(why)}"
        ) from why
    if not fits:
        raise Refused("capabilities", actor_class, "its capability check says no")


def make_instance(
    actor_class: type[ActorBase], capabilities: Mapping[str, Any], requirements: Any
) -> ActorBase:
    """Return a new instance, giving ``__init__`` the capabilities and requirements it declares by name.

    Raises:
        Refused: ``__init__`` needs other arguments, or raises.
    """
    offered = {"capabilities": dict(capabilities), "requirements": requirements}
    try:
        actor = actor_class(**{name: offered[name] for name in _declared(actor_class)})
    except (Exception, SystemExit) as why:
        raise Refused(
            "specification", actor_class, f"its __init__ raised {type(why).__name__}: {told(why)}"
        ) from why
    if not isinstance(actor, ActorBase):  # its __new__ may return anything
        raise Refused("specification", actor_class, f"calling it makes a {type(actor).__name__}, no actor")
    return actor


def _declared(actor_class: type[ActorBase]) -> tuple[str, ...]:
    if actor_class.__init__ is object.__init__:  # the usual case, and a slow one to look into
        return ()
    parameters = inspect.signature(actor_class.__init__).parameters
    return tuple(name for name in ("capabilities", "requirements") if name in parameters)
