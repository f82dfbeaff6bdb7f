"""What a stranger gets: wheels that install into an empty environment, and work there."""

from __future__ import annotations

import socket
import sys
import zipfile
from pathlib import Path

import pytest

from tests.packaging.environments import Environment, echo_on, new_environment, run

pytestmark = pytest.mark.slow

ASKS_FOR = """
from thespian.actors import ActorSystem

try:
    ActorSystem({base})
except Exception as problem:
    print(f"{{type(problem).__name__}}: {{problem}}")
"""


@pytest.fixture(scope="module", params=["from wheels", "from the source tree"])
def with_simple(
    request: pytest.FixtureRequest, tree: Path, wheels: Path, tmp_path_factory: pytest.TempPathFactory
) -> Environment:
    """An environment with the core and the simple base."""
    environment = new_environment(tmp_path_factory.mktemp("with-simple"))
    if request.param == "from wheels":
        environment.install("--find-links", wheels, "thespian-core[simple]")
    else:
        environment.install(".", "./plugins/simple", cwd=tree)
    return environment


@pytest.fixture(scope="module", params=["from wheels", "from the source tree"])
def with_tcp(
    request: pytest.FixtureRequest, tree: Path, wheels: Path, tmp_path_factory: pytest.TempPathFactory
) -> Environment:
    """An environment with the core and the TCP base."""
    environment = new_environment(tmp_path_factory.mktemp("with-tcp"))
    if request.param == "from wheels":
        environment.install("--find-links", wheels, "thespian-core[tcp]")
    else:
        environment.install(".", "./plugins/multiproc", "./plugins/tcp", cwd=tree)
    return environment


@pytest.fixture(scope="module")
def core_alone(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment with the core and no base."""
    environment = new_environment(tmp_path_factory.mktemp("core-alone"))
    environment.install("--find-links", wheels, "thespian-core")
    return environment


def test_a_program_runs_on_the_simple_base(with_simple: Environment) -> None:
    assert "answer: hello\n" in with_simple.program(echo_on("simpleSystemBase"))


def test_nothing_is_installed_that_was_not_asked_for(with_simple: Environment) -> None:
    assert with_simple.distributions() == {"thespian-core", "thespian-simple"}


def test_a_program_runs_on_the_tcp_base(with_tcp: Environment) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    said = with_tcp.program(echo_on("multiprocTCPBase", {"Admin Port": port}))
    assert said == "answer: hello\n"


def test_a_program_runs_on_the_queue_base_which_brings_its_engine_and_no_other(
    wheels: Path, tmp_path: Path
) -> None:
    environment = new_environment(tmp_path)
    environment.install("--find-links", wheels, "thespian-core[queue]")
    assert environment.program(echo_on("multiprocQueueBase")) == "answer: hello\n"
    assert environment.distributions() == {"thespian-core", "thespian-multiproc", "thespian-queue"}


def test_the_tcp_base_brings_its_engine_and_no_other_base(with_tcp: Environment) -> None:
    assert with_tcp.distributions() == {"thespian-core", "thespian-multiproc", "thespian-tcp"}


def test_the_plugins_command_lists_the_tcp_base_and_its_transport(with_tcp: Environment) -> None:
    (line,) = [line for line in with_tcp.command("plugins").splitlines() if line.startswith("tcp ")]
    assert {"thespian-tcp", "0.1.0", "ok"} <= set(line.split())
    assert "system base multiprocTCPBase, transport T" in line


def test_a_base_that_is_not_installed_is_answered_with_what_to_install(with_simple: Environment) -> None:
    assert with_simple.program(ASKS_FOR.format(base="'multiprocTCPBase'")).splitlines() == [
        "PluginNotFound: no system base named 'multiprocTCPBase' is installed",
        "  installed: simpleSystemBase (thespian-simple 0.1.0)",
        "  it comes with thespian-tcp:  pip install thespian-tcp",
        "  all plugins:  thespian plugins",
    ]


def test_the_plugins_command_lists_what_is_installed(with_simple: Environment) -> None:
    lines = with_simple.command("plugins").splitlines()
    for plugin, distribution in [("core", "thespian-core"), ("simple", "thespian-simple")]:
        assert any({plugin, distribution, "0.1.0", "ok"} <= set(line.split()) for line in lines), lines


def test_a_users_program_passes_strict_type_checking(with_simple: Environment) -> None:
    file = with_simple.folder / "typed.py"
    file.write_text(echo_on("simpleSystemBase"))
    printed = run(
        sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir=cache",
        "--python-executable", with_simple.python, file,
        cwd=with_simple.folder,
    )  # fmt: skip
    assert "Success: no issues found in 1 source file" in printed


def test_the_core_alone_says_how_to_get_the_default_base(core_alone: Environment) -> None:
    said = core_alone.program(ASKS_FOR.format(base="")).splitlines()
    assert said[0] == "PluginNotFound: no system base named 'simpleSystemBase' is installed"
    assert "  it comes with thespian-simple:  pip install thespian-simple" in said
    assert core_alone.distributions() == {"thespian-core"}


def test_every_wheel_carries_its_licence_and_its_type_marker(wheels: Path) -> None:
    built = sorted(wheels.glob("*.whl"))
    assert built
    for wheel in built:
        names = zipfile.ZipFile(wheel).namelist()
        packages = {name.split("/")[0] for name in names if name.endswith(".py")}
        assert [name for name in names if name.endswith("/licenses/LICENSE")], wheel.name
        for package in packages:
            assert f"{package}/py.typed" in names, wheel.name


def test_a_wheel_holds_no_tests_and_no_second_owner_of_a_package(wheels: Path) -> None:
    owner: dict[str, str] = {}
    for wheel in sorted(wheels.glob("*.whl")):
        tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
        packages = {top for top in tops if not top.endswith(".dist-info")}
        assert all(package.startswith("thespian") for package in packages), packages
        for package in packages:
            assert owner.setdefault(package, wheel.name) == wheel.name
