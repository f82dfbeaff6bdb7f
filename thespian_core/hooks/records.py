"""What plugins offer: one frozen record for each kind of thing.

A record is text and numbers only. ``opens`` says where the code is, as ``"package.module:Name"``;
it is imported when it is used, and as text it travels to child processes.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, TypeAlias, TypeVar

import attrs

from thespian_core.hooks.errors import PluginBroken, describe, place_of
from thespian_core.hooks.selection import PluginOrigin

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]*")
_MAX_TAG = 255  # the tag is one byte on the wire

_Validator: TypeAlias = Callable[[Any, "attrs.Attribute[Any]", Any], None]


def _is(wanted: type, *, or_none: bool = False) -> _Validator:
    def check(record: Any, field: attrs.Attribute[Any], value: Any) -> None:
        if value is None and or_none:
            return
        # True is an int to Python, but never a version or a tag.
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            wish = wanted.__name__ + (" or None" if or_none else "")
            raise TypeError(f"{type(record).__name__}.{field.name} must be {wish}, not {value!r}")

    return check


def _named(record: Any, field: attrs.Attribute[Any], value: Any) -> None:
    _is(str)(record, field, value)
    if not _NAME.fullmatch(value):
        raise ValueError(
            f"{type(record).__name__}.{field.name} must be letters, digits and _ . + - "
            f"and begin with a letter or digit, not {value!r}"
        )


def _opens(record: Any, field: attrs.Attribute[Any], value: Any) -> None:
    _is(str)(record, field, value)
    module, colon, name = value.partition(":")
    if not (colon and name.isidentifier() and all(part.isidentifier() for part in module.split("."))):
        raise ValueError(
            f"{type(record).__name__}.{field.name} must look like 'package.module:Name', not {value!r}"
        )


def _between(lowest: int, highest: int | None = None) -> _Validator:
    def check(record: Any, field: attrs.Attribute[Any], value: Any) -> None:
        _is(int)(record, field, value)
        if value < lowest or (highest is not None and value > highest):
            limits = f"{lowest} or more" if highest is None else f"from {lowest} to {highest}"
            raise ValueError(f"{type(record).__name__}.{field.name} must be {limits}, not {value}")

    return check


class Spec:
    """What every record has."""

    __slots__ = ()

    #: What it is called in messages and listings.
    kind: ClassVar[str]
    #: The hook that offers it.
    hook: ClassVar[str]

    @property
    def name(self) -> str:
        """What it is looked up by; unique for its kind among installed plugins."""
        raise NotImplementedError

    @property
    def opens(self) -> str:
        """Where its code is, as ``"package.module:Name"``."""
        raise NotImplementedError


SpecT = TypeVar("SpecT", bound=Spec)


@attrs.frozen(kw_only=True)
class SystemBaseSpec(Spec):
    """A system base: what ``ActorSystem("NAME")`` runs actors on.

    Attributes:
        name: what programs ask for.
        opens: a subclass of ``thespian_core.systembase.SystemBase``.
        transport: the scheme of the transport it uses; None when it uses none.
        version: a whole number that grows with the base's changes.
        outlives_starter: the system goes on when the program that started it ends.
        joins_conventions: it can be one system of many.
        summary: one line for listings.
    """

    kind: ClassVar[str] = "system base"
    hook: ClassVar[str] = "thespian_system_bases"

    name: str = attrs.field(validator=_named)
    opens: str = attrs.field(validator=_opens)
    transport: str | None = attrs.field(default=None, validator=_is(str, or_none=True))
    version: int = attrs.field(default=1, validator=_between(1))
    outlives_starter: bool = attrs.field(default=False, validator=_is(bool))
    joins_conventions: bool = attrs.field(default=False, validator=_is(bool))
    summary: str = attrs.field(default="", validator=_is(str))


@attrs.frozen(kw_only=True)
class TransportSpec(Spec):
    """A transport: how frames get from one process to another.

    Attributes:
        scheme: its name in addresses.
        opens: the transport class.
        summary: one line for listings.
    """

    kind: ClassVar[str] = "transport"
    hook: ClassVar[str] = "thespian_transports"

    scheme: str = attrs.field(validator=_named)
    opens: str = attrs.field(validator=_opens)
    summary: str = attrs.field(default="", validator=_is(str))

    @property
    def name(self) -> str:
        """The scheme: what this kind is looked up by."""
        return self.scheme


@attrs.frozen(kw_only=True)
class CodecSpec(Spec):
    """A codec: how messages become bytes, and bytes messages.

    Attributes:
        name: what a program chooses it by.
        tag: one byte that marks its frames. 0 to 15 are this project's own.
        trust: decoding can run code that the bytes name, as pickle does, so only bytes of a peer
            that proved the key may be decoded. True unless you know better.
        opens: the codec class.
    """

    kind: ClassVar[str] = "codec"
    hook: ClassVar[str] = "thespian_codecs"

    name: str = attrs.field(validator=_named)
    tag: int = attrs.field(validator=_between(0, _MAX_TAG))
    trust: bool = attrs.field(default=True, validator=_is(bool))
    opens: str = attrs.field(validator=_opens)


@attrs.frozen(kw_only=True)
class SourceAuthoritySpec(Spec):
    """A source authority: says whether source code may be loaded into a running system.

    Attributes:
        name: what an operator chooses it by.
        opens: a function ``(source_hash, data, info) -> bytes or None``.
    """

    kind: ClassVar[str] = "source authority"
    hook: ClassVar[str] = "thespian_source_authorities"

    name: str = attrs.field(validator=_named)
    opens: str = attrs.field(validator=_opens)


@attrs.frozen(kw_only=True)
class LogFilterSpec(Spec):
    """A log filter: looks at each log record before it is written.

    Attributes:
        name: what a log configuration chooses it by.
        opens: a ``logging.Filter`` class.
        always: it is applied without being asked for.
    """

    kind: ClassVar[str] = "log filter"
    hook: ClassVar[str] = "thespian_log_filters"

    name: str = attrs.field(validator=_named)
    opens: str = attrs.field(validator=_opens)
    always: bool = attrs.field(default=False, validator=_is(bool))


@attrs.frozen(kw_only=True)
class CommandSpec(Spec):
    """A command: ``thespian NAME``.

    Attributes:
        name: what an operator types.
        opens: a ``click.Command``.
    """

    kind: ClassVar[str] = "command"
    hook: ClassVar[str] = "thespian_commands"

    name: str = attrs.field(validator=_named)
    opens: str = attrs.field(validator=_opens)


@attrs.frozen(kw_only=True)
class DirectorCommandSpec(Spec):
    """A director command: ``thespian director NAME``, and ``DirectorControl.cmd_NAME``.

    Attributes:
        name: what an operator types.
        opens: a ``click.Command`` of the same name.
    """

    kind: ClassVar[str] = "director command"
    hook: ClassVar[str] = "thespian_director_commands"

    name: str = attrs.field(validator=_named)
    opens: str = attrs.field(validator=_opens)


KINDS: tuple[type[Spec], ...] = (
    SystemBaseSpec,
    TransportSpec,
    CodecSpec,
    SourceAuthoritySpec,
    LogFilterSpec,
    CommandSpec,
    DirectorCommandSpec,
)


def open_spec(spec: Spec, plugin: PluginOrigin | None = None) -> Any:
    """Import what a record points to.

    Args:
        spec: the record.
        plugin: who provided it, to be named if that fails.

    Raises:
        PluginBroken: the module or the name in it is missing, or importing it failed; the cause
            is chained. Modules that it imported before it failed stay imported.
    """
    module_name, _, name = spec.opens.partition(":")
    target = f"cannot open {spec.opens} for {spec.kind} {spec.name!r}"
    with blamed(plugin, f"{target}: "):
        module = importlib.import_module(module_name)
        try:
            return getattr(module, name)
        except AttributeError as error:
            raise PluginBroken(f"{target}: there is no {name!r} in {module_name}", plugin) from error


@contextmanager
def blamed(plugin: PluginOrigin | None, what: str = "") -> Iterator[None]:
    """Have whatever a plugin's code raises told as its being broken.

    That is also what is no ``Exception``, as a module in Rust may raise it, and what would end the program;
    only Ctrl-C is nobody's fault.

    Args:
        plugin: whose code it is.
        what: what is told before the error.

    Raises:
        PluginBroken: it raised; the cause is chained.
    """
    try:
        yield
    except (PluginBroken, KeyboardInterrupt):
        raise
    except BaseException as error:
        raise PluginBroken(what + describe(error) + place_of(error), plugin) from error
