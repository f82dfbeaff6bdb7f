"""The user's logDefs on their way from the starter to the log process."""

from __future__ import annotations

import io
import logging
import logging.config
import logging.handlers
import os
import pickle
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from thespian_core.arguments import misfit
from thespian_core.errors import ActorSystemStartupFailure
from thespian_core.hooks.errors import PluginError, describe
from thespian_core.hooks.logfilters import arguments_of, is_name_of_plugin, open_filter
from thespian_core.hooks.records import LogFilterSpec
from thespian_core.hooks.registry import default_registry
from thespian_core.systembase import LogDefs
from thespian_core.texts import shown
from thespian_multiproc.runtime.logforwarding import LEFT_ALONE
from thespian_multiproc.runtime.logstreams import Handed, LogStreams, opened

_SECTIONS = ("formatters", "filters", "handlers", "loggers")
_USUAL_MODULES = ("logging", "logging.handlers")
_NOT_GIVEN = ("class", "level", "formatter", "filters")  # what a handler has and is not made with
_STANDARD = {"ext://sys.stdout": "stdout", "ext://sys.stderr": "stderr"}


def pack_definitions(log_defs: LogDefs, streams: LogStreams | None = None) -> tuple[bytes, int]:
    """Check the definitions as far as that is possible without applying them, and pickle them.

    Levels become numbers, so that names given with ``logging.addLevelName`` are known there too. What a
    definition names as a class is imported here, so that a misspelt one is found.

    Args:
        log_defs: a dictConfig dictionary; None for the default; False to leave logging alone.
        streams: what becomes of the streams in it; None when standard streams become those of the process
            that unpickles, and others cannot be pickled.

    Returns:
        The pickled definitions, empty for None and False; and the lowest level of records that any of the
        handlers is given and takes: WARNING for None, ``LEFT_ALONE`` for False.

    Raises:
        ActorSystemStartupFailure: they cannot be applied, or an entry cannot be pickled; it says which.
    """
    if log_defs is None:
        return b"", logging.WARNING
    if log_defs is False:
        return b"", LEFT_ALONE
    try:
        definitions, level = _checked(log_defs)
    except (Exception, SystemExit) as why:  # a module that a definition names may raise anything
        told = str(why) if isinstance(why, (ValueError, PluginError)) else describe(why)
        raise ActorSystemStartupFailure(f"logDefs cannot be applied: {told}") from why
    return _pickled(definitions, streams), min(level, LEFT_ALONE - 1)


def unpack_definitions(packed: bytes, descriptors: Sequence[int] = ()) -> dict[str, Any]:
    """Return the dictionary that was packed, with this process's streams in it.

    Args:
        packed: as :func:`pack_definitions` made it.
        descriptors: of the streams that were handed over.

    Raises:
        Exception: whatever unpickling raises, above all ImportError for a class that is not found here.
    """
    definitions: dict[str, Any] = _Unpickler(packed, descriptors).load()
    return definitions


def _checked(log_defs: object) -> tuple[dict[str, Any], int]:
    """Return a copy with numbers for levels, and the lowest level that is written."""
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
                _number(entry, copies[name], where)
            _check_code(view, entry, section, where)
            if "()" not in entry and not definitions.get("incremental"):
                _check_usual(view, entry, section, where)
        if copies:
            definitions[section] = copies
    if definitions.get("root"):
        if not isinstance(definitions["root"], Mapping):
            raise ValueError(f"'root' must be a dictionary, not {shown(definitions['root'])}")
        definitions["root"] = root = dict(definitions["root"])
        _number(config["root"], root, "'root'")
    if not definitions.get("incremental"):
        _check_names(config)
    return definitions, _lowest_written(definitions)


def _lowest_written(definitions: Mapping[str, Any]) -> int:
    """Return the lowest level that some logger lets through and some handler takes."""
    loggers: Any = definitions.get("loggers") or {}
    handlers: Any = definitions.get("handlers") or {}
    root = definitions.get("root") or {}
    level = root.get("level")
    # A logger of level 0, but for the root, has the level of the one above it.
    let_through = [logging.WARNING if level is None else level]
    let_through += [entry["level"] for entry in loggers.values() if entry.get("level")]
    taken = [entry.get("level") or logging.NOTSET for entry in handlers.values()]
    if not root.get("handlers"):
        taken.append(logging.WARNING)  # what nobody handles, Python's handler of last resort does
    return max(min(let_through), min(taken))


def _section(config: Any, name: str) -> Any:
    entries = config.get(name) or {}
    if not isinstance(entries, Mapping):
        raise ValueError(f"{name!r} must be a dictionary, not {shown(entries)}")
    return entries


def _number(entry: Any, copy: dict[str, Any], where: str) -> None:
    level = entry.get("level")
    if level is None:
        return
    number = logging.getLevelName(level) if isinstance(level, str) else level
    if not isinstance(number, int):
        raise ValueError(f"{where} has the unknown level {shown(level)}")
    copy["level"] = number


def _check_code(view: logging.config.DictConfigurator, entry: Any, section: str, where: str) -> None:
    if section == "handlers" and not view.config.get("incremental") and not {"class", "()"} & set(entry):
        raise ValueError(f"{where} has no 'class'")
    for key in ("()", "class"):
        code = entry[key] if key in entry and section != "loggers" else None
        if isinstance(code, str):
            try:
                view.resolve(code)
            except ValueError as why:
                known = default_registry().names(LogFilterSpec) if section == "filters" else ()
                if section == "filters" and (code in known or is_name_of_plugin(code)):
                    open_filter(code, arguments_of(entry), default_registry())
                    continue
                raise ValueError(f"{where} names {code!r}, which cannot be imported: {why}") from why


def _check_usual(view: logging.config.DictConfigurator, entry: Any, section: str, where: str) -> None:
    """Raise ValueError for what the log process could not make of one of Python's own classes."""
    if section == "formatters" and "class" not in entry:
        try:
            view.configure_formatter(entry)
        except (TypeError, ValueError) as why:
            raise ValueError(f"{where} cannot be made: {why}") from why
    if section != "handlers":
        return
    made = view.resolve(entry["class"]) if isinstance(entry["class"], str) else entry["class"]
    # Others may do as they like with what they are given: take any keyword, make the folder of a file.
    if getattr(made, "__module__", "") not in _USUAL_MODULES or made is logging.handlers.QueueHandler:
        return
    given = {key: entry[key] for key in entry if key.isidentifier() and key not in _NOT_GIVEN}
    if unfit := misfit(made, **given):
        raise ValueError(f"{where} cannot be made: {unfit}")
    file = given.get("filename")
    if "filename" in given and not isinstance(file, (str, bytes, os.PathLike)):
        raise ValueError(f"{where} cannot be made: its 'filename' is no path but {shown(file)}")
    if isinstance(file, (str, os.PathLike)) and not given.get("delay"):
        if os.path.isdir(file):
            raise ValueError(f"{where} writes to the file {os.fspath(file)}, which is a folder")
        folder = os.path.dirname(os.path.abspath(file))
        if not os.path.isdir(folder):
            raise ValueError(f"{where} writes to a file in {folder}, and there is no such folder")


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
    """Writes something else in the place of a stream."""

    def __init__(self, file: io.BytesIO, streams: LogStreams | None) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._streams = streams

    def persistent_id(self, obj: Any) -> Handed | str | None:
        """Return what stands for a stream, None for all else."""
        if self._streams is not None:
            return self._streams.place_of(obj)
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
    """Reads what stands for a stream as a stream of this process."""

    def __init__(self, packed: bytes, descriptors: Sequence[int]) -> None:
        super().__init__(io.BytesIO(packed))
        self._descriptors = descriptors
        self._opened: dict[Handed, io.IOBase] = {}

    def persistent_load(self, pid: Any) -> Any:
        """Return the stream."""
        if isinstance(pid, Handed):
            if pid not in self._opened:
                self._opened[pid] = opened(pid, self._descriptors)
            return self._opened[pid]
        return getattr(sys, _STANDARD[pid]) if pid else sys.stderr


def _dumped(value: object, streams: LogStreams | None) -> bytes:
    file = io.BytesIO()
    _Pickler(file, streams).dump(value)
    return file.getvalue()


def _pickled(definitions: dict[str, Any], streams: LogStreams | None) -> bytes:
    try:
        return _dumped(definitions, streams)
    except Exception as why:
        path, value = _culprit(definitions, "logDefs", streams)
        raise ActorSystemStartupFailure(
            f"{path} cannot be sent to the log process, which handles the records of all actors\n"
            f"  it is {shown(value)}\n"
            f"  {describe(why)}\n"
            f"  give a class and its arguments, or the name of a module's value: 'ext://package.module.name'"
        ) from why


def _culprit(value: object, path: str, streams: LogStreams | None) -> tuple[str, object]:
    """Return the innermost entry that cannot be pickled, and where it is."""
    children: Iterable[tuple[object, object]] = ()
    if isinstance(value, Mapping):
        children = value.items()
    elif isinstance(value, (list, tuple)):
        children = enumerate(value)
    for key, child in children:
        try:
            _dumped(child, streams)
        except Exception:
            return _culprit(child, f"{path}[{key!r}]", streams)
    return path, value
