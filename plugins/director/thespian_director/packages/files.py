"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import shlex
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from thespian_director.errors import DirectorError

_MODE = 0o644  # before the umask: packages and TLI files are no secret


def write_whole(contents: Mapping[Path, bytes]) -> None:
    """Write files, each in the place of an older one, so that no moment sees a part of one.

    All are written and on the disk before the first takes its place, in the order given. What fails before
    that, as when the disk is full, changes nothing.

    Args:
        contents: what each file is to hold.

    Raises:
        DirectorError: one cannot be written; no new file was left behind.
    """
    written: list[tuple[str, Path]] = []
    try:
        for path, data in contents.items():
            try:
                written.append((_written_aside(path, data), path))
            except OSError as why:
                raise _failure(path, why) from None
        while written:
            temporary, path = written[0]
            try:
                os.replace(temporary, path)
            except OSError as why:
                raise _failure(path, why) from None
            del written[0]
    finally:
        for temporary, _ in written:
            with suppress(OSError):
                os.unlink(temporary)
    for folder in {path.parent for path in contents}:
        _sync_folder(folder)


def write_new(path: Path, data: bytes, mode: int) -> None:
    """Write a file that must not exist yet.

    Raises:
        FileExistsError: it exists.
        DirectorError: it cannot be written; nothing was left behind.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags, mode)
    except FileExistsError:
        raise
    except OSError as why:
        raise _failure(path, why) from None
    try:
        _write(descriptor, data)
    except OSError as why:
        with suppress(OSError):
            os.unlink(path)
        raise _failure(path, why) from None
    _sync_folder(path.parent)


def _written_aside(path: Path, data: bytes) -> str:
    """Write a file beside the one that it is to replace, and return its name."""
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        if hasattr(os, "fchmod"):
            os.fchmod(descriptor, _MODE & ~_umask())
        _write(descriptor, data)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    return temporary


def _write(descriptor: int, data: bytes) -> None:
    with open(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    """Have the names themselves on the disk; where a folder cannot be opened, they are anyway."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _failure(path: Path, why: OSError) -> DirectorError:
    mend = f"make room there, or let yourself write to {path.parent}"
    if isinstance(why, FileNotFoundError):
        mend = f"make its folder:  mkdir -p {shlex.quote(str(path.parent))}"
    return DirectorError(f"{path} cannot be written: {why.strerror or why}", mend)
