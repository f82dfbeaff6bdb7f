"""An operator who asks for what is not there is told so, and how to mend it; nothing is started."""

from __future__ import annotations

import os
from pathlib import Path
from textwrap import dedent

import attrs
import pytest

from plugins.operator.tests.conftest import Command, Town, shared_bases
from plugins.operator.tests.strangers import a_stranger
from thespian_core.hooks.records import SystemBaseSpec
from thespian_core.hooks.registry import default_registry
from tools.ports import free_port

COMMANDS = ("status", "top", "stop")
every_command = pytest.mark.parametrize("name", COMMANDS)


@every_command
def test_where_nothing_listens_no_system_is_started(thespian: Command, base_name: str, name: str) -> None:
    port = free_port()
    said = thespian.fails(name, "--base", base_name, "--port", port)
    assert said == (
        f"Error: no system runs at 127.0.0.1:{port} ({base_name})\n"
        "  start one there, or name the port of another: --port\n"
    )
    assert thespian.fails(name, "--port", port).startswith(f"Error: no system runs at 127.0.0.1:{port} (")


@pytest.mark.parametrize("option", [("status", "--interval"), ("top", "--interval"), ("stop", "--timeout")])
def test_a_time_that_is_no_number_is_refused(thespian: Command, option: tuple[str, str]) -> None:
    assert "nan is no number of seconds" in thespian.fails(*option, "nan", status=2)


@pytest.mark.slow
@every_command
def test_a_program_that_says_nothing_is_no_system(thespian: Command, name: str) -> None:
    port = free_port()
    with a_stranger(port, b""):
        said = thespian.fails(name, "--base", "multiprocTCPBase", "--port", port)
    assert said.startswith(
        f"Error: what listens at 127.0.0.1:{port} does not answer: "
        "it is another program, or a system that was stopped\n"
        "  see whose it is:  ss -ltunp; "  # a system's port is one of UDP on some bases
    )


@pytest.mark.slow
@every_command
def test_a_program_that_says_something_else_is_no_system(thespian: Command, name: str) -> None:
    port = free_port()
    with a_stranger(port, b"HTTP/1.1 400 Bad Request\r\n\r\n" * 9):
        said = thespian.fails(name, "--base", "multiprocTCPBase", "--port", port)
    assert said.startswith(f"Error: what listens at 127.0.0.1:{port} ")
    assert len(said.splitlines()) == 2


@every_command
def test_a_system_with_another_key_stays_closed(town: Town, name: str, tmp_path: Path) -> None:
    key = tmp_path / "other.key"
    key.write_bytes(os.urandom(32))
    key.chmod(0o600)
    stranger = attrs.evolve(town.thespian, environ={"THESPIAN_KEY_FILE": str(key)})
    said = stranger.fails(name)
    assert said.startswith(f"Error: what listens at 127.0.0.1:{town.port} does not let you in: ")
    assert "name its key in THESPIAN_KEY_FILE" in said
    assert len(said.splitlines()) == 2
    assert len(town.thespian.json("status")["actors"]) == 1


@every_command
def test_a_key_file_that_is_not_there_is_told(thespian: Command, name: str) -> None:
    without = attrs.evolve(thespian, environ={"THESPIAN_KEY_FILE": "/not/there.key"})
    assert without.fails(name, "--port", free_port()).startswith("Error: there is no key file /not/there.key")


@every_command
def test_a_base_that_is_not_installed_is_told_with_those_that_are(thespian: Command, name: str) -> None:
    said = thespian.fails(name, "--base", "pigeonBase")
    assert said.startswith("Error: no system base named 'pigeonBase' is installed\n  installed: ")


@every_command
def test_a_base_without_processes_cannot_be_looked_at(thespian: Command, name: str) -> None:
    said = thespian.fails(name, "--base", "simpleSystemBase")
    assert said.startswith("Error: a system on simpleSystemBase lives and ends with its program")


@pytest.mark.parametrize("name", [*COMMANDS, "doctor"])
@pytest.mark.parametrize("port", ["0", "-1", "65536", "many", "1900.5", ""])
def test_a_port_that_is_none_is_told(thespian: Command, name: str, port: str) -> None:
    said = thespian.fails(name, "--port", port, status=2)
    assert "Error: Invalid value for '--port'" in said


@every_command
def test_an_address_that_is_not_this_machines_is_told(thespian: Command, name: str) -> None:
    elsewhere = attrs.evolve(thespian, environ={"THESPIAN_BASE_IPADDR": "not an address"})
    said = elsewhere.fails(name)
    assert said.startswith("Error: no place of a system on ")
    assert "'not an address'" in said


def test_where_no_base_of_many_processes_is_installed_that_is_told(thespian: Command) -> None:
    registry = default_registry()
    origins = [registry.origin_of(registry.find(SystemBaseSpec, name)) for name in shared_bases()]
    names = ",".join(origin.name for origin in origins if origin is not None)
    blocked = attrs.evolve(thespian, environ={"THESPIAN_BLOCK_PLUGINS": names})
    said = blocked.fails("status")
    assert said.startswith("Error: no system base is installed whose systems other programs can join\n")


BROKEN = {
    "its code is not there": "raise ImportError('no pigeons')",
    "it raises": """
        from thespian_multiproc.transport.interface import Transport
        class Pigeon(Transport):
            scheme = "pigeon"
            def __init__(self, host="127.0.0.1"): pass
            def resolve(self, capabilities): raise LookupError("no pigeons")
            def open(self, invitation=None): raise LookupError("no pigeons")
    """,
    "its mailboxes cannot be opened": """
        from thespian_multiproc.transport.interface import Transport
        class Pigeon(Transport):
            scheme = "pigeon"
            def __init__(self, host="127.0.0.1"): pass
            def resolve(self, capabilities): return "a pigeon house"
            def open(self, invitation=None): raise TypeError("no pigeons")
    """,
}


@pytest.fixture
def with_broken_base(thespian: Command, tmp_path: Path, code: str) -> Command:
    """The command where a base is installed, too, whose transport cannot be used."""
    info = tmp_path / "pigeon-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: pigeon\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[thespian]\npigeon = pigeon_plugin\n")
    (tmp_path / "pigeon_code.py").write_text(dedent(code))
    (tmp_path / "pigeon_plugin.py").write_text(
        "from thespian_core import SystemBaseSpec, TransportSpec, hookimpl\n"
        "@hookimpl\ndef thespian_transports():\n"
        "    yield TransportSpec(scheme='pigeon', opens='pigeon_code:Pigeon')\n"
        "@hookimpl\ndef thespian_system_bases():\n"
        "    yield SystemBaseSpec(name='aPigeonBase', opens='thespian_multiproc.base:MultiprocBase',\n"
        "        transport='pigeon', outlives_starter=True)\n"
    )
    path = os.pathsep.join(filter(None, (str(tmp_path), os.environ.get("PYTHONPATH"))))
    return attrs.evolve(thespian, environ={**thespian.environ, "PYTHONPATH": path})


@pytest.mark.parametrize("code", BROKEN.values(), ids=BROKEN)
@every_command
def test_a_base_that_cannot_be_used_hides_no_other_and_is_told(with_broken_base: Command, name: str) -> None:
    port = free_port()
    said = with_broken_base.fails(name, "--port", port)
    assert said.startswith(f"Error: no system runs at 127.0.0.1:{port} (multiprocTCPBase, ")
    assert "  aPigeonBase was not looked at: plugin pigeon (pigeon 1.0) is broken: " in said
    assert "no pigeons" in said
    assert "no pigeons" in with_broken_base.fails(name, "--port", port, "--base", "aPigeonBase")


@pytest.mark.parametrize("code", BROKEN.values(), ids=BROKEN)
def test_the_doctor_tells_of_a_base_that_cannot_be_used_and_goes_on(with_broken_base: Command) -> None:
    ran = with_broken_base.run("doctor", "--port", free_port())
    assert "no pigeons" in ran.stdout
    assert "\nmultiprocTCPBase\n" in ran.stdout
