"""The code that runs is the code on disk now: a compiled copy that may be stale is not trusted.

The key of a ``.pyc`` file is its source's size and modification time in whole seconds. When a source was
modified in the second in which it was compiled, or later, the key may fit although the text is another
one. Such a copy is passed over here: the source is compiled, and the copy written anew.

Where no copy can be written (a folder that may only be read, ``PYTHONDONTWRITEBYTECODE``), each actor's
process would compile the same modules. So a process may tell what it had to compile, and others *keep* that
in memory: it is found by the very bytes of the source, and nothing else is ever taken for it.
"""

from __future__ import annotations

import importlib
import marshal
import os
import site
import sys
import sysconfig
from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b
from importlib.machinery import (
    BYTECODE_SUFFIXES,
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    PathFinder,
    SourceFileLoader,
    SourcelessFileLoader,
)
from types import CodeType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.abc import PathEntryFinder

_COMPILED = tuple(BYTECODE_SUFFIXES)
MOST_KEPT_BYTES = 64 << 20  # our choice: more than any but a few programs' own modules take

_kept: dict[bytes, bytes] = {}  # what modules compile to, by what tells their sources apart
_kept_bytes = 0
_tell: Callable[[bytes, bytes], object] | None = None


class DistrustfulLoader(SourceFileLoader):
    """Loads a module from its source, or from a compiled copy that is younger by its clock's second."""

    def get_data(self, path: str) -> bytes:
        """Return what is in a file.

        Raises:
            OSError: it cannot be read, or is a compiled copy that may be stale.
        """
        data = super().get_data(path)
        # Flags other than 0 tell of a copy whose key is a hash of the source: times do not matter to it.
        if path.endswith(_COMPILED) and data[4:8] == b"\0\0\0\0" and _may_be_stale(self.path, path):
            raise OSError(f"{path} may be older than {self.path}")
        return data

    def source_to_code(self, data: Any, path: Any) -> CodeType:  # type: ignore[override]
        """Return what a source compiles to: what is kept of it, or compiled now, and told.

        Raises:
            SyntaxError: it is no Python.
        """
        if not isinstance(data, bytes) or (_tell is None and not _kept):
            return super().source_to_code(data, path)
        # The path is in the code, so it is part of what tells codes apart.
        key = blake2b(b"%s\0%s" % (os.fsencode(path), data), digest_size=32).digest()
        if (kept := _kept.get(key)) is not None:
            code: CodeType = marshal.loads(kept)
            return code
        code = super().source_to_code(data, path)
        if _tell is not None:
            _tell(key, marshal.dumps(code))
        return code


def keep_compiled(key: bytes, code: bytes) -> None:
    """Have this process, and those that it forks, take what another one had to compile.

    Args:
        key: what the source is found by, as it was told.
        code: marshalled by the same interpreter.
    """
    global _kept_bytes
    if key not in _kept and _kept_bytes + len(code) <= MOST_KEPT_BYTES:
        _kept[key] = code
        _kept_bytes += len(code)


def tell_compiled(tell: Callable[[bytes, bytes], object]) -> None:
    """Have told, from now on, what this process has to compile; see :func:`keep_compiled`."""
    global _tell
    _tell = tell


def _may_be_stale(source: str, compiled: str) -> bool:
    return int(os.stat(source).st_mtime) >= os.stat(compiled).st_mtime_ns // 10**9


def trust_only_settled_bytecode() -> None:
    """Import modules from now on without compiled copies that may be stale; a second call does nothing.

    The folders of the interpreter's own packages are left as they are: installers compile what they have
    just written, and where the copies cannot be written anew, every process would compile them again.
    """
    if _distrustful_hook in sys.path_hooks:
        return
    _own_folders()  # now: to find them out takes imports, which the hook would take part in
    names = [getattr(hook, "__qualname__", "") for hook in sys.path_hooks]
    standard = [number for number, name in enumerate(names) if name.startswith("FileFinder.")]
    # Before the standard one, which is left with the folders that this one declines.
    sys.path_hooks.insert(standard[0] if standard else len(names), _distrustful_hook)
    sys.path_importer_cache.clear()


def look_anew() -> None:
    """Have the next imports look at what is in the folders now.

    Does for them what ``importlib.invalidate_caches`` does, which on Python 3.13 imports
    ``importlib.metadata`` and some ninety other modules: each actor's process would do so.
    """
    if "importlib.metadata" in sys.modules:
        importlib.invalidate_caches()
        return
    for folder, looked in [*sys.path_importer_cache.items()]:
        if looked is None or not os.path.isabs(folder):
            del sys.path_importer_cache[folder]
    for finder in (*sys.meta_path, *sys.path_importer_cache.values()):
        forget = getattr(finder, "invalidate_caches", None)
        if forget is not None and finder != PathFinder:  # that one does all this, and imports the others
            forget()


_files_hook = FileFinder.path_hook(
    (ExtensionFileLoader, EXTENSION_SUFFIXES),
    (DistrustfulLoader, SOURCE_SUFFIXES),
    (SourcelessFileLoader, BYTECODE_SUFFIXES),
)


def _distrustful_hook(folder: str) -> PathEntryFinder:
    if is_interpreters_own(folder, or_below=True):
        raise ImportError("the standard hook is right for the interpreter's own packages")
    return _files_hook(folder)


def is_interpreters_own(folder: str, or_below: bool = False) -> bool:
    """Whether a folder (or zip file) holds the standard library, or packages installed for it.

    Args:
        folder: absolute, or relative to the current one.
        or_below: whether what is inside such a folder counts too.
    """
    path = _plain(folder)
    own = _own_folders()
    return path in own or (or_below and path.startswith(tuple(f"{each}{os.sep}" for each in own)))


@lru_cache(maxsize=1)
def _own_folders() -> frozenset[str]:
    paths = sysconfig.get_paths()
    library = paths["stdlib"]
    archive = f"python{sys.version_info.major}{sys.version_info.minor}.zip"
    folders = [paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    folders += [os.path.join(library, "lib-dynload"), os.path.join(os.path.dirname(library), archive)]
    # Those of the base interpreter too: an environment may be made with a view of them.
    folders += site.getsitepackages() + site.getsitepackages([sys.base_prefix, sys.base_exec_prefix])
    if site.ENABLE_USER_SITE:
        folders.append(site.getusersitepackages())
    if os.name == "nt":
        base = sys.base_prefix
        folders += [base, os.path.join(base, "DLLs"), os.path.join(base, archive)]
    return frozenset(_plain(folder) for folder in folders)


def _plain(folder: str) -> str:
    return os.path.normcase(os.path.realpath(folder))
