"""The secret that proves who belongs to a user's actor systems: 32 random bytes in a file of the user's.

Whoever can read it can send messages to the user's actors, and so run code as that user.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import stat
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from thespian_core.errors import ActorSystemStartupFailure
from thespian_multiproc.runtime.whynot import cure_of

KEY_BYTES = 32  # as long as what it is mixed into, SHA-256
MAX_FILE_BYTES = 65_536  # our choice: a file that is larger is not meant to be a key

_WRITTEN_WITHIN_S = 0.5  # our choice: 32 bytes that another process is just writing

_HAS_MODES = os.name == "posix"


def read_or_make_key() -> bytes:
    """Return the user's key: 32 bytes, made on first use.

    ``THESPIAN_KEY_FILE`` names another file, which must exist. Of a file with more than 32 bytes the key is
    the SHA-256 of all of them.

    Raises:
        ActorSystemStartupFailure: it can be neither read nor made, or somebody else could know or change it;
            nothing was changed.
    """
    path = _named_path()
    if path is not None:
        key = _read(path, is_named=True)
        if key is None:
            _fail(
                f"there is no key file {path}, though THESPIAN_KEY_FILE names it",
                f"make it with: {_how_to_make(path)}",
                "or unset THESPIAN_KEY_FILE to use a key of your own, which is made on first use",
            )
        return key
    path = _own_path()
    key = _read(path, is_named=False)
    if key is None:
        _make(path)
        key = _read(path, is_named=False)
    if key is None:
        _fail(f"the key file {path} is a link to a file that does not exist", "remove it")
    return key


def key_file() -> str:
    """Return where the key is, or will be.

    Raises:
        ActorSystemStartupFailure: that is not known, since the user has no home.
    """
    return str(_named_path() or _own_path())


def state_folder() -> str:
    """Return the folder of the user's own key, which need not exist; empty when the user has no home."""
    try:
        return str(_own_path().parent)
    except ActorSystemStartupFailure:
        return ""


def _named_path() -> Path | None:
    named = os.environ.get("THESPIAN_KEY_FILE")
    return Path(os.path.abspath(os.path.expanduser(named))) if named else None


def _own_path() -> Path:
    from platformdirs import user_state_path  # only who starts or joins a system needs it

    try:
        folder = user_state_path("thespian", appauthor=False)
    except RuntimeError:  # how platformdirs says that the user has no home; its first versions do not
        folder = Path("~")
    if not folder.is_absolute():
        _fail(
            "there is no folder for the key: the user's home folder is not known",
            "set HOME (or XDG_STATE_HOME) to an absolute folder, or THESPIAN_KEY_FILE to a key file",
        )
    return folder / "key"


def _read(path: Path, is_named: bool) -> bytes | None:
    """Return the key in a file; None when there is no such file."""
    until = time.monotonic() + _WRITTEN_WITHIN_S
    while True:
        data = _checked_content(path, is_named)
        if data is None or len(data) >= KEY_BYTES:
            break
        # Where there are no hard links, another process may have made the file, but not yet written it.
        if is_named or time.monotonic() > until:
            _fail(
                f"the key file {path} is too short: {len(data)} bytes, not {KEY_BYTES} or more",
                _instead(path, is_named),
            )
        time.sleep(0.01)
    return hashlib.sha256(data).digest() if data is not None and len(data) > KEY_BYTES else data


def _checked_content(path: Path, is_named: bool) -> bytes | None:
    try:
        # Not to be kept waiting by a pipe that bears the name.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        return None
    except OSError as why:
        _fail(f"the key file {path} cannot be opened: {why.strerror}", *_to_reach(path, is_named, why))
    try:
        _check(os.fstat(descriptor), path, is_named)
        data = os.read(descriptor, MAX_FILE_BYTES + 1)  # an ordinary file gives all that it has
    except OSError as why:
        _fail(f"the key file {path} cannot be read: {why.strerror}", *_to_reach(path, is_named, why))
    finally:
        os.close(descriptor)
    if len(data) > MAX_FILE_BYTES:
        _fail(
            f"the key file {path} is too long to be meant as a key: over {MAX_FILE_BYTES} bytes",
            _instead(path, is_named),
        )
    return data


def _check(status: os.stat_result, path: Path, is_named: bool) -> None:
    if not stat.S_ISREG(status.st_mode):
        what = "a folder" if stat.S_ISDIR(status.st_mode) else "no ordinary file"
        # What stands in the place of a named key may be of use to somebody.
        _fail(
            f"the key file {path} is {what}", _elsewhere(is_named) if is_named else _instead(path, is_named)
        )
    if not _HAS_MODES:
        return
    mode = stat.S_IMODE(status.st_mode)
    # A key that is shared by name may be read by a group: a daemon's user, and who operates it.
    if mode & (0o027 if is_named else 0o077):
        who = "others than its owner and its group's readers" if is_named else "others than you"
        _fail(
            f"the key file {path} can be used by {who} (mode {mode:04o}), so its key may be known to them",
            f"if nobody did: chmod {'640' if is_named else '600'} {shlex.quote(str(path))}",
            f"if somebody may have: {_instead(path, is_named)}",
        )
    if not is_named and status.st_uid != os.geteuid():
        _fail(
            f"the key file {path} belongs to another user (uid {status.st_uid}), who knows the key",
            "set HOME to your own home folder, or THESPIAN_KEY_FILE to a key file",
        )


def _make(path: Path) -> None:
    """Write a new key where there is none; when another process is quicker, its key stays."""
    temporary: str | None = None
    try:
        _make_folder(path.parent)
        descriptor, temporary = tempfile.mkstemp(prefix=".key-", dir=path.parent)  # its mode is 0600
        key = os.urandom(KEY_BYTES)
        _write(descriptor, key)
        with suppress(FileExistsError):
            try:
                os.link(temporary, path)
            except FileExistsError:
                raise
            except (OSError, NotImplementedError, AttributeError):  # a file system without hard links
                _create(path, key)
    except OSError as why:
        _fail(
            f"the key file {path} cannot be made: {why.strerror} ({why.filename or path.parent})",
            cure_of(why) or f"make room, or let yourself write to {path.parent}",
            _elsewhere(is_named=False),
        )
    finally:
        if temporary is not None:
            with suppress(OSError):
                os.unlink(temporary)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except FileNotFoundError:  # Path.mkdir would make the folders around it as open as the umask allows
        if folder.parent == folder:
            raise
        _make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def _create(path: Path, key: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags, 0o600)
    try:
        _write(descriptor, key)
    except OSError:
        os.unlink(path)
        raise


def _write(descriptor: int, key: bytes) -> None:
    with open(descriptor, "wb", buffering=0) as file:
        file.write(key)
        os.fsync(descriptor)


def _instead(path: Path, is_named: bool) -> str:
    if is_named:
        return f"make another one with: {_how_to_make(path)}"
    return "remove it, and a new key is made; systems that run now must then be started again"


def _elsewhere(is_named: bool) -> str:
    if is_named:
        return "name another file in THESPIAN_KEY_FILE, or unset it to use a key of your own"
    return "or set XDG_STATE_HOME to another folder, or THESPIAN_KEY_FILE to a key file"


def _to_reach(path: Path, is_named: bool, why: OSError) -> tuple[str, ...]:
    """Return what helps when a file cannot be opened or read, which need not be the file's fault."""
    cure = cure_of(why)
    if cure:
        return (cure,)
    if os.path.lexists(path):
        return f"let yourself read it: chmod u+r {shlex.quote(str(path))}", f"or {_instead(path, is_named)}"
    around = next((folder for folder in path.parents if os.path.lexists(folder)), path.parent)
    if around.is_dir():
        return f"let yourself into {around}", _elsewhere(is_named)
    return f"{around} is no folder", _elsewhere(is_named)


def _how_to_make(path: Path) -> str:
    if _HAS_MODES:
        return f"(umask 077; head -c {KEY_BYTES} /dev/urandom > {shlex.quote(str(path))})"
    code = f"import os; open({str(path)!r}, 'wb').write(os.urandom({KEY_BYTES}))"
    return f'{sys.executable} -c "{code}"'


def _fail(text: str, *mending: str) -> NoReturn:
    raise ActorSystemStartupFailure("\n  ".join([text, *mending])) from None
