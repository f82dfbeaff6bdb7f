"""Measures signed packages: making, verifying and loading one of 1,000 files, and the first import from one.

``python -m benchmarks.packages`` prints medians of several rounds, in which all take turns. Machines are
noisy: read the ratios.
"""

from __future__ import annotations

import importlib
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import Any

from thespian.actors import ActorSystem
from thespian.director import DirectorControl
from thespian_core.sources.importing import mount, unmount
from thespian_core.sources.reading import source_hash
from thespian_director.packages.reading import verify_with

FILES, IMPORTED = 1_000, 100
ROUNDS = 7
ANSWER_S = 60
BODY = '''"""One module of many."""

import os


class Thing{number}:
    """Does something."""

    def method(self, argument):
        """Return what it is given, and more."""
        return [os.path.join(str(argument), str(each)) for each in range({number})]
''' + "".join(f"\n\ndef function_{n}(one, other=None):\n    return (one, other, {n})\n" for n in range(20))
ACTOR = """
from thespian.actors import ActorTypeDispatcher

class Echo(ActorTypeDispatcher):
    def receiveMsg_str(self, message, sender):
        self.send(sender, message)
"""
FROM_DISK = f"""
import importlib, sys, time
sys.path.insert(0, sys.argv[1])
begun = time.perf_counter()
for number in range({IMPORTED}):
    importlib.import_module(f"big.m{{number}}")
print(time.perf_counter() - begun)
"""

GENSRC = "gensrc: collect, compile as a check, pack, sign, write"
COMPILE = "of that, only compiling all files"
VERIFY = "verify: read keys, check the signature, check the archive"
LOAD = "load into a TCP system, create an actor of it, first answer"
DIRECTOR_LOAD = "DirectorControl.cmd_load of the same, until its actor works"
CREATE = "create an actor of the same class from disk, first answer"
IMPORT_SOURCE = f"first import of {IMPORTED} modules from the loaded source"
IMPORT_DISK = "the same from disk, nothing compiled yet"
IMPORT_CACHED = "the same from disk, with .pyc files"
FIGURES = (GENSRC, COMPILE, VERIFY, LOAD, DIRECTOR_LOAD, CREATE, IMPORT_SOURCE, IMPORT_DISK, IMPORT_CACHED)


def main() -> None:
    """Measure, and print."""
    with tempfile.TemporaryDirectory() as name:
        folder, root = Path(name, "director"), Path(name, "sources")
        folder.mkdir()
        write_program(root)
        control, key = DirectorControl(folder), Path(name, "key.pem")
        with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
            control.cmd_keygen(key)
            (key.with_name("key_tls.key")).rename(folder / "key_tls.key")
            figures = measure(control, key, root)
        size = (folder / "big.tls").stat().st_size
    print(f"{FILES:,} files of {len(BODY):,} bytes; the package: {size:,} bytes; medians of {ROUNDS} rounds")
    middle = {what: statistics.median(times) for what, times in figures.items()}
    for what, times in figures.items():
        print(f"  {what:<62} {middle[what] * 1000:8.1f} ms  (from {min(times) * 1000:.1f})")
    source = middle[IMPORT_SOURCE]
    print(f"  import from a source: {source / middle[IMPORT_DISK]:.2f} x that from disk,", end=" ")
    print(f"{source / middle[IMPORT_CACHED]:.2f} x that from disk with .pyc files")


def measure(control: DirectorControl, key: Path, root: Path) -> dict[str, list[float]]:
    """Take turns; return the seconds that each figure took in each round."""
    figures: dict[str, list[float]] = {what: [] for what in FIGURES}
    package = control.folder.path / "big.tls"
    sys.path.append(str(root))  # where the system's actors find the program on disk
    os.environ["THESPIAN_DIRECTOR_DIR"] = control.sources_dir
    with socket.create_server(("127.0.0.1", 0)) as probe:
        capabilities: dict[str, Any] = {"Admin Port": probe.getsockname()[1], "Source Authority": "director"}
    system = ActorSystem("multiprocTCPBase", capabilities, logDefs=False, transientUnique=True)
    operator = DirectorControl(control.folder.path, admin_port=capabilities["Admin Port"])
    try:
        for _ in range(ROUNDS):
            figures[GENSRC].append(timed(lambda: control.cmd_gensrc("big", key, root, "**/*.py")))
            figures[COMPILE].append(timed(lambda: compile_all(root)))
            figures[VERIFY].append(timed(lambda: verify_with(control.folder, package.read_bytes())))
            figures[LOAD].append(timed(lambda: answer(system, system.loadActorSource(str(package)))))
            system.unloadActorSource(source_hash(package.read_bytes()))
            figures[DIRECTOR_LOAD].append(timed(lambda: loaded_by(operator)))
            operator.cmd_unload(source_hash(package.read_bytes()))
            figures[CREATE].append(timed(lambda: answer(system, None)))
            figures[IMPORT_SOURCE].append(import_from(control, package))
            forget_compiled(root)
            figures[IMPORT_DISK].append(import_from_disk(root))
            figures[IMPORT_CACHED].append(import_from_disk(root))
            forget_compiled(root)
    finally:
        system.shutdown()
        operator.forget_ended()
    return figures


def write_program(root: Path) -> None:
    """Write the files."""
    (root / "big").mkdir(parents=True)
    (root / "big" / "__init__.py").write_text("")
    (root / "big" / "act.py").write_text(ACTOR)
    (root / "big.tli").write_text('{"Actors": {"big.act.Echo": {"OnLoad": {"Role": "echo"}}}}')
    for number in range(FILES - 2):
        (root / "big" / f"m{number}.py").write_text(BODY.replace("{number}", str(number)))


def timed(action: Callable[[], object]) -> float:
    """Return the seconds that an action takes."""
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


def compile_all(root: Path) -> None:
    """Compile every file, and nothing else."""
    for file in (root / "big").glob("*.py"):
        compile(file.read_bytes(), str(file), "exec", dont_inherit=True)


def answer(system: ActorSystem, source: str | None) -> None:
    """Create an actor, and wait for its first answer."""
    echo = system.createActor("big.act.Echo", sourceHash=source)
    assert system.ask(echo, "hello", ANSWER_S) == "hello"


def loaded_by(operator: DirectorControl) -> None:
    """Load the package as an operator does."""
    assert operator.cmd_load("big") == 0


def import_from(control: DirectorControl, package: Path) -> float:
    """Return the seconds that the first imports from a package take, once it is verified and mounted."""
    data = package.read_bytes()
    source = mount(source_hash(data), verify_with(control.folder, data).zip)
    try:
        return timed(
            lambda: [importlib.import_module(f"{source.prefix}big.m{number}") for number in range(IMPORTED)]
        )
    finally:
        unmount(source)


def import_from_disk(root: Path) -> float:
    """Return the seconds that the first imports take in a fresh process."""
    environ = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-c", FROM_DISK, str(root)]
    return float(subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout)


def forget_compiled(root: Path) -> None:
    """Remove the .pyc files."""
    with suppress(FileNotFoundError):
        for file in (root / "big" / "__pycache__").iterdir():
            file.unlink()


if __name__ == "__main__":
    main()
