"""Making the service: which manager the machine has, and carrying out what that needs."""

from __future__ import annotations

import os
import shlex
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from thespian_director.errors import DirectorError
from thespian_director.packages.files import write_new, write_whole
from thespian_director.services import others, systemd
from thespian_director.services.service import NO_MANAGER, Service, Work

KEY_BYTES = 32  # as the engine makes them
COMMAND_LIMIT_S = 120

MANAGERS: Mapping[str, Callable[[Service], Work]] = {
    "systemd": systemd.work,
    "upstart": others.upstart,
    "sysv": others.system_v,
    "launchd": others.launchd,
    "windows": others.windows,
}


def manager_here() -> str:
    """Return the name of this machine's service manager.

    Raises:
        DirectorError: none is known here.
    """
    if os.name == "nt":
        return "windows"
    if sys.platform == "darwin":
        return "launchd"
    if "systemd" in _says("systemctl", "--version"):
        return "systemd"
    if "upstart" in _says("initctl", "version"):
        return "upstart"
    if os.path.isdir("/etc/init.d"):
        return "sysv"
    raise DirectorError(
        "no service manager is known here",
        "let yours run, as the user that the system is to have:  thespian director start wait",
        exit_status=NO_MANAGER,
    )


def described(work: Work) -> Iterator[str]:
    """Yield the lines that show what would be done."""
    for path, text in work.files.items():
        yield f"# {path}"
        yield text
    for command in work.before_key:
        yield f"$ {shlex.join(command)}"
    if work.key_file is not None:
        yield f"# {work.key_file}: a new key, mode 0640, unless there is one"
    for command in work.commands:
        yield f"$ {shlex.join(command)}"
    yield from (f"# {note}" for note in work.notes)


def check(work: Work) -> bool:
    """Have the manager itself look at what would be written; whether it could.

    Raises:
        DirectorError: it finds something wrong.
    """
    return work.unit is not None and systemd.verify(work.unit, work.files[work.unit])


def out_of_reach(service: Service) -> Iterator[str]:
    """Yield a sentence for each thing that the user of a service can hardly get at."""
    for path, what in ((service.python, "run"), (service.folder, "read")):
        for folder in reversed(Path(os.path.realpath(path)).parents):
            if folder.is_dir() and not folder.stat().st_mode & stat.S_IXOTH:
                yield f"{service.user} must {what} {path}, and {folder} is closed to others"
                break


def write(work: Work, root: Path) -> None:
    """Write the files below a folder.

    Raises:
        DirectorError: they cannot be written.
    """
    contents = {root / path.lstrip("/"): text.encode() for path, text in work.files.items()}
    try:
        for path in contents:
            path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as why:
        raise DirectorError(f"{why.filename} cannot be made: {why.strerror}", *_become_root()) from None
    try:
        write_whole(contents)
    except DirectorError as why:
        raise DirectorError(str(why), *_become_root()) from None


def carry_out(work: Work, operators: str, tell: Callable[[str], None]) -> None:
    """Do what is left when the files are written.

    Raises:
        DirectorError: a command fails; what was done before stays.
    """
    for command in work.before_key:
        _run(command, tell)
    if work.key_file is not None:
        _make_key(Path(work.key_file), operators)
    for command in work.commands:
        _run(command, tell)


def _make_key(path: Path, operators: str) -> None:
    try:
        path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        # Not readable for the group before it is the right one.
        write_new(path, os.urandom(KEY_BYTES), 0o600)
    except FileExistsError:
        return
    except OSError as why:
        raise DirectorError(f"{path.parent} cannot be made: {why.strerror}", *_become_root()) from None
    try:
        shutil.chown(path, group=operators)
        path.chmod(0o640)
    except (OSError, LookupError) as why:
        path.unlink()
        raise DirectorError(
            f"the key {path} cannot be given to the group {operators}: {why}",
            f"make the group, and do this again:  groupadd --system {operators}",
        ) from None


def _run(command: tuple[str, ...], tell: Callable[[str], None]) -> None:
    tell(f"$ {shlex.join(command)}")
    try:
        ran = _ran(command)
    except (OSError, subprocess.TimeoutExpired) as why:
        raise DirectorError(f"{shlex.join(command)} cannot be run: {why}", "the files are written") from None
    if ran.returncode != 0:
        said = (ran.stderr or ran.stdout).strip().splitlines() or ["without a word"]
        raise DirectorError(
            f"{shlex.join(command)} failed with status {ran.returncode}", *said, "the files are written"
        )


def _says(*command: str) -> str:
    try:
        ran = _ran(command)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ran.stdout if ran.returncode == 0 else ""


def _ran(command: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=COMMAND_LIMIT_S
    )


def _become_root() -> list[str]:
    may_be_root = not hasattr(os, "geteuid") or os.geteuid() == 0
    return [] if may_be_root else ["do this as root, or see what would be done:  --dry-run"]
