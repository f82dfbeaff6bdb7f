"""Actors and messages that a program defines itself, and code that changes while the system runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from plugins.tcp.tests.system.families import asys, base_name, free_port, place, port
from plugins.tcp.tests.system.mortals import Mortal
from plugins.tcp.tests.system.programs import PATIENCE_S, environment, run
from thespian_core.api.system import ActorSystem
from thespian_core.testing.doer import do

__all__ = ["asys", "base_name", "place", "port"]

IN_MAIN = """
class Question:
    def __init__(self, text):
        self.text = text

class Oracle(Actor):
    def receiveMessage(self, message, sender):
        if isinstance(message, Question):
            self.send(sender, Question(message.text.upper()))

class Asker(Actor):
    def receiveMessage(self, message, sender):
        if message == "ask":
            self.asker = sender
            self.send(self.createActor(Oracle), Question("through a child"))
        elif isinstance(message, Question):
            self.send(self.asker, message)

if __name__ == "__main__":
    system = ActorSystem(BASE, {"Admin Port": PORT})
    try:
        for answer in (
            system.ask(system.createActor(Oracle), Question("hello"), 20),
            system.ask(system.createActor("__main__.Oracle"), Question("by name"), 20),
            system.ask(system.createActor(Asker), "ask", 20),
        ):
            assert type(answer) is Question
            print(answer.text)
    finally:
        system.shutdown()
"""


CAPABLE = """
class Colour:
    pass

if __name__ == "__main__":
    ActorSystem(BASE, {"Admin Port": PORT, "Colour": Colour(), "Size": 5})
"""

JOINS = """
if __name__ == "__main__":
    system = ActorSystem(BASE, {"Admin Port": PORT})
    try:
        print(system.capabilities["Size"], type(system.capabilities["Colour"]).__name__)
        mortal = system.createActor(Mortal)
        about = system.ask(mortal, Thespian_StatusReq(), 20)
        whole = system.ask(about.adminAddress, Thespian_StatusReq(), 20)
        print(whole.capabilities["Size"])
    finally:
        system.shutdown()
"""


def test_a_program_that_lacks_the_class_of_a_capability_joins_all_the_same(
    tmp_path: Path, base_name: str, port: int
) -> None:
    started = run(tmp_path, CAPABLE, base_name, port)
    assert (started.returncode, started.stderr) == (0, "")
    joined = run(tmp_path, JOINS, base_name, port, name="joins.py")
    assert (joined.stdout, joined.stderr) == ("5 Opaque\n5\n", "")


READS_ARGUMENTS = """
import sys

greeting = sys.argv[-1]

class Greeter(Actor):
    def receiveMessage(self, message, sender):
        if message == "greet":
            self.send(sender, greeting)

if __name__ == "__main__":
    system = ActorSystem(BASE, {"Admin Port": PORT})
    try:
        print(system.ask(system.createActor(Greeter), "greet", 20))
    finally:
        system.shutdown()
"""


def test_a_main_script_may_read_its_arguments_at_the_outermost_level(
    tmp_path: Path, base_name: str, port: int
) -> None:
    result = run(tmp_path, READS_ARGUMENTS, base_name, port, "hello")
    assert (result.stdout, result.stderr) == ("hello\n", "")


@pytest.mark.slow
def test_actors_and_messages_may_be_defined_in_the_main_script(
    tmp_path: Path, base_name: str, port: int
) -> None:
    result = run(tmp_path, IN_MAIN, base_name, port)
    assert (result.stdout, result.stderr) == ("HELLO\nBY NAME\nTHROUGH A CHILD\n", "")


@pytest.mark.slow
def test_a_class_of_a_program_without_a_file_is_refused_with_the_reason(
    place: Path, base_name: str, port: int
) -> None:
    text = (
        "from thespian.actors import *\n"
        "class A(Actor): pass\n"
        f"system = ActorSystem({base_name!r}, {{'Admin Port': {port}}})\n"
        "try:\n"
        "    system.createActor(A)\n"
        "except InvalidActorSpecification as why:\n"
        "    print(why)\n"
        "finally:\n"
        "    system.shutdown()\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, timeout=PATIENCE_S, env=environment()
    )
    assert result.stderr == ""
    assert "put it in a file" in result.stdout


@pytest.mark.slow
def test_a_main_script_without_a_guard_is_told_to_have_one(tmp_path: Path, base_name: str, port: int) -> None:
    text = (
        "class A(Actor): pass\n"
        "system = ActorSystem(BASE, {'Admin Port': PORT})\n"
        "try:\n"
        "    system.createActor(A)\n"
        "finally:\n"
        "    system.shutdown()\n"
    )
    result = run(tmp_path, text, base_name, port)
    assert result.returncode == 1
    assert 'if __name__ == "__main__":' in result.stderr


@pytest.mark.slow
def test_two_programs_may_have_classes_of_one_name_in_one_system(
    asys: ActorSystem, tmp_path: Path, base_name: str, port: int
) -> None:
    text = (
        "class Same(Actor):\n"
        "    def receiveMessage(self, message, sender):\n"
        "        if message == 'who?': self.send(sender, 'NAME')\n"
        "if __name__ == '__main__':\n"
        "    system = ActorSystem(BASE, {'Admin Port': PORT})\n"
        "    print(system.ask(system.createActor(Same), 'who?', 20))\n"
    )
    told = [
        run(tmp_path, text.replace("NAME", name), base_name, port, name=f"{name}.py").stdout
        for name in ("first", "second")
    ]
    assert told == ["first\n", "second\n"]


def test_the_code_that_runs_is_the_code_on_disk_now(
    asys: ActorSystem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    file = tmp_path / "changes_often.py"
    answers = []
    for number in range(4):
        file.write_text(
            f"from thespian.actors import Actor\n"
            f"class Changing(Actor):\n"
            f"    def receiveMessage(self, message, sender):\n"
            f"        if message == 'which?': self.send(sender, {number})\n"
        )
        answers.append(asys.ask(asys.createActor("changes_often.Changing"), "which?", PATIENCE_S))
    assert answers == [0, 1, 2, 3]


def test_what_one_actor_had_to_compile_the_next_one_finds(
    asys: ActorSystem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    tmp_path.joinpath("just_written.py").write_text(  # so no compiled copy of it is believed
        "from thespian.actors import Actor\n"
        "from thespian_multiproc.runtime import sourcefiles\n"
        "found = len(sourcefiles._kept)\n"
        "class Telling(Actor):\n"
        "    def receiveMessage(self, message, sender):\n"
        "        if message == 'how many?': self.send(sender, found)\n"
    )
    first, second, third = (
        asys.ask(asys.createActor("just_written.Telling"), "how many?", PATIENCE_S) for _ in range(3)
    )
    assert first < second == third


def test_a_module_that_fails_to_be_imported_says_why_and_may_be_mended(
    asys: ActorSystem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    file = tmp_path / "first_wrong.py"
    file.write_text("import no_such_module_at_all\n")
    with pytest.raises(ImportError, match="no_such_module_at_all"):
        asys.createActor("first_wrong.Right")
    file.write_text("from plugins.tcp.tests.system.mortals import Mortal as Right\n")
    assert asys.ask(asys.createActor("first_wrong.Right"), do("where"), PATIENCE_S)


@pytest.mark.slow
@pytest.mark.parametrize("preloaded", [True, False])
def test_modules_that_are_to_be_preloaded_are_found_loaded_by_every_actor(
    base_name: str, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, preloaded: bool
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    imported = tmp_path / "imported"
    tmp_path.joinpath("heavy.py").write_text(
        f"import os\nwith open({str(imported)!r}, 'a') as file:\n    file.write(f'{{os.getpid()}}\\n')\n"
    )
    tmp_path.joinpath("needs_heavy.py").write_text(
        "import heavy\nfrom plugins.tcp.tests.system.mortals import Mortal as Needing\n"
    )
    capabilities = {"Admin Port": free_port(), **({"Preload Modules": ["heavy"]} if preloaded else {})}
    system = ActorSystem(base_name, capabilities, transientUnique=True)
    try:
        for _ in range(3):
            system.createActor("needs_heavy.Needing")
    finally:
        system.shutdown()
    assert len(set(imported.read_text().split())) == (1 if preloaded else 3)


@pytest.mark.slow
def test_a_module_to_preload_that_fails_is_no_reason_not_to_start(base_name: str, port: int) -> None:
    capabilities = {"Admin Port": port, "Preload Modules": ["no_such_module_at_all"]}
    system = ActorSystem(base_name, capabilities, transientUnique=True)
    try:
        assert system.ask(system.createActor(Mortal), do("where"), PATIENCE_S)
    finally:
        system.shutdown()
