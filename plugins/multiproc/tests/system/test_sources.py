"""Loaded sources on the engine: which processes run their code, and that large ones get there."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pytest

from plugins.multiproc.tests.system.conftest import NewSystem
from thespian_core.api.system import ActorSystem
from thespian_core.testing.contract import PATIENCE_S
from thespian_core.testing.sourcekit import program, zipped
from thespian_core.testing.steps import wait_until

TELLING = """
import os
from thespian.actors import ActorTypeDispatcher

with open({path!r}, "a") as file:
    print(os.getpid(), file=file)


class Telling(ActorTypeDispatcher):
    def receiveMsg_str(self, message, sender):
        self.send(sender, (os.getpid(), len(__loader__.get_data(__file__.replace("app.py", "large.bin")))))
"""


def loaded(system: ActorSystem, path: Path, large: str = "") -> Any:
    """Load a source that writes down which processes run its code, and return an actor of it."""
    data = zipped({"app.py": TELLING.format(path=str(path)), "large.bin": large})
    return system.createActor("app.Telling", sourceHash=system.loadActorSource(io.BytesIO(data)))


def test_only_the_processes_of_its_actors_run_the_code_of_a_source(
    new_system: NewSystem, tmp_path: Path
) -> None:
    system = new_system(Source_Authority="accept-all")
    actor = loaded(system, tmp_path / "pids")
    pid, _ = system.ask(actor, "who?", PATIENCE_S)
    assert pid != os.getpid()
    assert (tmp_path / "pids").read_text() == f"{pid}\n"


@pytest.mark.slow
@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
def test_sources_do_not_depend_on_how_processes_start(new_system: NewSystem, method: str) -> None:
    system = new_system(Source_Authority="accept-all", Process_Startup_Method=method)
    source = system.loadActorSource(io.BytesIO(program(4)))
    parent = system.createActor("app.actors.Teller", sourceHash=source)
    child = system.ask(parent, ("create_class",), PATIENCE_S)
    assert system.ask(child, ("version",), PATIENCE_S)[0] == 4


@pytest.mark.slow
def test_a_source_may_be_larger_than_any_message(new_system: NewSystem, tmp_path: Path) -> None:
    system = new_system(Source_Authority="accept-all", Max_Message_Bytes=1 << 20)
    large = os.urandom(8 << 20).hex()
    actor = loaded(system, tmp_path / "pids", large)
    assert system.ask(actor, "who?", PATIENCE_S)[1] == len(large)
    assert len(wait_until(system, lambda status: bool(status.loadedSources)).loadedSources) == 1
