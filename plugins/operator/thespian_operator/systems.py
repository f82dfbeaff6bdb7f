"""Which system a command is about, and how its process gets into it without starting one."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator
from typing import Any

import attrs
import psutil

from thespian_core.errors import ActorSystemException, ActorSystemStartupFailure
from thespian_core.hooks.errors import PluginBroken, PluginError, describe, place_of
from thespian_core.hooks.records import SystemBaseSpec, TransportSpec
from thespian_core.hooks.registry import default_registry
from thespian_multiproc.runtime import opening
from thespian_multiproc.runtime.keyfile import read_or_make_key, state_folder
from thespian_multiproc.runtime.lastwords import LastWords, read_last_words
from thespian_multiproc.transport.interface import Transport
from thespian_operator.visitor import Visitor

JOIN_LIMIT_S = 2.0  # a running system answers in a few milliseconds


class NoSystem(ActorSystemException):
    """There is no system that this program can join; nothing was started."""


class SilentSystem(NoSystem):
    """Something listens there, and says nothing at all: it may be a system that was stopped.

    Attributes:
        place: where.
    """

    def __init__(self, text: str, place: Place) -> None:
        super().__init__(text)
        self.place = place


@attrs.frozen
class Place:
    """Where a system of one base is reached, if one runs there.

    Attributes:
        base_name: the base's name.
        transport: the base's.
        where: the place of its admin.
    """

    base_name: str
    transport: Transport
    where: str

    @property
    def last_words(self) -> LastWords | None:
        """Why the last system here ended, if it did so by itself."""
        return read_last_words(state_folder(), self.base_name, self.where)

    @property
    def socket_kind(self) -> str:
        """What psutil calls the sockets of an admin of this base."""
        return "tcp" if self.transport.ordered else "udp"

    def is_held_by(self, connection: Any) -> bool:
        """Whether a connection, as psutil describes it, is that of who listens here."""
        if not connection.laddr:
            return False
        host, port = connection.laddr
        listens = psutil.CONN_LISTEN if self.transport.ordered else psutil.CONN_NONE
        named = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        return bool(connection.status == listens and named == self.where)


def base_names() -> tuple[str, ...]:
    """Return the installed bases whose systems other programs can join."""
    registry = default_registry()
    found = []
    for name in registry.names(SystemBaseSpec):
        with contextlib.suppress(PluginError):  # what two plugins fight for is nobody's
            spec = registry.find(SystemBaseSpec, name)
            if spec.transport is not None and spec.outlives_starter:
                found.append(name)
    return tuple(found)


def places(base_name: str | None, port: int | None) -> tuple[list[Place], dict[str, PluginError]]:
    """Return where to look for a system: one place for each base, or for the one that is named.

    Returns:
        The places, and what is wrong with each base that cannot be used.

    Raises:
        PluginError: there is no such base, or it cannot be used.
        NoSystem: there is no base at all whose systems can be joined, or the port is none.
    """
    names: Iterable[str] = base_names() if base_name is None else [base_name]
    found, broken = [], {}
    for name in names:
        try:
            found.append(_place_of(name, port))
        except PluginError as why:
            if base_name is not None:
                raise
            broken[name] = why  # it hides no system on another
    if not found and not broken:
        raise NoSystem(
            "no system base is installed whose systems other programs can join\n"
            "  pip install thespian-tcp; all plugins:  thespian plugins"
        )
    return found, broken


def _place_of(base_name: str, port: int | None) -> Place:
    spec = default_registry().find(SystemBaseSpec, base_name)
    if spec.transport is None or not spec.outlives_starter:
        raise NoSystem(
            f"a system on {base_name} lives and ends with its program, and cannot be looked at from outside\n"
            f"  bases that can: {', '.join(base_names()) or 'none is installed'}"
        )
    try:
        return place_on(spec, spec.transport, port)
    except ValueError as why:
        raise NoSystem(f"no place of a system on {base_name} is named: {why}") from None


def place_on(spec: SystemBaseSpec, scheme: str, port: int | None) -> Place:
    """Return where a system on a base is reached.

    Args:
        spec: the base.
        scheme: that of its transport.
        port: the Admin Port; None for the base's own.

    Raises:
        PluginError: its transport cannot be used.
        ValueError: it has no such place.
    """
    capabilities: dict[str, Any] = {} if port is None else {"Admin Port": port}
    with blaming(scheme):
        transport = opening.own_transport(scheme)
        return Place(spec.name, transport, transport.resolve(capabilities))


@contextlib.contextmanager
def blaming(scheme: str) -> Iterator[None]:
    """Have what a transport's own code raises told with the plugin that it comes from.

    Raises:
        PluginBroken: it raised what no transport may.
    """
    try:
        yield
    except (ActorSystemException, ValueError, OSError):
        raise
    except Exception as why:
        registry = default_registry()
        text = f"the transport {scheme} fails with {describe(why)}{place_of(why)}"
        raise PluginBroken(text, registry.origin_of(registry.find(TransportSpec, scheme))) from why


def join(base_name: str | None, port: int | None) -> Visitor:
    """Join the system that runs at the port; of several bases, the first that has one there.

    Raises:
        PluginError: there is no such base, or it cannot be used.
        NoSystem: none runs there that lets this program in; the text says what does.
        ActorSystemStartupFailure: the user's key cannot be used.
    """
    vacant = []
    wrong: NoSystem | None = None
    found, broken = places(base_name, port)
    for place in found:
        try:
            visitor = _enter(place)
        except NoSystem as why:
            wrong = wrong or why
        except PluginError as why:
            if base_name is not None:
                raise
            broken[place.base_name] = why
        else:
            if visitor is not None:
                return visitor
            vacant.append(place)
    if wrong is not None:
        raise wrong
    raise NoSystem(_nothing_at(vacant, broken))


def is_taken(place: Place) -> bool:
    """Whether anybody listens at a place.

    Raises:
        NoSystem: nobody can, at such a place.
        PluginBroken: the transport cannot be used.
    """
    try:
        with blaming(place.transport.scheme):
            return opening.is_taken(place.transport, place.where)
    except ActorSystemStartupFailure as why:
        raise NoSystem(str(why)) from None


def _enter(place: Place) -> Visitor | None:
    """Join a system; None when nobody listens at its place."""
    key = read_or_make_key()
    if not is_taken(place):
        return None
    visitor = Visitor.open(place.base_name, place.transport, place.where, key)
    try:
        joined = visitor.join(time.monotonic() + JOIN_LIMIT_S)
        if joined is not None and joined.base_name == place.base_name:
            return visitor
    except BaseException:
        visitor.close()
        raise
    reasons = visitor.reasons
    visitor.close()
    if joined is not None:
        raise NoSystem(
            f"the system at {place.where} runs on {joined.base_name}, not on {place.base_name}\n"
            f"  name it: --base {joined.base_name}"
        )
    if reasons:
        reason = reasons[0].partition("\n")[0]
        raise NoSystem(
            f"what listens at {place.where} does not let you in: {reason}\n"
            f"  a system of another user or key: name its key in THESPIAN_KEY_FILE; "
            f"another program: choose another --port"
        )
    if not is_taken(place):  # it has just ended
        return None
    text = f"what listens at {place.where} does not answer"
    cause = "it is another program, or a system that was stopped"
    raise SilentSystem(
        f"{text}: {cause}\n  see whose it is:  ss -ltunp; choose another --port, or end it", place
    )


def _nothing_at(vacant: list[Place], broken: dict[str, PluginError]) -> str:
    where = " or ".join(dict.fromkeys(place.where for place in vacant))
    bases = ", ".join(place.base_name for place in vacant)
    lines = [f"no system runs at {where} ({bases})" if vacant else "no installed base can be looked at"]
    for base_name, why in broken.items():
        first, *more = str(why).splitlines()
        lines += [
            f"{base_name} was not looked at: {first}",
            *more[:-1],
        ]  # the last one would be told for each
    for place in vacant:
        words = place.last_words
        if words is not None:
            lines.append(f"the last one on {place.base_name} ended by itself {told_end(words)}")
    if vacant:
        lines.append("start one there, or name the port of another: --port")
    return "\n  ".join(lines)


def told_end(words: LastWords) -> str:
    """Tell when and why a system ended."""
    return f"at {time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(words.at))}: {words.why}"
