"""What ``gensrc`` is told on its command line, after the group, the key and the folder of sources."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timezone
from pathlib import Path

import attrs

from thespian_director.errors import DirectorError
from thespian_director.literals import MAX_TEXT_BYTES
from thespian_director.tli import Tli, parse_tli
from thespian_director.trusted import read_trusted

MISSING_ARGUMENTS = 3  # the exit status that scripts know

_GROUP = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,99}")
_VERSION = re.compile(r"[A-Za-z0-9._+~-]{1,100}")


@attrs.frozen
class Inputs:
    """The inputs, taken apart.

    Attributes:
        version: the package's version; empty for none.
        dependencies: the file with names of installed packages, or None.
        tli: the TLI file, or None for the usual one.
        patterns: the sources.
    """

    version: str
    dependencies: Path | None
    tli: Path | None
    patterns: tuple[str, ...]


def read_inputs(words: Iterable[str], root: Path) -> Inputs:
    """Take inputs apart: ``version:V``, ``deps:FILE``, ``tli:FILE``, and patterns.

    Args:
        words: the inputs.
        root: the folder of sources, in which a file is looked for first.

    Raises:
        DirectorError: one makes no sense, or there is no pattern.
    """
    named = {"version": "", "deps": "", "tli": ""}
    patterns = []
    for word in words:
        name, colon, value = word.partition(":")
        if colon and name == "fmt":
            raise DirectorError(f"{word}: there is one form of packages that is written", "leave fmt: out")
        if not colon or name not in named:
            patterns.append(word)
            continue
        if not value:
            raise DirectorError(f"{word} says nothing", f"write it as {name}:VALUE, without a blank")
        if named[name]:
            raise DirectorError(f"{name}: is there twice", "one is enough")
        named[name] = value
    if not patterns:
        mend = 'name files or patterns: "foo/**/*.py"'
        raise DirectorError("there is no source to pack", mend, exit_status=MISSING_ARGUMENTS)
    return Inputs(
        _version(named["version"]), _file(named["deps"], root), _file(named["tli"], root), tuple(patterns)
    )


def package_name(group: str, version: str) -> str:
    """Return the name of a package's file.

    Raises:
        DirectorError: the group's name could lead elsewhere.
    """
    if not _GROUP.fullmatch(group):
        raise DirectorError(
            f"{group!r} is no name of a group",
            "use letters, digits and _ . + -, and begin with a letter or digit",
        )
    return f"{group}-{version}.tls" if version else f"{group}.tls"


def read_first_tli(paths: Iterable[Path]) -> tuple[Tli, bytes] | None:
    """Return the first TLI file that is there, read and as bytes; None when there is none.

    Raises:
        DirectorError: it cannot be used.
    """
    for path in paths:
        try:
            owner = path.parent.stat().st_uid
            data = read_trusted(path, "the TLI file", MAX_TEXT_BYTES, folder_owner=owner)
        except FileNotFoundError:
            continue
        return parse_tli(data, path), data
    return None


def _version(word: str) -> str:
    if word == "date":
        # In UTC, so that what is made later is newer also when clocks are put back.
        return datetime.now(timezone.utc).strftime("%Y%m%d%H%M")
    if word and not _VERSION.fullmatch(word):
        raise DirectorError(f"{word!r} is no version", "use letters, digits and . _ + ~ -")
    return word


def _file(name: str, root: Path) -> Path | None:
    """Return the file that a word names: below the folder of sources, else from the current folder."""
    if not name:
        return None
    path = root / name if (root / name).exists() else Path(name)
    if not path.exists():
        raise DirectorError(f"there is no file {name}, neither in {root} nor in the current folder")
    return path
