"""A system starts, works and ends though its starter lacks what programs usually have."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from plugins.tcp.tests.system.families import Family, base_name, listens, place, port
from plugins.tcp.tests.system.programs import PATIENCE_S, command, environment, run
from thespian_core.api.system import ActorSystem

__all__ = ["base_name", "place", "port"]

pytestmark = pytest.mark.slow

WORKS = """
if __name__ == "__main__":
    {before}
    system = ActorSystem(BASE, {{"Admin Port": PORT}})
    try:
        actor = system.createActor(Mourner)
        child = system.ask(actor, do("mourn", Mortal), 20)
        assert system.ask(child, do("where"), 20)[0] > 0
        {during}
        system.tell(child, ActorExitRequest())
        assert system.listen(20) == ("exited", child)
    finally:
        system.shutdown()
    with open({result!r}, "w") as file:
        file.write("worked")
"""


def works(tmp_path: Path, before: str = "pass", during: str = "pass") -> str:
    return WORKS.format(before=before, during=during, result=str(tmp_path / "result"))


def has_worked(tmp_path: Path, port: int) -> bool:
    return tmp_path.joinpath("result").read_text() == "worked" and not listens(port)


@pytest.mark.parametrize("closed", ["<&- >&- 2>&-", "<&-", ">&-", "2>&-", ">&- 2>&-"])
def test_without_standard_streams(
    tmp_path: Path, place: Path, base_name: str, port: int, closed: str
) -> None:
    program = command(tmp_path, works(tmp_path), base_name, port)
    subprocess.run(
        ["sh", "-c", f'"$@" {closed}', "sh", *program], env=environment(), timeout=PATIENCE_S, check=True
    )
    assert has_worked(tmp_path, port)


def test_in_a_folder_that_was_removed(tmp_path: Path, place: Path, base_name: str, port: int) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    before = f"os.chdir({str(gone)!r}); os.rmdir({str(gone)!r})"
    assert run(tmp_path, works(tmp_path, before), base_name, port).stderr == ""
    assert has_worked(tmp_path, port)


@pytest.mark.parametrize(
    "before",
    [
        "import signal; signal.signal(signal.SIGCHLD, signal.SIG_IGN)",
        "import signal; signal.pthread_sigmask(signal.SIG_SETMASK, signal.valid_signals())",
        "os.umask(0o777)",
        "import threading; threading.stack_size(1 << 18)",
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))",
        "import resource; resource.setrlimit(resource.RLIMIT_CORE, (0, 0))",
        "for n in range(1100): os.dup(0)",
    ],
)
def test_with_odd_settings(tmp_path: Path, place: Path, base_name: str, port: int, before: str) -> None:
    assert run(tmp_path, works(tmp_path, before), base_name, port).stderr == ""
    assert has_worked(tmp_path, port)


def test_from_a_thread_that_is_not_the_main_one(
    tmp_path: Path, place: Path, base_name: str, port: int
) -> None:
    text = (
        works(tmp_path)
        .replace("if __name__ ==", "def main():\n  if __name__ ==")
        .replace("\n    ", "\n      ")
    )
    text += "\nif __name__ == '__main__':\n    import threading\n    threading.Thread(target=main).start()\n"
    assert run(tmp_path, text, base_name, port).stderr == ""
    assert has_worked(tmp_path, port)


def test_an_admin_whose_starter_held_all_signals_back_can_still_be_terminated(
    tmp_path: Path, place: Path, base_name: str, port: int
) -> None:
    hold = "import signal; signal.pthread_sigmask(signal.SIG_SETMASK, signal.valid_signals())"
    text = "if __name__ == '__main__':\n    " + hold + "; ActorSystem(BASE, {'Admin Port': PORT})\n"
    assert run(tmp_path, text, base_name, port).stderr == ""
    system = ActorSystem(base_name, {"Admin Port": port}, transientUnique=True)
    try:
        family = Family.of(system)
        with family.watched() as watched:
            os.kill(family.admin, signal.SIGTERM)
            watched.all_end()
    finally:
        system.shutdown()
    assert not listens(port)
