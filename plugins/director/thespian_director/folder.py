"""The director's folder: packages, public keys, and settings, each in a file of its own.

A setting is a file whose whole text is one value, so that a program can write it anew without knowing the
others. ``SETTINGS`` lists them.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from thespian_director.errors import DirectorError
from thespian_director.literals import MAX_TEXT_BYTES, BadLiteral, decoded, read_literal
from thespian_director.trusted import check_folder, read_trusted

FOLDER_VARIABLE = "THESPIAN_DIRECTOR_DIR"
DEFAULT_BASE = "multiprocTCPBase"
DEFAULT_PORT = 1900
DEFAULT_INTERNAL_LOG_BYTES = 51_200
MAX_PORT = 65_535  # ports are 16 bits
LOG_FILE_BYTES, LOG_FILES_KEPT = 5_000_000, 3  # as the original's default logs had it

#: What each setting says, and in brackets what holds without it.
SETTINGS = {
    "thespbase": f"the system base ({DEFAULT_BASE})",
    "oldthespbase": "a base whose system shutdown ends as well (none)",
    "adminport": f"the Admin Port ({DEFAULT_PORT})",
    "convleader": "the convention's leader, as host[:port] (none)",
    "othercaps": "more capabilities: a Python dictionary ({})",
    "thesplog": "the system's logging: a Python dictionary for logging.config, in which logdir is the folder "
    "of logs (thespian.log and thespian_debug.log)",
    "thesplogd": "the folder of logs (the first that can be written of /var/log, the current folder, "
    "/var/tmp, /tmp)",
    "thesplogf": "the internal log (thespian_system.log in the folder)",
    "thesplogs": f"how large that may get, in bytes ({DEFAULT_INTERNAL_LOG_BYTES})",
    "weakkeys": "names of files with RSA keys of 1024 bits that may be used all the same, one in a line "
    "(none)",
}


def default_folder() -> Path:
    """Return the folder that THESPIAN_DIRECTOR_DIR names, or the one that is meant when it is not set."""
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        return Path(os.path.abspath(os.path.expanduser(named)))
    return Path("C:\\thespian\\director" if os.name == "nt" else "/opt/thespian/director")


class DirectorFolder:
    """The director's folder. Everything is read when it is asked for, each time anew.

    Args:
        path: where it is; None for what THESPIAN_DIRECTOR_DIR says.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        self.path = default_folder() if path is None else Path(os.path.abspath(os.path.expanduser(path)))

    def check(self) -> None:
        """Refuse a folder that does not exist, or in which others can put files.

        Raises:
            DirectorError: there is none, or they can.
        """
        try:
            check_folder(self.path, "the director's folder")
        except FileNotFoundError:
            raise DirectorError(
                f"the director's folder {self.path} does not exist",
                f"make it:  mkdir -p {self.path}",
                f"or name another one in {FOLDER_VARIABLE}",
            ) from None

    def read(self, path: Path, what: str, limit_bytes: int) -> bytes:
        """Read a file of the folder that nobody else can have written.

        Raises:
            FileNotFoundError: there is no such file.
            DirectorError: it cannot be read, or others can write it or put files into the folder.
        """
        self.check()
        return read_trusted(path, what, limit_bytes, folder_owner=self.path.stat().st_uid)

    def setting(self, name: str) -> str | None:
        """Return a setting's text without the blanks around it; None when it has no file, or an empty one.

        Raises:
            DirectorError: it cannot be read, or others can write it.
        """
        return (self._whole_text(name) or "").strip() or None

    @property
    def base_name(self) -> str:
        """The system base."""
        return self.setting("thespbase") or DEFAULT_BASE

    @property
    def old_base_name(self) -> str | None:
        """A base whose system is to be ended as well."""
        return self.setting("oldthespbase")

    @property
    def admin_port(self) -> int:
        """The Admin Port."""
        return self._number("adminport", DEFAULT_PORT, 1, MAX_PORT)

    @property
    def convention_leader(self) -> str | None:
        """The leader of the convention, as ``host[:port]``."""
        return self.setting("convleader")

    @property
    def other_capabilities(self) -> dict[str, Any]:
        """More capabilities of the system."""
        return self._dictionary("othercaps") or {}

    @property
    def log_folder(self) -> str:
        """The folder of logs."""
        named = self.setting("thesplogd")
        if named:
            return named
        candidates = (r"C:\Windows\temp", "/var/log", os.getcwd(), "/var/tmp", "/tmp")
        usable = (one for one in candidates if os.path.isdir(one) and os.access(one, os.W_OK | os.X_OK))
        return next(usable, os.getcwd())

    @property
    def log_definitions(self) -> dict[str, Any]:
        """The logging of the system, for ``ActorSystem(logDefs=...)``; names of files are made absolute."""
        log_folder = self.log_folder
        found = self._dictionary("thesplog", {"logdir": log_folder})
        if found is None:
            return _default_logs(log_folder)
        handlers = found.get("handlers")  # whether they are any is for the system to say
        for handler in handlers.values() if isinstance(handlers, dict) else ():
            if isinstance(handler, dict) and isinstance(handler.get("filename"), str):
                handler["filename"] = os.path.join(log_folder, handler["filename"])
        return found

    @property
    def internal_log(self) -> tuple[str, int]:
        """The file of the internal log, and how large it may get, in bytes."""
        path = self.setting("thesplogf") or str(self.path / "thespian_system.log")
        return path, self._number("thesplogs", DEFAULT_INTERNAL_LOG_BYTES, 0, 1 << 40)

    @property
    def weak_keys(self) -> frozenset[str]:
        """The names of key files that may be weaker than is usual."""
        return frozenset((self.setting("weakkeys") or "").split())

    def _whole_text(self, name: str) -> str | None:
        path = self.path / f"{name}.cfg"
        if not os.path.lexists(path):
            return None
        try:
            data = self.read(path, "the setting", MAX_TEXT_BYTES)
        except FileNotFoundError:  # gone meanwhile, or a link to nothing
            return None
        return decoded(data, str(path))

    def _number(self, name: str, default: int, lowest: int, highest: int) -> int:
        text = self.setting(name)
        if text is None:
            return default
        if not (text.isascii() and text.isdecimal() and lowest <= int(text[:20]) <= highest):
            raise DirectorError(
                f"{self.path / name}.cfg holds {text[:40]!r}, which is no number from {lowest} to {highest}",
                f"write one into it, or remove it for {default}",
            )
        return int(text)

    def _dictionary(self, name: str, names: dict[str, Any] | None = None) -> dict[str, Any] | None:
        text = self._whole_text(name) or ""
        if not text.strip():
            return None
        where = str(self.path / f"{name}.cfg")
        value = read_literal(text, where, names)
        if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
            raise BadLiteral(
                f"{where} holds no dictionary whose keys are texts", "write one, such as {'Worker': True}"
            )
        return value


def _default_logs(folder: str) -> dict[str, Any]:
    handlers = {
        name: {
            "class": "logging.handlers.RotatingFileHandler",
            "filename": os.path.join(folder, f"{name}.log"),
            "maxBytes": LOG_FILE_BYTES,
            "backupCount": LOG_FILES_KEPT,
            "level": level,
            "formatter": "usual",
            "filters": ["actor-address"],
        }
        for name, level in (("thespian", "INFO"), ("thespian_debug", "DEBUG"))
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"actor-address": {"()": "thespian.director.ActorAddressLogFilter"}},
        "formatters": {
            "usual": {
                "format": "%(asctime)s p%(process)d %(levelname)-7s %(name)s %(actorAddress)s %(message)s"
            }
        },
        "handlers": handlers,
        "root": {"level": "DEBUG", "handlers": list(handlers)},
    }
