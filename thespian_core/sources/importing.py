"""Imports from loaded sources: several versions of one package at once, each under its source's hash.

A module of a source is known to the import system as ``{{hash}}name``; the source's own code calls it
``name``. Three parts of the import system make that work, and no code is rewritten:

* a finder on ``sys.meta_path`` finds modules under such names, so relative imports and pickles need no more;
* each loaded module has ``__builtins__`` of its own, whose ``__import__`` looks into the source first;
* ``importlib.import_module`` and ``importlib.util.find_spec``, which know of no caller, are replaced, while
  a source is here, by functions that look at whose code called them.
"""

from __future__ import annotations

import importlib
import importlib.util
import linecache
import sys
import threading
from collections.abc import Callable, Iterator
from importlib.machinery import ModuleSpec
from types import FrameType, ModuleType
from typing import Any

from thespian_core.sourcenames import split
from thespian_core.sources.archive import Archive
from thespian_core.sources.loading import Source, tell_plainly

_import_module = importlib.import_module
_find_spec = importlib.util.find_spec
# Who asks for modules on behalf of its caller.
_BETWEEN = ("importlib", "pkgutil", "functools")

_lock = threading.RLock()


class _Mounted:
    def __init__(self, source: Source, data: bytes) -> None:
        self.source = source
        self.data = data
        self.users = 1


_mounted: dict[str, _Mounted] = {}  # by tag


class _Finder:
    """Finds the modules of all sources that are here."""

    @staticmethod
    def find_spec(fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Return the spec of a module of a source, or None."""
        source = _source_of(fullname)
        return None if source is None else source.find_spec(fullname)


class _FolderFinder:
    """What ``pkgutil`` asks which modules are in a package."""

    def __init__(self, path: str) -> None:
        source = _source_of(path)
        if source is None:
            raise ImportError("no folder of a loaded source")
        self._source = source
        self._folder = split(path)[1].strip("/")

    def find_spec(self, fullname: str, target: object = None) -> ModuleSpec | None:
        """Return the spec of a module of the source, or None."""
        return self._source.find_spec(fullname)

    def iter_modules(self, prefix: str = "") -> Iterator[tuple[str, bool]]:
        """Yield name and whether it is a package, for each module in the folder."""
        return ((prefix + name, is_package) for name, is_package in self._source.children(self._folder))


def mount(source_hash: str, data: bytes) -> Source:
    """Make a source's modules importable in this process, until it was unmounted as often as mounted.

    Args:
        source_hash: its hash.
        data: its validated zip file. The same file is mounted once; another one for the same hash, as
            another system's authority may make of it, is kept apart.

    Raises:
        BadArchive: it is not usable.
    """
    with _lock:
        tag, number = source_hash, 1
        while tag in _mounted:
            mounted = _mounted[tag]
            if mounted.data == data:
                mounted.users += 1
                return mounted.source
            number += 1
            tag = f"{source_hash}~{number}"
        source = Source(tag, Archive(data))
        if not _mounted:
            _take_part()
        _mounted[tag] = _Mounted(source, data)
        return source


def unmount(source: Source) -> None:
    """End what :func:`mount` began: nothing of the source can be imported any more, and its modules go.

    Its classes and their instances work on, but an import of the source's own modules in their code fails.
    """
    with _lock:
        mounted = _mounted[source.tag]
        mounted.users -= 1
        if mounted.users:
            return
        del _mounted[source.tag]
        for known in (sys.modules, linecache.cache, sys.path_importer_cache):
            for name in [name for name in known if name.startswith(source.prefix)]:
                known.pop(name, None)
        if not _mounted:
            _leave()


def import_from(source: Source, name: str, or_outside: bool) -> ModuleType:
    """Import a module that code of a source calls ``name``; it may be qualified.

    Args:
        source: the source.
        name: the module.
        or_outside: whether a module that is not in the source may come from elsewhere.

    Raises:
        ImportError: there is none.
        Exception: what its code raises.
    """
    tag, plain = split(name)
    if tag == source.tag:
        qualified: str | None = name
    else:
        qualified = source.qualified(name if or_outside else plain)
    if qualified is None and not or_outside:
        raise ImportError(f"there is no module {name!r} in the source {split(source.prefix)[0]}")
    try:
        return _import_module(qualified or name)
    except ModuleNotFoundError as why:
        tell_plainly(why)
        raise


def import_module(name: str, package: str | None = None) -> ModuleType:
    """Import a module, as ``importlib.import_module`` does; for code of a loaded source, from there first."""
    source = _source_calling(sys._getframe(1))
    if source is None:
        return _import_module(name, package)
    try:
        return _import_module(*_as_known(source, name, package))
    except ModuleNotFoundError as why:
        tell_plainly(why)
        raise


def find_spec(name: str, package: str | None = None) -> ModuleSpec | None:
    """Find a module, as ``importlib.util.find_spec`` does; for code of a loaded source, there first."""
    source = _source_calling(sys._getframe(1))
    return _find_spec(name, package) if source is None else _find_spec(*_as_known(source, name, package))


def _as_known(source: Source, name: str, package: str | None) -> tuple[str, str | None]:
    if not name.startswith("."):
        return source.qualified(name) or name, package
    if package is not None:
        package = source.qualified(package) or package
    return name, package


def _source_of(name: str) -> Source | None:
    tag, _ = split(name)
    mounted = None if tag is None else _mounted.get(tag)
    return None if mounted is None else mounted.source


def _source_calling(frame: FrameType | None) -> Source | None:
    while frame is not None:
        module: Any = frame.f_globals.get("__name__")
        if not isinstance(module, str):
            return None
        if module.partition(".")[0] not in _BETWEEN:
            return _source_of(module)
        frame = frame.f_back
    return None


def _take_part() -> None:
    # First, since other finders need not be asked about such names.
    sys.meta_path.insert(0, _FINDER)
    sys.path_hooks.append(_FolderFinder)
    _swap(importlib, "import_module", _import_module, import_module)
    _swap(importlib.util, "find_spec", _find_spec, find_spec)


def _leave() -> None:
    sys.meta_path.remove(_FINDER)
    sys.path_hooks.remove(_FolderFinder)
    _swap(importlib, "import_module", import_module, _import_module)
    _swap(importlib.util, "find_spec", find_spec, _find_spec)


def _swap(module: ModuleType, name: str, old: Callable[..., Any], new: Callable[..., Any]) -> None:
    if getattr(module, name) is old:  # somebody else may have replaced it meanwhile
        setattr(module, name, new)


_FINDER: Any = _Finder()
