"""Fresh virtual environments, and the programs that run in them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import attrs

ECHO = """
from __future__ import annotations

from thespian.actors import Actor, ActorAddress, ActorSystem


class Echo(Actor):
    def receiveMessage(self, message: object, sender: ActorAddress) -> None:
        self.send(sender, message)


if __name__ == "__main__":
    system = ActorSystem("{base}", {capabilities})
    try:
        echo = system.createActor(Echo)
        print("answer:", system.ask(echo, "hello", 20))
    finally:
        system.shutdown()
"""


def echo_on(base: str, capabilities: dict[str, object] | None = None) -> str:
    """Return the text of a program that asks an actor on a base."""
    return ECHO.format(base=base, capabilities=capabilities or {})


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command in an environment that knows nothing of this checkout, and return what it printed."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if name not in {"PYTHONPATH", "VIRTUAL_ENV"} and not name.startswith("THESPIAN_")
    }
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=clean,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}"
    return done.stdout


@attrs.frozen
class Environment:
    """A fresh virtual environment, and a folder to run programs in."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "venv" / "bin" / "python"

    def install(self, *what: str | Path, cwd: Path | None = None) -> None:
        run(
            self.python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *what,
            cwd=cwd or self.folder,
        )  # fmt: skip

    def program(self, text: str) -> str:
        file = self.folder / "program.py"
        file.write_text(text)
        return run(self.python, file, cwd=self.folder)

    def command(self, *words: str) -> str:
        return run(self.python.with_name("thespian"), *words, cwd=self.folder)

    def distributions(self) -> set[str]:
        listed = run(self.python, "-m", "pip", "list", "--format=freeze", cwd=self.folder)
        return {line.split("==")[0] for line in listed.splitlines() if line.startswith("thespian")}


def new_environment(folder: Path) -> Environment:
    """Make an environment with pip and nothing else in it."""
    run(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    return Environment(folder)
