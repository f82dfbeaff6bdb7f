"""Whole programs, as people write them, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

IN_MAIN = """
from thespian.actors import *

class Question:
    def __init__(self, text):
        self.text = text

class Oracle(Actor):
    def receiveMessage(self, message, sender):
        if isinstance(message, Question):
            self.send(sender, message.text.upper())

if __name__ == "__main__":
    system = ActorSystem("simpleSystemBase", logDefs=False)
    print(system.ask(system.createActor(Oracle), Question("hello"), 5))
    print(system.ask(system.createActor("__main__.Oracle"), Question("by name"), 5))
    system.shutdown()
"""

NEVER_SHUT_DOWN = """
from thespian.actors import *

class Echo(Actor):
    def receiveMessage(self, message, sender):
        self.send(sender, message)

print(ActorSystem().ask(ActorSystem().createActor(Echo), "left running", 5))
"""

FAILING = """
import logging
from thespian.actors import *

class Failing(Actor):
    def receiveMessage(self, message, sender):
        if isinstance(message, str):
            raise ValueError("as was asked")

system = ActorSystem()
print(type(system.ask(system.createActor(Failing), "hello", 5)).__name__)
system.shutdown()
"""


def run(folder: Path, program: str) -> subprocess.CompletedProcess[str]:
    """Run a program from a file."""
    file = folder / "program.py"
    file.write_text(program)
    return subprocess.run([sys.executable, str(file)], capture_output=True, text=True, timeout=60)


def test_actors_and_messages_may_be_defined_in_the_main_script(tmp_path: Path) -> None:
    result = run(tmp_path, IN_MAIN)
    assert (result.stdout, result.stderr) == ("HELLO\nBY NAME\n", "")


def test_a_program_that_never_shuts_its_system_down_ends(tmp_path: Path) -> None:
    result = run(tmp_path, NEVER_SHUT_DOWN)
    assert (result.returncode, result.stdout, result.stderr) == (0, "left running\n", "")


def test_by_default_a_failure_is_told_on_stderr_with_its_traceback(tmp_path: Path) -> None:
    result = run(tmp_path, FAILING)
    assert result.stdout == "PoisonMessage\n"
    assert "WARNING" in result.stderr
    assert result.stderr.count("Traceback") == 1
    assert "ValueError: as was asked" in result.stderr


@pytest.mark.parametrize("base", ["simpleSystemBase", "multiprocTCPBase"])
def test_a_typo_in_the_name_of_a_base_is_answered_with_the_right_one(tmp_path: Path, base: str) -> None:
    result = run(tmp_path, f"from thespian.actors import *\nActorSystem('{base[:-1]}')\n")
    assert result.returncode == 1
    assert f"no system base named '{base[:-1]}' is installed" in result.stderr
    assert "thespian plugins" in result.stderr
