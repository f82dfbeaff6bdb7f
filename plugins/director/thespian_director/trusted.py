"""Files that only those may have written who are trusted: keys, settings, packages and sources.

Whoever can write such a file decides which code runs. So a file is refused that others can write, with the
command that mends it; a private key also when others can read it.
"""

from __future__ import annotations

import os
import shlex
import stat
from pathlib import Path
from typing import NoReturn

from thespian_director.errors import DirectorError

_HAS_MODES = os.name == "posix"


def read_trusted(
    path: Path, what: str, limit_bytes: int, *, is_secret: bool = False, folder_owner: int | None = None
) -> bytes:
    """Read a file that nobody else can have written.

    Args:
        path: where it is.
        what: what it is called in errors: "the key".
        limit_bytes: what is larger is not meant to be such a file.
        is_secret: everybody may not be able to read it either.
        folder_owner: the owner of the folder that the operator chose, who is trusted too.

    Raises:
        FileNotFoundError: there is no such file.
        DirectorError: it cannot be read, or others could have written (or read) it.
    """
    try:
        # Not to be kept waiting by a pipe that bears the name.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        raise
    except OSError as why:
        raise DirectorError(f"{what} {path} cannot be opened: {why.strerror}") from None
    try:
        status = os.fstat(descriptor)
        _check_kind(status, path, what)
        check_status(status, path, what, is_secret=is_secret)
        _check_owner(status, path, what, folder_owner)
        with open(descriptor, "rb", closefd=False) as file:
            data = file.read(limit_bytes + 1)
    except OSError as why:
        raise DirectorError(f"{what} {path} cannot be read: {why.strerror}") from None
    finally:
        os.close(descriptor)
    if len(data) > limit_bytes:
        raise DirectorError(f"{what} {path} is too large to be one: it has over {limit_bytes:,} bytes")
    return data


def check_folder(path: Path, what: str) -> None:
    """Refuse a folder in which others could put or replace files.

    Raises:
        FileNotFoundError: there is no such folder.
        DirectorError: it is none, or others can write to it.
    """
    try:
        status = os.stat(path)
    except FileNotFoundError:
        raise
    except OSError as why:
        raise DirectorError(f"{what} {path} cannot be looked at: {why.strerror}") from None
    if not stat.S_ISDIR(status.st_mode):
        raise DirectorError(f"{what} {path} is no folder")
    check_status(status, path, what)
    for above in path.resolve().parents:
        mode = os.stat(above).st_mode
        if _HAS_MODES and mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
            _refuse(
                f"{what} {path} is below {above}, which everybody can write", f"chmod o-w {_quoted(above)}"
            )


def check_status(status: os.stat_result, path: Path, what: str, *, is_secret: bool = False) -> None:
    """Refuse a file or folder that others can write.

    Args:
        status: of the file.
        path: where it is.
        what: what it is called in errors.
        is_secret: refuse it when everybody can read it, too.

    Raises:
        DirectorError: they can, or it belongs to somebody else; the text says how to mend it.
    """
    if not _HAS_MODES:
        return
    mode = stat.S_IMODE(status.st_mode)
    if mode & stat.S_IWOTH:
        _refuse(f"{what} {path} can be written by everybody (mode {mode:04o})", f"chmod o-w {_quoted(path)}")
    if mode & stat.S_IWGRP and not _is_private_group(status):
        _refuse(f"{what} {path} can be written by its group (mode {mode:04o})", f"chmod g-w {_quoted(path)}")
    if is_secret and mode & (stat.S_IROTH | stat.S_IXOTH):
        _refuse(f"{what} {path} can be read by everybody (mode {mode:04o})", f"chmod o-rwx {_quoted(path)}")


def _check_owner(status: os.stat_result, path: Path, what: str, folder_owner: int | None) -> None:
    """Refuse a file of another user, who can write it whatever its mode says."""
    if _HAS_MODES and status.st_uid not in {0, os.geteuid(), folder_owner}:
        _refuse(
            f"{what} {path} belongs to another user (uid {status.st_uid}), who can write it",
            f"chown {os.geteuid()} {_quoted(path)}",
        )


def _is_private_group(status: os.stat_result) -> bool:
    """Whether a file's group is its owner's own, as where each user has a group of the same name."""
    import grp
    import pwd

    try:
        group, owner = grp.getgrgid(status.st_gid), pwd.getpwuid(status.st_uid)
    except KeyError:
        return False
    return group.gr_name == owner.pw_name and set(group.gr_mem) <= {owner.pw_name}


def _check_kind(status: os.stat_result, path: Path, what: str) -> None:
    if not stat.S_ISREG(status.st_mode):
        kind = "a folder" if stat.S_ISDIR(status.st_mode) else "no ordinary file"
        raise DirectorError(f"{what} {path} is {kind}")


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))


def _refuse(why: str, mend: str) -> NoReturn:
    raise DirectorError(why, f"if nobody else did: {mend}")
