"""A session with the Director: types the commands of an operator, and shows what they print."""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

ACTORS = """
import greeting
from thespian.actors import ActorTypeDispatcher


class Greeter(ActorTypeDispatcher):
    def receiveMsg_str(self, name, sender):
        self.send(sender, f"hello {name}, from version {greeting.VERSION}")
"""
TLI = """
{"Actors": {"greeting.actors.Greeter": {
    "OnLoad": {"Role": "greeter", "Message": "begin"},
    "OnDeactivate": {"Message": "rest"},
    "OnReactivate": {"Message": "go on"}}}}
"""
PROGRAM = """
from thespian.director import DirectorControl

control = DirectorControl()
greeter = control.get_role_address("greeter")["ActorAddress"]
print(control.asys.ask(greeter, "you", 10))
"""


class Session:
    """Types into a shell in a folder of its own.

    Args:
        work: the folder; the director's folder is one in it.
    """

    def __init__(self, work: Path) -> None:
        self.work = work
        (work / "director").mkdir()
        self.environ = {**os.environ, "THESPIAN_DIRECTOR_DIR": str(work / "director"), "COLUMNS": "100"}
        self.hashes: list[str] = []

    def write(self, name: str, text: str) -> None:
        """Write a file, unseen."""
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip())

    def director(self, *words: str, shown: str | None = None) -> None:
        """Type a command of the Director; in ``shown``, {} is the hash that stands in the words."""
        typed = " ".join(shlex.quote(word) for word in words)
        print(f"$ thespian director {shown or typed}")
        self._run("-m", "thespian.director", *words)

    def program(self, name: str) -> None:
        """Run a program of the operator's."""
        print(f"$ python {name}")
        self._run(name)

    def newest_hash(self) -> str:
        """Return the hash that was printed last."""
        return self.hashes[-1]

    def _run(self, *words: str) -> None:
        ran = subprocess.run(
            [sys.executable, *words],
            cwd=self.work,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        print(self._told(ran.stdout), end="")
        if ran.returncode:
            print(f"(exit status {ran.returncode})")
        print()

    def _told(self, text: str) -> str:
        """Replace what is another one in every run: folders, hashes, addresses, times."""
        text = text.replace(str(self.work), "/srv")
        for found in re.findall(r"\b[0-9a-f]{32}\b", text):
            if found not in self.hashes:
                self.hashes.append(found)
        for number, known in enumerate(self.hashes, 1):
            text = text.replace(known, f"<hash {number}>")
        text = re.sub(r"ActorAddr-\([^)]*\)", "<address>", text)
        text = re.sub(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d", "2030-01-31 04:05:06", text)
        return re.sub(r"(Port:? ?|:)\d{4,5}\b", r"\g<1>1900", text)


def free_port() -> int:
    """Return a port that nobody has."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def main(work: Path) -> None:
    """Do what an operator does in the life of an application."""
    session = Session(work)
    session.write("director/adminport.cfg", str(free_port()))
    session.write("director/thesplogd.cfg", str(work))
    session.write("sources/greeting/__init__.py", "VERSION = 1\n")
    session.write("sources/greeting/actors.py", ACTORS)
    session.write("sources/greeting.tli", TLI)
    session.write("ask.py", PROGRAM)
    director = session.director
    try:
        director("config")
        director("keygen", "key.pem")
        print("$ mv key_tls.key director/\n")
        (work / "key_tls.key").rename(work / "director/key_tls.key")
        director("gensrc", "greeting", "key.pem", "sources", "version:1.0", "greeting/*.py")
        director("tlsinfo", "greeting-1.0.tls")
        director("tlsinfo", "greeting-1.0.tls", "contents")
        director("avail")
        director("list")
        director("start")
        director("list")
        session.program("ask.py")
        print("$ echo 'VERSION = 2' > sources/greeting/__init__.py")
        session.write("sources/greeting/__init__.py", "VERSION = 2\n")
        director("gensrc", "greeting", "key.pem", "sources", "version:1.1", "greeting/*.py")
        director("verbose", "refresh")
        director("list")
        session.program("ask.py")
        director("unload", session.newest_hash(), shown="unload <hash 2>")
        session.program("ask.py")
        director("load", "greeting-1.1.tls")
        director("verbose", "refresh")
        director("unload", "nothing")
    finally:
        director("shutdown")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        main(Path(name))
