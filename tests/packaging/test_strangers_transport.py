"""A transport of somebody else's: from its wheel, among nothing but the core and the engine."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.packaging.environments import Environment, echo_on, new_environment, run
from thespian_core.testing import SystemBaseContract

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the example uses abstract names, which Linux has"),
]

BASE = "multiprocUnixBase"
GROUPS = {
    group.__name__: sorted(name for name in vars(group) if name.startswith("test_"))
    for group in SystemBaseContract.__mro__
    if any(name.startswith("test_") for name in vars(group))
}


@pytest.fixture(scope="module")
def stranger(tree: Path, wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment with the example's distribution and what pip brings with it, and its tests beside."""
    folder = tmp_path_factory.mktemp("stranger")
    source = tree / "examples" / "thespian_unix"
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder / "dist", source, cwd=folder)
    environment = new_environment(folder)
    environment.install("--find-links", wheels, "--find-links", folder / "dist", "thespian-unix")
    environment.install("--find-links", wheels, "thespian-core[testing]")  # pytest, for the contracts
    shutil.copytree(source / "tests", folder / "tests")
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    return environment


def last_line_of(stranger: Environment, *tests: str) -> str:
    """Run tests as the example's author does; return the last line that pytest prints, when all is well."""
    words = ("-m", "pytest", "-q", "-p", "no:cacheprovider", *tests)
    return run(stranger.python, *words, cwd=stranger.folder).splitlines()[-1]


def test_nothing_else_of_thespians_is_there(stranger: Environment) -> None:
    assert stranger.distributions() == {"thespian-core", "thespian-multiproc", "thespian-unix"}


def test_a_program_runs_on_it(stranger: Environment) -> None:
    assert stranger.program(echo_on(BASE, {"Admin Port": 20_000})) == "answer: hello\n"


def test_the_plugins_command_lists_base_and_transport(stranger: Environment) -> None:
    (line,) = [line for line in stranger.command("plugins").splitlines() if line.startswith("unix ")]
    assert {"thespian-unix", "1.0", "ok"} <= set(line.split())
    assert f"system base {BASE}, transport unix" in line


def test_it_keeps_the_contract_of_transports(stranger: Environment) -> None:
    assert " passed" in last_line_of(stranger, "tests/transport")


def test_whole_systems_run_on_it_and_leave_nothing(stranger: Environment) -> None:
    assert " passed" in last_line_of(stranger, "tests/system/test_processes.py")


# In groups, since the whole takes longer than one test may.
@pytest.mark.parametrize("group", GROUPS)
def test_it_keeps_the_contract_of_system_bases(stranger: Environment, group: str) -> None:
    contract = "tests/system/test_base.py::TestMultiprocUnixBase"
    last = last_line_of(stranger, *(f"{contract}::{test}" for test in GROUPS[group]))
    assert " passed" in last
    assert "skipped" not in last, "it promises everything"
