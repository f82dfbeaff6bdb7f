"""What ``loadActorSource`` is given: its bytes, its hash, and where it came from."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from pathlib import Path
from typing import Any, BinaryIO

from thespian_core.sources.limits import MAX_SOURCE_BYTES
from thespian_core.texts import shown, told


def source_hash(data: bytes) -> str:
    """Return the hash that names a source: MD5 in hexadecimal, as programs know it.

    It tells sources apart, and proves nothing: that is for a source authority.
    """
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def read_source(given: Any) -> tuple[bytes, str]:
    """Return the bytes of a source, and where they came from as text.

    Args:
        given: a path, or a binary file object, which is read to its end and closed.

    Raises:
        OSError: it cannot be read, or is no ordinary file.
        TypeError: it is neither, or a file object in text mode.
        ValueError: it is larger than any source.
    """
    if isinstance(given, (str, Path)):
        with open(given, "rb", opener=_ordinary) as file:
            return _read(file, str(given)), str(given)
    if not callable(getattr(given, "read", None)):
        raise TypeError(
            f"a source is the path of a zip file, or a binary file object, "
            f"not {type(given).__name__} ({shown(given)})"
        )
    info = _name_of(given)
    try:
        return _read(given, info), info
    finally:
        if callable(getattr(given, "close", None)):
            given.close()


def _ordinary(path: str, flags: int) -> int:
    """Open a file, and nobody waits for who may write into a pipe of that name."""
    number = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    mode = os.fstat(number).st_mode
    if stat.S_ISREG(mode):
        return number
    os.close(number)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    raise OSError(errno.EINVAL, "it is no ordinary file", path)


def _read(file: BinaryIO, info: str) -> bytes:
    data: Any = file.read(MAX_SOURCE_BYTES + 1)
    if not isinstance(data, (bytes, bytearray, memoryview)):
        raise TypeError(f"{info} gives {type(data).__name__}, not bytes: open it in binary mode")
    if len(data) > MAX_SOURCE_BYTES:
        raise ValueError(f"{info} is larger than a source may be, which is {MAX_SOURCE_BYTES:,} bytes")
    return bytes(data)


def _name_of(file: Any) -> str:
    name = getattr(file, "name", None)
    return name if isinstance(name, str) else told(file)
