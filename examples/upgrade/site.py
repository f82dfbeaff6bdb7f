"""A director's folder of its own, and the commands that an operator gives there."""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from thespian.director import DirectorControl

APPLICATIONS = Path(__file__).parent / "applications"


class CommandFailed(Exception):
    """A command of the Director failed; the text is what it said."""


class Site:
    """Where an operator works.

    Args:
        work: an empty folder, for the director's folder, keys and logs.
        tell: called with each line of what is typed and printed.

    Attributes:
        control: for what runs.
    """

    def __init__(self, work: Path, tell: Callable[[str], None]) -> None:
        self._work = work
        self._tell = tell
        self._folder = work / "director"
        self._folder.mkdir()
        self._setting("adminport", str(_free_port()))
        self._setting("thesplogd", str(work))
        self._environ = {**os.environ, "THESPIAN_DIRECTOR_DIR": str(self._folder)}
        self.control = DirectorControl(self._folder)

    def director(self, *words: str) -> str:
        """Give a command in a process of its own, as from a shell; return what it printed.

        Raises:
            CommandFailed: its status is not 0.
        """
        shown = shlex.join(words).replace(f"{self._folder}/", "").replace(f"{APPLICATIONS}/", "")
        self._tell(f"$ thespian director {shown}")
        ran = subprocess.run(
            [sys.executable, "-m", "thespian.director", *words],
            cwd=self._work,
            env=self._environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if ran.returncode != 0:
            raise CommandFailed(f"thespian director {shown}: {ran.stderr.strip()}")
        for line in ran.stdout.splitlines():
            self._tell(line.replace(f"{self._folder}/", "").replace(f"{self._work}/", ""))
        return ran.stdout

    def make_key(self) -> None:
        """Make a key, and let the system accept what it signs."""
        self.director("keygen", "key.pem")
        (self._work / "key_tls.key").rename(self._folder / "key_tls.key")

    def pack(self, group: str, sources: str, version: int, *more: str) -> Path:
        """Make a signed package; return its path."""
        words = (
            group,
            "key.pem",
            str(APPLICATIONS / sources),
            f"version:{version}",
            *more,
            f"{group}/**/*.py",
        )
        self.director("gensrc", *words)
        return self._folder / f"{group}-{version}.tls"

    @staticmethod
    def libraries(sources: str) -> Path:
        """Return the file that names what is packed with an application."""
        return APPLICATIONS / sources / "libraries.txt"

    def unload(self, source_hash: str) -> None:
        """Unload a source from this very process: requests wait meanwhile, and shall not wait for a shell.

        Raises:
            CommandFailed: its status is not 0.
        """
        self._tell(f"$ thespian director unload {source_hash}")
        if self.control("unload", source_hash) != 0:
            raise CommandFailed(f"{source_hash} was not unloaded")

    def active(self, group: str) -> str:
        """Return the hash of a group's active version."""
        answer = self.control.ask_wait({"DirectorOp": "RetrieveAll", "Group": group}, "AllAddresses")
        assert answer is not None
        active: str = answer["Groups"][group]["ActiveHash"]
        return active

    def close(self) -> None:
        """End the system."""
        if self.control.is_up:
            self.control.asys.shutdown()
        self.control.forget_ended()

    def _setting(self, name: str, value: str) -> None:
        (self._folder / f"{name}.cfg").write_text(value)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
