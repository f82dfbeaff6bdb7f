"""The files of a group: its TLI file, and its packages in the order of their versions."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from thespian_director.versions import VersionPart, version_extract

PACKAGE, INFO = ".tls", ".tli"


class GroupLoadableFiles:
    """The packages of one group in a folder.

    A package belongs to the group whose name it begins with, as ``foo-1.2.tls`` to the group ``foo``.
    Where there is a ``foo-bar.tli``, ``foo-bar-1.tls`` is of the group ``foo-bar``.

    Args:
        folder: where to look.
        group_or_file: the name of a group, or of one of its files.

    Attributes:
        group_name: the group's name.
    """

    #: The function that gives the key by which packages of a group are sorted.
    versionExtract = staticmethod(version_extract)

    def __init__(self, folder: str | os.PathLike[str], group_or_file: str | os.PathLike[str]) -> None:
        self._folder = Path(folder)
        self.group_name = group_of(self._folder, os.fspath(group_or_file))

    def tli_filename(self) -> str:
        """Return where the group's TLI file is, or would be."""
        return str(self._folder / (self.group_name + INFO))

    def tls_filenames(self) -> list[str]:
        """Return the group's packages, the newest first."""
        names = [
            name
            for name in _names_in(self._folder)
            if name.endswith(PACKAGE)
            and (name == self.group_name + PACKAGE or name.startswith(f"{self.group_name}-"))
            and group_of(self._folder, name) == self.group_name
        ]
        key: Callable[[str], list[VersionPart]] = version_extract(self.group_name)
        return [str(self._folder / name) for name in sorted(names, key=key, reverse=True)]


def group_of(folder: Path, group_or_file: str) -> str:
    """Return the name of the group that is meant by its name, its TLI file or one of its packages."""
    name = os.path.basename(group_or_file)
    if name.endswith(INFO):
        return name.removesuffix(INFO)
    if not name.endswith(PACKAGE):
        return name
    stem = name.removesuffix(PACKAGE)
    # The longest group with a TLI file; without one, what is before the first dash.
    begun = stem
    while begun:
        if (folder / (begun + INFO)).is_file():
            return begun
        begun = begun.rpartition("-")[0]
    return stem.partition("-")[0]


def all_groups(folder: str | os.PathLike[str]) -> list[GroupLoadableFiles]:
    """Return each group that has a TLI file in a folder, by name."""
    names = sorted(name for name in _names_in(Path(folder)) if name.endswith(INFO) and name != INFO)
    return [GroupLoadableFiles(folder, name) for name in names]


def _names_in(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except FileNotFoundError:
        return []
