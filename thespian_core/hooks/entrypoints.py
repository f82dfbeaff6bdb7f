"""The entry points of all installed distributions.

What stands in plain text in a plain folder is read here, with the same outcome as by
:mod:`importlib.metadata`, whose import takes as long as the start of Python. All else is left to it:
archives, other finders, text that is not quite as usual.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from importlib.machinery import PathFinder
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from importlib.metadata import Distribution


class Entry(NamedTuple):
    """One entry point, and whose it is.

    Attributes:
        name: its own.
        value: what it points to.
        distribution: the name of the distribution that has it.
        version: that distribution's.
    """

    name: str
    value: str
    distribution: str
    version: str


def distributions(group: str) -> Iterator[tuple[object, Callable[[], list[Entry]]]]:
    """Return for each distribution where it is, and what reads its entry points of a group.

    They come in the order in which an import would look. A reader raises whatever is wrong with the
    distribution's files.
    """
    finders = [finder for finder in sys.meta_path if hasattr(finder, "find_distributions")]
    if finders != [PathFinder]:
        yield from _others(group, sys.path)
        return
    for folder in sys.path:
        names = _names_in(folder)
        if names is None:
            yield from _others(group, [folder])
            continue
        for name in names:
            if name.lower().endswith((".dist-info", ".egg-info")):
                path = os.path.join(folder, name)
                yield path, partial(_read, path, group)


def _others(group: str, path: list[str]) -> Iterator[tuple[object, Callable[[], list[Entry]]]]:
    from importlib import metadata

    for distribution in metadata.distributions(path=path):
        where_it_is = getattr(distribution, "_path", "a distribution")
        yield where_it_is, partial(_read_other, distribution, group)


def _read_other(distribution: Distribution, group: str) -> list[Entry]:
    points = [point for point in distribution.entry_points if point.group == group]
    if not points:
        return []
    name, version = str(distribution.metadata["Name"]), str(distribution.version)
    return [Entry(point.name, point.value, name, version) for point in points]


def _names_in(folder: object) -> list[str] | None:
    """Return what is in an entry of ``sys.path``; None when that is no plain folder."""
    if not isinstance(folder, str) or folder.lower().endswith(".egg"):
        return None
    try:
        return os.listdir(folder or ".")
    except FileNotFoundError:
        return []
    except (OSError, ValueError):
        return None


def _read(path: str, group: str) -> list[Entry]:
    try:
        with open(os.path.join(path, "entry_points.txt"), "rb", buffering=0) as file:
            text = file.read().decode()
    except (FileNotFoundError, NotADirectoryError):  # most have none, and some are no folder
        return []
    except (OSError, ValueError):
        return _read_unusual(path, group)
    try:
        pairs = _pairs_of(text, group)
        if not pairs:
            return []
        with open(os.path.join(path, "METADATA"), "rb", buffering=0) as file:
            release = _release_of(file.read().decode())
    except (OSError, ValueError):
        return _read_unusual(path, group)
    return [Entry(*pair, *release) for pair in pairs]


def _read_unusual(path: str, group: str) -> list[Entry]:
    from importlib import metadata

    return _read_other(metadata.Distribution.at(path), group)


def _pairs_of(text: str, group: str) -> list[tuple[str, str]]:
    """Return name and value of each entry point of a group.

    Raises:
        ValueError: a line is none of those that there should be.
    """
    found = []
    section = None
    for line in map(str.strip, text.splitlines()):
        if not line or line.startswith("#"):
            continue
        if line.startswith("[") and line.endswith("]"):
            section = line.strip("[]")
        elif section is not None:
            name, equals, value = line.partition("=")
            if not equals:
                raise ValueError(line)
            if section == group:
                found.append((name.strip(), value.strip()))
    return found


def _release_of(text: str) -> tuple[str, str]:
    """Return a distribution's name and version, which usually stand in the first lines of its METADATA.

    Raises:
        ValueError: they do not stand there as usual.
    """
    found: dict[str, str] = {}
    lines = text.replace("\r\n", "\n").split("\n", 9)  # what follows is not needed, and may be long
    for line, following in pairwise(lines):
        name, colon, value = line.partition(": ")
        is_usual = colon and name.replace("-", "").isalnum() and value and value == value.strip()
        if not is_usual or not line.isascii() or not line.isprintable() or following[:1].isspace():
            break
        found.setdefault(name.lower(), value)
        if "name" in found and "version" in found:
            return found["name"], found["version"]
    raise ValueError("no name and version")
