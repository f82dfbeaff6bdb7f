"""A director command and a source authority of somebody else's, from their wheels, beside the director."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.packaging.environments import Environment, new_environment, run

pytestmark = pytest.mark.slow

LISTED_IS_LOADED = """
import hashlib, io, logging, os, zipfile
from thespian.actors import ActorSystem, InvalidActorSourceHash
from thespian.director import DirectorControl

def source(text):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("echo.py", text + '''
from thespian.actors import ActorTypeDispatcher
class Echo(ActorTypeDispatcher):
    def receiveMsg_str(self, message, sender):
        self.send(sender, "echo " + message)
''')
    return file.getvalue()

listed, other = source(""), source("# not listed")
with open("allowed", "w") as file:
    print(hashlib.sha256(listed).hexdigest(), "echo.zip", file=file)
os.environ["SOURCE_ALLOW_LIST"] = os.path.abspath("allowed")
logging.disable(logging.CRITICAL)
system = ActorSystem("simpleSystemBase", {"Source Authority": "allow-list"}, logDefs=False)
for data in (listed, other):
    try:
        echo = system.createActor("echo.Echo", sourceHash=system.loadActorSource(io.BytesIO(data)))
        print(system.ask(echo, "hello", 10))
    except InvalidActorSourceHash:
        print("rejected")
system.shutdown()
os.mkdir("folder")
for name in ("a.tli", "a-1.tls"):
    open(os.path.join("folder", name), "w").close()
control = DirectorControl("folder")
print("cmd_sums" in dir(control), control.cmd_sums())
"""


@pytest.fixture(scope="module")
def stranger(tree: Path, wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment with the director, the simple base, and two examples, all from wheels."""
    folder = tmp_path_factory.mktemp("stranger")
    for example in ("director_commands", "source_authorities"):
        source = tree / "docs" / "examples" / example
        run(
            sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", folder / "dist", source,
            cwd=folder,
        )  # fmt: skip
    environment = new_environment(folder)
    environment.install(
        "--find-links", wheels, "--find-links", folder / "dist",
        "thespian-core[simple,director]", "thespian-example-sums", "thespian-example-allow-list",
    )  # fmt: skip
    return environment


def test_nothing_else_of_thespians_is_there(stranger: Environment) -> None:
    assert stranger.distributions() == {
        *("thespian-core", "thespian-simple", "thespian-director"),
        *("thespian-example-sums", "thespian-example-allow-list"),
    }


def test_the_command_is_in_the_help_and_in_the_completion(stranger: Environment) -> None:
    assert re.search("^  sums +Print the SHA-256 of each package", stranger.command("director", "help"), re.M)
    assert "Usage: thespian director sums" in stranger.command("director", "help", "sums")
    words = "_THESPIAN_COMPLETE=bash_complete", "COMP_WORDS=thespian director su", "COMP_CWORD=2"
    completed = run("env", *words, stranger.python.with_name("thespian"), cwd=stranger.folder)
    assert completed == "plain,sums\n"


def test_a_program_has_the_command_as_a_method_and_the_authority_decides(stranger: Environment) -> None:
    printed = stranger.program(LISTED_IS_LOADED).splitlines()
    assert printed[:2] == ["echo hello", "rejected"]
    digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"  # of nothing
    assert printed[2:] == [f"{digest}  {stranger.folder / 'folder' / 'a-1.tls'}", "True 0"]


def test_what_they_provide_is_listed(stranger: Environment) -> None:
    listed = stranger.command("plugins")
    for provided in ("director command sums", "source authority allow-list", "source authority director"):
        assert provided in listed
