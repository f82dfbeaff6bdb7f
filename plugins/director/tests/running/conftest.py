"""Systems that a DirectorControl starts, and sources for them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from thespian.actors import ActorAddress, ActorSystem
from thespian_core.testing.sourcekit import zipped
from thespian_director.control import DirectorControl
from tools.ports import free_port

PATIENCE_S = 60  # a deadline that only a failing test waits for

ACTORS = '''
"""Says which version it is of, and what it was told; does as it is bid."""

import app as here
from thespian.actors import Actor, ActorExitRequest


class Main(Actor):
    told = ()

    def receiveMessage(self, message, sender):
        if message == "which":
            self.send(sender, (here.VERSION, self.told))
        elif message == "die":
            raise SystemExit
        elif isinstance(message, tuple):
            self.told += message


class Other(Main):
    pass


class Fails(Actor):
    def __init__(self):
        raise KeyError("no such thing")


class ShortLived(Actor):
    def receiveMessage(self, message, sender):
        if not isinstance(message, ActorExitRequest):
            raise SystemExit
'''


@attrs.frozen
class Site:
    """A director's folder, and a control for its system.

    Attributes:
        folder: the director's folder.
        control: for it.
    """

    folder: Path
    control: DirectorControl

    @property
    def asys(self) -> ActorSystem:
        """The system, which is started."""
        return self.control.asys

    def source(self, version: int, **more: str) -> str:
        """Write a source; return its path."""
        files = {"app/__init__.py": f"VERSION = {version}\n", "app/actors.py": ACTORS}
        path = self.folder / f"app-{version}.zip"
        path.write_bytes(zipped({**files, **{f"app/{name}.py": text for name, text in more.items()}}))
        return str(path)

    def ask(self, op: str, response: str, **fields: Any) -> dict[str, Any]:
        """Ask the Director; return its answer."""
        answer = self.control.ask_wait({"DirectorOp": op, **fields}, response, PATIENCE_S)
        assert answer is not None
        return answer

    def define(self, auto_unload: Any = False, **actors: Any) -> None:
        """Define the group ``app``, of actors ``app.actors.NAME``."""
        named = {f"app.actors.{name}": stages for name, stages in actors.items()}
        fields = {"Group": "app", "Actors": named, "AutoUnload": auto_unload}
        assert self.ask("DefineGroup", "DeclaredGroup", **fields)["Success"]

    def load(self, path: str) -> dict[str, Any]:
        """Load a source as the group ``app``; return what became of it."""
        request = {"DirectorOp": "LoadSource", "Group": "app", "Source": path, "Report": True}
        with self.control.talk() as talk:
            assert talk.ask(request, "SourceLoading", PATIENCE_S)
            outcome = talk.wait("SourceLoaded", PATIENCE_S)
        assert outcome is not None
        return outcome

    def group(self) -> dict[str, Any]:
        """Return what the Director tells of the group ``app``."""
        found: dict[str, Any] = self.ask("RetrieveAll", "AllAddresses")["Groups"]["app"]
        return found

    def main(self) -> ActorAddress:
        """Return the active actor of the role ``main``."""
        found = self.control.get_role_address("main", group="app")
        assert found is not None
        address = found["ActorAddress"]
        assert isinstance(address, ActorAddress)
        return address

    def which(self, actor: ActorAddress) -> Any:
        """Ask an actor which version it is of, and what it was told."""
        with self.asys.private() as mine:
            return mine.ask(actor, "which", PATIENCE_S)

    def wait_for_change(self, until: Any) -> dict[str, Any]:
        """Return what the Director tells of the group, as soon as something is true of it."""
        deadline = time.monotonic() + PATIENCE_S
        with self.control.talk() as talk:
            while time.monotonic() < deadline:
                # Of one connection, so that they arrive in this order; the note may come before the answer.
                talk.ask({"DirectorOp": "RequestNotification"}, "nothing", 0)
                answer = talk.ask({"DirectorOp": "RetrieveAll"}, "AllAddresses", PATIENCE_S)
                assert answer is not None
                group: dict[str, Any] = answer["Groups"]["app"]
                if until(group):
                    return group
                talk.wait("NotificationOfUpdate", 1)
        raise AssertionError("the group did not become what it must be")


@pytest.fixture(params=["simpleSystemBase", pytest.param("multiprocTCPBase", marks=pytest.mark.slow)])
def base_name(request: pytest.FixtureRequest) -> str:
    """A base of one process, and one of many."""
    name: str = request.param
    return name


@pytest.fixture
def site(base_name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A folder whose system accepts every source; the system is started when it is needed, and ended."""
    folder = tmp_path / "director"
    folder.mkdir()
    monkeypatch.setenv("THESPIAN_DIRECTOR_DIR", str(folder))
    for name, text in {
        "thespbase": base_name,
        "adminport": str(free_port()),
        "othercaps": "{'Source Authority': 'accept-all'}",
        "thesplogd": str(tmp_path),
    }.items():
        (folder / f"{name}.cfg").write_text(text)
    site = Site(folder, DirectorControl())
    try:
        yield site
    finally:
        if site.control.is_up:
            site.asys.shutdown()


@attrs.frozen
class Shop:
    """A director's folder with a key, whose system accepts what that has signed.

    Attributes:
        folder: the director's folder.
        control: for it.
        key: the private key.
        sources: the folder that packages are made from.
        environ: for programs that work in the folder.
    """

    folder: Path
    control: DirectorControl
    key: Path
    sources: Path
    environ: dict[str, str]

    def package(
        self, version: int, group: str = "app", tli: dict[str, Any] | None = None, **more: str
    ) -> Path:
        """Make a package, and write the group's TLI file; return the package's path."""
        files = {"__init__": f"VERSION = {version}\n", "actors": ACTORS, **more}
        for name, text in files.items():
            (self.sources / group / f"{name}.py").parent.mkdir(exist_ok=True)
            (self.sources / group / f"{name}.py").write_text(text.replace("import app", f"import {group}"))
        roles = {"OnLoad": {"Role": "main", "Message": ("load",)}}
        written = {"Actors": {f"{group}.actors.Main": roles}} if tli is None else tli
        (self.sources / f"{group}.tli").write_text(repr(written))
        words = (group, self.key, self.sources, f"version:{version}", f"{group}/*.py")
        assert self.control("gensrc", *words) == 0
        return self.folder / f"{group}-{version}.tls"

    def tli(self, written: dict[str, Any], group: str = "app") -> None:
        """Write a TLI file that gensrc has not seen."""
        (self.folder / f"{group}.tli").write_text(repr(written))

    def loaded(self, group: str = "app") -> dict[str, Any]:
        """Return what the Director tells of a group."""
        answer = self.control.ask_wait({"DirectorOp": "RetrieveAll"}, "AllAddresses", PATIENCE_S)
        assert answer is not None
        found: dict[str, Any] = answer["Groups"][group]
        return found

    def version(self, group: str = "app") -> int:
        """Ask the active main actor of a group for its version."""
        found = self.control.get_role_address("main", group=group)
        assert found is not None
        with self.control.asys.private() as mine:
            version: int = mine.ask(found["ActorAddress"], "which", PATIENCE_S)[0]
            return version

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """Begin a command in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "thespian.director", *words],
            cwd=self.folder.parent,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str) -> tuple[int, str, str]:
        """Run a command in a process of its own; return its status, output and errors."""
        with self.begin(*words) as process:
            out, err = process.communicate(timeout=PATIENCE_S)
        assert "Traceback" not in err
        return process.returncode, out, err


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """A folder with a key; its system is started when it is needed, and ended."""
    folder, sources = tmp_path / "director", tmp_path / "sources"
    folder.mkdir()
    sources.mkdir()
    monkeypatch.setenv("THESPIAN_DIRECTOR_DIR", str(folder))
    for name, text in {"adminport": str(free_port()), "thesplogd": str(tmp_path)}.items():
        (folder / f"{name}.cfg").write_text(text)
    control = DirectorControl()
    assert control("keygen", tmp_path / "key.pem") == 0
    (tmp_path / "key_tls.key").rename(folder / "key_tls.key")
    shop = Shop(folder, control, tmp_path / "key.pem", sources, dict(os.environ))
    try:
        yield shop
    finally:
        if control.is_up:
            control.asys.shutdown()
        control.forget_ended()
