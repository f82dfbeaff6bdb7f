"""The user's logDefs on their way from the starter to the log process."""

from __future__ import annotations

import io
import logging
import logging.config
import pickle
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from thespian_core.errors import ActorSystemStartupFailure
from thespian_core.hooks.errors import describe
from thespian_core.hooks.records import LogFilterSpec
from thespian_core.hooks.registry import default_registry
from thespian_core.systembase import LogDefs
from thespian_core.texts import shown
from thespian_multiproc.runtime.logforwarding import LEFT_ALONE

_SECTIONS = ("formatters", "filters", "handlers", "loggers")
_STANDARD = {"ext://sys.stdout": "stdout", "ext://sys.stderr": "stderr"}


def pack_definitions(log_defs: LogDefs) -> tuple[bytes, int]:
    """Check the definitions as far as that is possible without applying them, and pickle them.

    The standard streams of this process become those of the process that unpickles them. Levels become
    numbers, so that names given with ``logging.addLevelName`` are known there too. What a definition names
    as a class is imported here, so that a misspelt one is found.

    Args:
        log_defs: a dictConfig dictionary; None for the default; False to leave logging alone.

    Returns:
        The pickled definitions, empty for None and False; and the lowest level that they name anywhere:
        WARNING when they name none, ``LEFT_ALONE`` for False.

    Raises:
        ActorSystemStartupFailure: they cannot be applied, or an entry cannot be pickled; it says which.
    """
    if log_defs is None:
        return b"", logging.WARNING
    if log_defs is False:
        return b"", LEFT_ALONE
    try:
        definitions, levels = _checked(log_defs)
    except (Exception, SystemExit) as why:  # a module that a definition names may raise anything
        told = str(why) if isinstance(why, ValueError) else describe(why)
        raise ActorSystemStartupFailure(f"logDefs cannot be applied: {told}") from why
    return _pickled(definitions), min(*levels, LEFT_ALONE - 1) if levels else logging.WARNING


def unpack_definitions(packed: bytes) -> dict[str, Any]:
    """Return the dictionary that was packed, with this process's standard streams in it.

    Raises:
        Exception: whatever unpickling raises, above all ImportError for a class that is not found here.
    """
    definitions: dict[str, Any] = _Unpickler(io.BytesIO(packed)).load()
    return definitions


def _checked(log_defs: object) -> tuple[dict[str, Any], list[int]]:
    """Return a copy with numbers for levels, and all levels."""
    if not isinstance(log_defs, Mapping):
        raise ValueError(f"logDefs is a dictConfig dictionary, None or False, not {shown(log_defs)}")
    definitions = dict(log_defs)
    if "version" not in definitions:
        raise ValueError("the dictionary has no 'version'; it must be 1")
    # The configurator's own view of a dictionary: ext:// and cfg:// are looked up when an entry is read.
    view = logging.config.DictConfigurator(definitions)
    config: Any = view.config
    if config["version"] != 1:
        raise ValueError(f"its 'version' must be 1, not {shown(config['version'])}")
    levels: list[int] = []
    for section in _SECTIONS:
        entries = _section(config, section)
        copies = {}
        for name in entries:
            entry = entries[name]
            where = f"{section} entry {name!r}"
            if not isinstance(entry, Mapping):
                raise ValueError(f"{where} must be a dictionary, not {shown(entry)}")
            copies[name] = dict(definitions[section][name])
            if section in ("handlers", "loggers"):
                levels += _numbered(entry, copies[name], where)
            _check_code(view, entry, section, where)
        if copies:
            definitions[section] = copies
    if definitions.get("root"):
        if not isinstance(definitions["root"], Mapping):
            raise ValueError(f"'root' must be a dictionary, not {shown(definitions['root'])}")
        definitions["root"] = root = dict(definitions["root"])
        levels += _numbered(config["root"], root, "'root'")
    if not definitions.get("incremental"):
        _check_names(config)
    return definitions, levels


def _section(config: Any, name: str) -> Any:
    entries = config.get(name) or {}
    if not isinstance(entries, Mapping):
        raise ValueError(f"{name!r} must be a dictionary, not {shown(entries)}")
    return entries


def _numbered(entry: Any, copy: dict[str, Any], where: str) -> Iterator[int]:
    level = entry.get("level")
    if level is None:
        return
    number = logging.getLevelName(level) if isinstance(level, str) else level
    if not isinstance(number, int):
        raise ValueError(f"{where} has the unknown level {shown(level)}")
    copy["level"] = number
    yield number


def _check_code(view: logging.config.DictConfigurator, entry: Any, section: str, where: str) -> None:
    if section == "handlers" and not view.config.get("incremental") and not {"class", "()"} & set(entry):
        raise ValueError(f"{where} has no 'class'")
    for key in ("()", "class"):
        code = entry[key] if key in entry and section != "loggers" else None
        if isinstance(code, str):
            try:
                view.resolve(code)
            except ValueError as why:
                if section == "filters" and code in default_registry().names(LogFilterSpec):
                    continue  # the log process opens it
                raise ValueError(f"{where} names {code!r}, which cannot be imported: {why}") from why


def _check_names(config: Any) -> None:
    """Raise ValueError for a reference to a formatter, filter or handler that is not defined."""
    there = {section: _section(config, section) for section in _SECTIONS}
    users = [
        (f"{section} entry {name!r}", there[section][name])
        for section in ("handlers", "loggers")
        for name in there[section]
    ]
    for where, entry in [*users, ("'root'", config.get("root") or {})]:
        formatter = entry.get("formatter")
        wanted = [("formatters", formatter)] if formatter else []
        for section in ("filters", "handlers"):
            # "handlers" of a handler are its own affair, as those of a QueueHandler.
            if section in entry and not (section == "handlers" and where.startswith("handlers")):
                wanted += [(section, name) for name in _names(entry[section], section, where)]
        for section, name in wanted:
            if isinstance(name, str) and name not in there[section]:
                raise ValueError(f"{where} asks for {name!r}, which is not among its {section!r}")


def _names(names: object, section: str, where: str) -> Iterable[object]:
    if isinstance(names, str) or not isinstance(names, Iterable):
        raise ValueError(f"{where} must give its {section!r} as a list, not {shown(names)}")
    # By index for the configurator's own list, which looks ext:// up only then.
    return [names[index] for index in range(len(names))] if isinstance(names, list) else names


class _Pickler(pickle.Pickler):
    """Writes a standard stream as its name."""

    def persistent_id(self, obj: Any) -> str | None:
        """Return the marker of a standard stream, None for all else."""
        for marker, name in _STANDARD.items():
            if obj is not None and (obj is getattr(sys, name) or obj is getattr(sys, f"__{name}__")):
                return marker
        if isinstance(obj, io.TextIOBase):  # not the present sys.stdout, but perhaps an earlier one
            try:
                number = obj.fileno()
            except Exception:
                return None
            return {1: "ext://sys.stdout", 2: "ext://sys.stderr"}.get(number)
        return None


class _Unpickler(pickle.Unpickler):
    """Reads a standard stream's name as that stream of this process."""

    def persistent_load(self, pid: Any) -> Any:
        """Return the stream behind a marker."""
        return getattr(sys, _STANDARD[pid])


def _dumped(value: object) -> bytes:
    file = io.BytesIO()
    _Pickler(file, pickle.HIGHEST_PROTOCOL).dump(value)
    return file.getvalue()


def _pickled(definitions: dict[str, Any]) -> bytes:
    try:
        return _dumped(definitions)
    except Exception as why:
        path, value = _culprit(definitions, "logDefs")
        raise ActorSystemStartupFailure(
            f"{path} cannot be sent to the log process, which handles the records of all actors\n"
            f"  it is {shown(value)}\n"
            f"  {describe(why)}\n"
            f"  give a class and its arguments, or the name of a module's value: 'ext://package.module.name'"
        ) from why


def _culprit(value: object, path: str) -> tuple[str, object]:
    """Return the innermost entry that cannot be pickled, and where it is."""
    children: Iterable[tuple[object, object]] = ()
    if isinstance(value, Mapping):
        children = value.items()
    elif isinstance(value, (list, tuple)):
        children = enumerate(value)
    for key, child in children:
        try:
            _dumped(child)
        except Exception:
            return _culprit(child, f"{path}[{key!r}]")
    return path, value
