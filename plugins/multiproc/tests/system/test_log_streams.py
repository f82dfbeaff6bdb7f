"""Live streams in logDefs: a system writes to those that it can have, and the program is told of others."""

from __future__ import annotations

import io
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from plugins.multiproc.tests.system import logging_actors
from plugins.multiproc.tests.system.conftest import shared_bases
from plugins.multiproc.tests.system.logging_actors import Chronicler
from plugins.multiproc.tests.system.logging_systems import PATIENCE_S, system_on, to_file
from thespian_core.api.system import ActorSystem
from tools.ports import free_port

HERE = logging_actors.__name__
ROOT = Path(__file__).parents[4]

pytestmark = pytest.mark.usefixtures("internal_log")


@pytest.mark.parametrize(
    "method",
    [
        "fork",
        pytest.param("forkserver", marks=pytest.mark.slow),
        pytest.param("spawn", marks=pytest.mark.slow),
    ],
)
def test_a_file_that_the_program_has_open_is_written_by_the_system(
    base_name: str, method: str, log_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with open(log_file, "w") as opened:
        log_defs = to_file(log_file)
        log_defs["handlers"]["file"] = {"class": "logging.StreamHandler", "stream": opened}
        with system_on(base_name, log_defs, method) as system:
            system.ask(system.createActor(Chronicler), ("log", logging.INFO, "hello"), PATIENCE_S)
    assert log_file.read_text().splitlines() == ["is made", "hello", "exits", "at exit"]
    assert caplog.messages == []


def test_a_test_runners_capture_has_what_the_actors_of_a_test_log(
    base_name: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    log_defs = to_file(Path("x"))
    log_defs["handlers"]["file"] = {"class": "logging.StreamHandler", "stream": sys.stdout}
    with system_on(base_name, log_defs) as system:
        system.ask(system.createActor(Chronicler), ("log", logging.INFO, "hello"), PATIENCE_S)
    assert capfd.readouterr().out.splitlines() == ["is made", "hello", "exits", "at exit"]
    assert caplog.messages == []


def test_by_default_warnings_go_to_a_standard_error_that_is_a_file(
    base_name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with system_on(base_name, None) as system:
        system.ask(system.createActor(Chronicler), ("log", logging.INFO, "hello"), PATIENCE_S)
    lines = capfd.readouterr().err.splitlines()
    assert [line.partition(" WARNING chronicle: ")[2] for line in lines] == ["is made", "exits", "at exit"]


def test_records_for_a_stream_in_memory_go_elsewhere_and_the_program_is_told_once(
    base_name: str, tmp_path: Path, internal_log: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stream = io.StringIO()
    log_defs = to_file(tmp_path / "x")
    log_defs["handlers"]["file"] = {"class": "logging.StreamHandler", "stream": stream}
    log_defs["handlers"]["more"] = {"class": "logging.StreamHandler", "stream": "ext://sys.__stderr__"}
    with system_on(base_name, log_defs) as system:
        system.ask(system.createActor(Chronicler), ("log", logging.INFO, "hello"), PATIENCE_S)
    (warning,) = caplog.messages
    assert warning.startswith("records for logDefs['handlers']['file']['stream'] (<_io.StringIO")
    if "go to the internal log" in warning:  # as standard error of the tests may be a file, or a pipe
        assert "hello" in internal_log.read_text()
    assert stream.getvalue() == ""


CAPTURED = f"""
import sys
from thespian.actors import ActorSystem
from {HERE} import Chronicler

if __name__ == "__main__":
    handlers = {{"out": {{"class": "logging.StreamHandler", "stream": sys.stdout}}}}
    log_defs = {{"version": 1, "handlers": handlers, "root": {{"handlers": ["out"], "level": "INFO"}}}}
    system = ActorSystem(sys.argv[1], {{"Admin Port": int(sys.argv[2])}}, log_defs)
    actor = system.createActor(Chronicler, globalName="chronicler")
    print(system.ask(actor, ("log", 20, "hello"), {PATIENCE_S}))
"""


@pytest.mark.slow
@pytest.mark.parametrize("base_name", shared_bases())
def test_a_program_whose_output_is_captured_ends_and_what_its_system_logs_is_found_elsewhere(
    base_name: str, tmp_path: Path, internal_log: Path
) -> None:
    port = free_port()
    program = tmp_path / "program.py"
    program.write_text(CAPTURED)
    ended = subprocess.run(
        [sys.executable, str(program), base_name, str(port)],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    system = ActorSystem(base_name, {"Admin Port": port}, transientUnique=True)
    try:
        actor = system.createActor("no.such.Thing", globalName="chronicler")
        assert system.ask(actor, ("log", logging.INFO, "after its end"), PATIENCE_S) == int(ended.stdout)
    finally:
        system.shutdown()
    (warning,) = ended.stderr.splitlines()
    assert warning.startswith("records for logDefs['handlers']['out']['stream'] (<_io.TextIOWrapper")
    assert "go to the internal log: " in warning
    lines = [line.partition(" Warn ")[2] for line in internal_log.read_text().splitlines()]
    assert lines == ["is made", "hello", "after its end", "exits", "at exit"]
