"""The internal log: a small file for what must not go through logging itself.

Three environment variables steer it; one that does not parse counts as not set:

===================== ============================== ========================================
variable              default                        meaning
===================== ============================== ========================================
THESPLOG_FILE         thespian.log in the temporary  where it is; ``.old`` is added when full
                      folder
THESPLOG_FILE_MAXSIZE 51200                          bytes; below 10240 nothing is written
THESPLOG_THRESHOLD    WARNING                        the lowest level that is written
===================== ============================== ========================================
"""

from __future__ import annotations

import logging
import os
import time

SMALLEST_BYTES = 10_240  # a smaller limit turns the log off: the documented switch
DEFAULT_BYTES = 51_200

_TAGS = {logging.DEBUG: "dbg", logging.INFO: "I", logging.WARNING: "Warn", logging.ERROR: "ERR"}


def thesplog(msg: str, *args: object, level: int = logging.INFO, primary: bool = False) -> None:
    """Write one line to the internal log. Never raises.

    Args:
        msg: a %-format.
        args: what it is filled with.
        level: as in :mod:`logging`.
        primary: accepted for existing callers; every line goes to the one file.
    """
    try:
        if level < _threshold():
            return
        limit_bytes = _limit_bytes()
        if limit_bytes < SMALLEST_BYTES:
            return
        text = msg % args if args else msg
        tag = _TAGS.get(level, "CRIT" if level > logging.ERROR else str(level))
        path = internal_log_file()
        now = time.time()
        at = f"{time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(now))}.{int(now % 1 * 1_000_000):06}"
        line = f"{at} p{os.getpid()} {tag:4} {text}\n"
        _append(path, line.encode("utf-8", "backslashreplace"), limit_bytes)
    except Exception:  # a log that cannot be written must not hurt whoever writes to it
        return


def internal_log_file() -> str:
    """Return where the internal log is, or will be."""
    return os.environ.get("THESPLOG_FILE") or os.path.join(_temporary_folder(), "thespian.log")


def _append(path: str, line: bytes, limit_bytes: int) -> None:
    if os.path.exists(path) and os.path.getsize(path) + len(line) > limit_bytes:
        os.replace(path, path + ".old")
    # The folder may be writable by all: a link put there must not lead the writing elsewhere.
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
    number = os.open(path, flags, 0o600)
    try:
        os.write(number, line)
    finally:
        os.close(number)


def _temporary_folder() -> str:
    """Return what ``tempfile.gettempdir`` does, which is much to import for a log that is seldom written."""
    if os.name == "nt":
        import tempfile

        return tempfile.gettempdir()
    named = (os.environ.get(name) for name in ("TMPDIR", "TEMP", "TMP"))
    for folder in (*named, "/tmp", "/var/tmp", "/usr/tmp"):
        if folder and os.path.isdir(folder) and os.access(folder, os.W_OK | os.X_OK):
            return os.path.abspath(folder)
    return os.getcwd()


def _threshold() -> int:
    level = getattr(logging, os.environ.get("THESPLOG_THRESHOLD", "").upper(), None)
    return level if isinstance(level, int) else logging.WARNING


def _limit_bytes() -> int:
    try:
        return int(os.environ["THESPLOG_FILE_MAXSIZE"])
    except (KeyError, ValueError):
        return DEFAULT_BYTES
