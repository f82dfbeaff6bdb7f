"""The example plugins do what they are examples of, and pass the contracts that a stranger's would."""

from __future__ import annotations

import hashlib
import io
import logging
import os
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import pytest
from click.testing import CliRunner

from tests.docs.example_plugins import Example, all_examples, install
from thespian.actors import ActorSystem, InvalidActorSourceHash
from thespian.director import DirectorControl
from thespian_core.cli.main import thespian
from thespian_core.hooks.records import KINDS, SystemBaseSpec, TransportSpec
from thespian_core.hooks.registry import default_registry
from thespian_core.testing import DirectorCommandContract, LogFilterContract, SourceAuthorityContract
from thespian_core.testing.contract import PATIENCE_S
from thespian_core.testing.sourcekit import program
from tools.house_rules import ROOT
from tools.ports import free_port

pytestmark = pytest.mark.usefixtures("examples_installed")


def zip_of(name: str) -> bytes:
    """Return a small zip file, always the same for one name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), "pass\n")
    return buffer.getvalue()


@pytest.mark.parametrize("example", all_examples(), ids=lambda example: example.folder.name)
def test_every_example_is_found_and_offers_what_its_folder_says(example: Example) -> None:
    reports = {report.name: report for report in default_registry().plugins()}
    (name,) = example.entry_points
    report = reports[name]
    assert (report.distribution, report.state, report.why) == (example.project["name"], "ok", "")
    records = {kind.kind: kind.hook for kind in KINDS}
    assert example.hook in {records.get(thing.kind, thing.name) for thing in report.provides}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["codecs/test_json_codec.py", "system_bases/test_counting_base.py"])
def test_the_contract_test_beside_an_example_passes_as_its_author_runs_it(tmp_path: Path, name: str) -> None:
    test = ROOT / "docs" / "examples" / name
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, test.name],
        cwd=test.parent,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(install(tmp_path)), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert " passed" in ran.stdout


class TestAllowList(SourceAuthorityContract):
    authority_name = "allow-list"
    accepted: ClassVar[Sequence[bytes]] = (zip_of("one.py"), zip_of("two.py"))
    rejected: ClassVar[Sequence[bytes]] = (
        *SourceAuthorityContract.rejected,
        zip_of("three.py"),
        b"listed, but no zip",
    )

    @pytest.fixture(autouse=True)
    def allowed(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        listed = tmp_path / "allowed"
        sums = [hashlib.sha256(data).hexdigest() for data in (*self.accepted, self.rejected[-1])]
        listed.write_text("".join(f"{digest}  some.zip\n" for digest in sums))
        monkeypatch.setenv("SOURCE_ALLOW_LIST", str(listed))
        return listed

    def test_nothing_is_accepted_while_there_is_no_list(self, validate: Any, allowed: Path) -> None:
        allowed.unlink()
        assert [validate("", data, None) for data in self.accepted] == [None, None]


@pytest.mark.parametrize("base_name", default_registry().names(SystemBaseSpec))
def test_the_list_decides_in_a_running_system(
    base_name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = tmp_path / "allowed"
    listed.write_text(hashlib.sha256(program(1)).hexdigest())
    monkeypatch.setenv("SOURCE_ALLOW_LIST", str(listed))
    capabilities = {"Source Authority": "allow-list", "Admin Port": free_port()}
    system = ActorSystem(base_name, capabilities, logDefs=False, transientUnique=True)
    try:
        sources = [system.loadActorSource(io.BytesIO(program(version))) for version in (1, 2)]
        teller = system.createActor("app.actors.Teller", sourceHash=sources[0])
        assert system.ask(teller, ("version",), PATIENCE_S)[0] == 1
        with pytest.raises(InvalidActorSourceHash):
            system.createActor("app.actors.Teller", sourceHash=sources[1])
    finally:
        system.shutdown()


class TestFromActors(LogFilterContract):
    filter_name = "from-actors"

    def test_only_what_an_actor_said_passes(self, log_filter: logging.Filter) -> None:
        record = logging.makeLogRecord({"msg": "hello"})
        assert not log_filter.filter(record)
        record.actorAddress = "ActorAddr-x"
        assert log_filter.filter(record)


class TestSums(DirectorCommandContract):
    command_name = "sums"

    @pytest.fixture(autouse=True)
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        folder = tmp_path / "director"
        folder.mkdir()
        monkeypatch.setenv("THESPIAN_DIRECTOR_DIR", str(folder))
        for name in ("a-1.tls", "a.tli", "b.txt"):
            (folder / name).write_text(name)
        return folder

    def test_it_writes_what_the_allow_list_reads(self, command: Any, folder: Path) -> None:
        digest = hashlib.sha256(b"a-1.tls").hexdigest()
        assert CliRunner().invoke(command).output == f"{digest}  {folder / 'a-1.tls'}\n"

    def test_it_is_a_command_of_the_director_and_a_method_of_its_control(
        self, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert "Print the SHA-256" in CliRunner().invoke(thespian, ["director", "help"]).output
        (tmp_path / "other").mkdir()
        control = DirectorControl(tmp_path / "other")
        assert control.cmd_sums() == 0
        assert capsys.readouterr().out == ""
        assert DirectorControl(folder)("verbose", "sums") == 0
        assert capsys.readouterr().err == "looking at the packages of a\n"


def test_the_command_asks_an_actor() -> None:
    done = CliRunner().invoke(thespian, ["ask", "examples.hello.Hello", "world"])
    assert (done.output, done.exit_code) == ("Hello, world!\n", 0)


def test_the_command_says_in_a_sentence_what_is_wrong() -> None:
    done = CliRunner().invoke(thespian, ["ask", "examples.hello.Nobody", "world"])
    assert "has no 'Nobody'" in done.output
    assert done.exit_code == 1


def test_an_actor_that_is_silent_is_an_error_of_the_command() -> None:
    done = CliRunner().invoke(thespian, ["ask", "thespian_core.testing.actors.Sink", "hello"])
    assert "did not answer" in done.output
    assert done.exit_code == 1


def test_the_user_says_better_how_many_processors_there_are() -> None:
    registry = default_registry()
    assert int(registry.capabilities("simpleSystemBase")["CPUs"]) >= 1
    assert registry.capabilities("simpleSystemBase", {"CPUs": 7})["CPUs"] == 7


def test_the_transport_is_announced_and_not_opened() -> None:
    spec = default_registry().find(TransportSpec, "pigeon")
    assert (spec.name, spec.opens) == ("pigeon", "pigeon.transport:PigeonTransport")
    assert "pigeon" not in sys.modules


def test_the_observers_see_a_system_come_and_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ready = tmp_path / "ready"
    monkeypatch.setenv("READY_FILE", str(ready))
    caplog.set_level(logging.INFO, "bill_plugin")
    system = ActorSystem("simpleSystemBase", logDefs=False, transientUnique=True)
    try:
        assert ready.read_text() == f"{os.getpid()} simpleSystemBase\n"
        assert caplog.messages == []
    finally:
        system.shutdown()
    assert not ready.exists()
    assert [message.split(";")[0] for message in caplog.messages] == ["simpleSystemBase was shut down"]


@pytest.mark.slow
def test_the_whole_example_package_installs_with_pip(tmp_path: Path) -> None:
    example = next(example for example in all_examples() if example.folder.name == "codecs")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    installed = subprocess.run(
        [*pip, "--no-build-isolation", "--no-deps", "--target", str(tmp_path), str(example.folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert installed.returncode == 0, installed.stderr
    listed = subprocess.run(
        [sys.executable, "-m", "thespian_core.cli", "plugins"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "thespian-example-json  0.1.0    ok     codec json" in listed.stdout
