"""Collecting the files of a package: those that patterns name, and installed packages that it depends on."""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Iterable, Iterator
from importlib import metadata
from importlib.machinery import EXTENSION_SUFFIXES, ModuleSpec
from importlib.util import find_spec
from itertools import takewhile
from pathlib import Path

import attrs

from thespian_core.sources.limits import MAX_MEMBERS
from thespian_director.errors import DirectorError
from thespian_director.literals import MAX_TEXT_BYTES, decoded
from thespian_director.trusted import read_trusted

_LIBRARIES = (*EXTENSION_SUFFIXES, ".so", ".pyd", ".dll", ".dylib")
_ALWAYS_FROM_OUTSIDE = ("six", "thespian", "thespian_core")  # what loaded sources never take from a package


@attrs.define
class Collected:
    """What is to be packed.

    Attributes:
        files: where each member is, by its name in the package.
        own: those of them that patterns have named.
        notices: what was left out, and why.
    """

    files: dict[str, Path] = attrs.field(factory=dict)
    own: set[str] = attrs.field(factory=set)
    notices: list[str] = attrs.field(factory=list)


def collect(root: Path, patterns: Iterable[str], dependencies: Path | None = None) -> Collected:
    """Find all files.

    Args:
        root: the folder that the patterns are about, and that the names in the package begin in.
        patterns: as of :func:`glob.glob`; ``**`` is any number of folders.
        dependencies: a file with a name of an installed package in each line.

    Raises:
        DirectorError: a pattern names nothing, or something elsewhere; a package is not installed; a name is
            not printable.
    """
    found = Collected()
    for pattern in patterns:
        names = list(_matching(root, pattern))
        if not names:
            raise DirectorError(
                f"{pattern} names no file in {root}",
                'a pattern is in quotes, and begins below the folder of sources: "foo/**/*.py"',
            )
        for name in names:
            if _is_wanted(name, found):
                found.files[name] = root / name
                found.own.add(name)
    if dependencies is not None:
        for name in _names_in(dependencies):
            _add_package(name, found, dependencies)
    if len(found.files) > MAX_MEMBERS:
        raise DirectorError(
            f"these are {len(found.files):,} files, and a package has at most {MAX_MEMBERS:,}",
            "name fewer, or make several packages",
        )
    return found


def _matching(root: Path, pattern: str) -> Iterator[str]:
    if os.path.isabs(pattern):
        pattern = os.path.relpath(pattern, root)
    if "**" in pattern:
        fixed = takewhile(lambda part: not glob.has_magic(part), pattern.split(os.sep))
        _refuse_circles(os.path.join(root, *fixed))
    for match in sorted(glob.glob(pattern, root_dir=root, recursive=True)):
        name = os.path.normpath(match)
        if name.split(os.sep)[0] == os.pardir:
            raise DirectorError(
                f"{match} is not below the folder of sources {root}",
                "name a folder above both as that folder",
            )
        if (root / name).is_dir():
            continue
        if not (root / name).is_file():
            raise DirectorError(
                f"{root / name} is no ordinary file", "remove it, or name the files to pack without it"
            )
        yield name.replace(os.sep, "/")


def _refuse_circles(folder: str, above: tuple[tuple[int, int], ...] = ()) -> None:
    """Refuse links that lead to a folder above, since glob follows them round and round."""
    try:
        status, names = os.stat(folder), sorted(os.listdir(folder))
    except OSError:  # glob finds nothing there either
        return
    here = (status.st_dev, status.st_ino)
    if here in above:
        raise DirectorError(f"{folder} leads back to a folder that it is in", "remove it, or name others")
    for name in names:
        path = os.path.join(folder, name)
        if not name.startswith(".") and os.path.isdir(path):
            _refuse_circles(path, (*above, here))


def _is_wanted(name: str, found: Collected) -> bool:
    if "__pycache__" in name.split("/") or name.endswith((".pyc", ".pyo")):
        return False
    if not name.isprintable():  # nor is a name that is not UTF-8
        raise DirectorError(
            f"the file {name!r} cannot be packed: its name is not printable UTF-8 text",
            "rename it, or leave it out",
        )
    if name.endswith(_LIBRARIES):
        found.notices.append(f"left out: {name}, a library in C; install it where it is needed")
        return False
    return True


def _names_in(dependencies: Path) -> list[str]:
    what = "the list of dependencies"
    try:
        owner = dependencies.parent.stat().st_uid
        data = read_trusted(dependencies, what, MAX_TEXT_BYTES, folder_owner=owner)
    except FileNotFoundError:
        raise DirectorError(f"{what} {dependencies} is not there") from None
    lines = (line.strip() for line in decoded(data, str(dependencies)).splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _add_package(name: str, found: Collected, dependencies: Path) -> None:
    for module in _modules_of(name, dependencies):
        if module in _ALWAYS_FROM_OUTSIDE:
            found.notices.append(f"left out: {module}, which loaded code always takes from outside")
            continue
        for member, path in _files_of(module, dependencies):
            if not _is_wanted(member, found):
                continue
            if member in found.own:
                raise DirectorError(
                    f"both the sources and the dependency {name} have a file {member}",
                    f"leave {name} out of {dependencies}, or do not name that file",
                )
            found.files[member] = path


def _modules_of(name: str, dependencies: Path) -> list[str]:
    """Return the top modules that a line means: the module of that name, or all of that distribution."""
    if not name.replace("-", "_").replace(".", "_").isidentifier():
        raise DirectorError(
            f"{dependencies}: {name!r} is no name of a package",
            "a line is a name alone, without a version: what is installed is packed",
        )
    if name in sys.stdlib_module_names:
        raise DirectorError(f"{dependencies}: {name} comes with Python", "leave it out")
    if name in _ALWAYS_FROM_OUTSIDE:
        return [name]
    if name.isidentifier() and _spec(name) is not None:
        return [name]
    try:
        found = _modules_in(metadata.distribution(name))
    except metadata.PackageNotFoundError:
        found = []
    if not found:
        raise DirectorError(
            f"{dependencies}: {name} is not installed for {sys.executable}",
            f"install it:  pip install {name}",
        )
    return found


def _modules_in(distribution: metadata.Distribution) -> list[str]:
    """Return the top modules that a distribution has installed."""
    told = (distribution.read_text("top_level.txt") or "").split()
    files = [file.parts for file in distribution.files or () if file.suffix == ".py"]
    tops = {parts[0].removesuffix(".py") if len(parts) == 1 else parts[0] for parts in files}
    return sorted(name for name in set(told) or tops if name.isidentifier())


def _spec(module: str) -> ModuleSpec | None:
    try:
        return find_spec(module)
    except ValueError:  # a module that is loaded and has no spec, as __main__
        return None


def _files_of(module: str, dependencies: Path) -> Iterator[tuple[str, Path]]:
    spec = _spec(module)
    if spec is None:
        return
    if spec.submodule_search_locations is not None:
        for place in spec.submodule_search_locations:
            yield from _below(Path(place), module)
    elif spec.origin is not None and os.path.isfile(spec.origin):
        yield os.path.basename(spec.origin), Path(spec.origin)
    else:
        raise DirectorError(
            f"{dependencies}: {module} has no files of its own ({spec.origin}), so it cannot be packed"
        )


def _below(folder: Path, module: str) -> Iterator[tuple[str, Path]]:
    if not folder.is_dir():
        raise DirectorError(f"{module} is not in a folder but in {folder}, so it cannot be packed")
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(one for one in folders if one != "__pycache__")
        for name in sorted(names):
            path = Path(place, name)
            if not path.is_file():
                continue  # a link to nothing, or no file at all, such as a pipe
            yield f"{module}/{path.relative_to(folder).as_posix()}", path
