"""Signed packages, and the log filter, in running systems on every base."""

from __future__ import annotations

import io
import logging
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from plugins.director.tests.conftest import Operator
from plugins.director.tests.packagekit import a_key, package
from thespian.actors import ActorSystem, InvalidActorSourceHash
from thespian_core.hooks.records import SystemBaseSpec
from thespian_core.hooks.registry import default_registry
from thespian_core.testing.contract import PATIENCE_S
from thespian_core.testing.steps import wait_until

every_base = pytest.mark.parametrize("base_name", default_registry().names(SystemBaseSpec))
Start = Callable[..., ActorSystem]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts systems, which end with the test."""
    started: list[ActorSystem] = []

    def begin(base_name: str, log_defs: Any = False, **capabilities: Any) -> ActorSystem:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        given = {"Admin Port": port, **{name.replace("_", " "): what for name, what in capabilities.items()}}
        started.append(ActorSystem(base_name, given, logDefs=log_defs, transientUnique=True))
        return started[-1]

    yield begin
    for system in started:
        system.shutdown()


def version_of(system: ActorSystem, source: str) -> Any:
    teller = system.createActor("app.actors.Teller", sourceHash=source)
    return system.ask(teller, ("version",), PATIENCE_S)[0]


def check_that_only_what_is_signed_is_loaded(system: ActorSystem, operator: Operator) -> None:
    operator.write("a_tls.key", a_key().public_pem())
    good = system.loadActorSource(io.BytesIO(package(1, a_key())))
    assert version_of(system, good) == 1
    other = package(2, a_key("rsa"))
    with pytest.raises(InvalidActorSourceHash):
        version_of(system, system.loadActorSource(io.BytesIO(other)))
    operator.write("b_tls.key", a_key("rsa").public_pem())  # keys are read each time
    assert version_of(system, system.loadActorSource(io.BytesIO(other))) == 2


@pytest.mark.slow
@every_base
def test_a_system_that_names_the_authority_loads_what_is_signed_and_nothing_else(
    base_name: str, operator: Operator, start: Start
) -> None:
    check_that_only_what_is_signed_is_loaded(start(base_name, Source_Authority="director"), operator)


@pytest.mark.slow
@every_base
def test_an_actor_is_the_authority_for_the_folder_that_it_is_told(
    base_name: str, operator: Operator, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THESPIAN_DIRECTOR_DIR", "/not/there")
    system = start(base_name)
    authority = system.createActor(
        "thespian.director.SourceAuthority", globalName="Director Source Authority"
    )
    system.tell(authority, f"Startup:{operator.folder}")
    wait_until(system, lambda status: status.sourceAuthority == authority)
    check_that_only_what_is_signed_is_loaded(system, operator)


SCRIBE = """
import markdown_it, mdurl
from thespian.actors import ActorTypeDispatcher

class Scribe(ActorTypeDispatcher):
    def receiveMsg_str(self, text, sender):
        self.send(sender, (markdown_it.MarkdownIt().render(text), markdown_it.__name__, mdurl.__name__))
"""


@pytest.mark.slow
@every_base
def test_a_dependency_that_was_packed_is_the_one_that_is_imported(
    base_name: str, operator: Operator, start: Start, tmp_path: Path
) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "scribe.py").write_text(SCRIBE)
    (tmp_path / "deps.txt").write_text("markdown-it-py\nmdurl\n")
    private = tmp_path / "key.pem"
    operator.run("keygen", private)
    (tmp_path / "key_tls.key").rename(operator.folder / "key_tls.key")
    operator.run("gensrc", "scribe", private, tmp_path / "sources", f"deps:{tmp_path}/deps.txt", "scribe.py")
    system = start(base_name, Source_Authority="director")
    source = system.loadActorSource(str(operator.folder / "scribe.tls"))
    scribe = system.createActor("scribe.Scribe", sourceHash=source)
    answer = system.ask(scribe, "*so*", PATIENCE_S)
    names = [f"{{{{{source}}}}}{name}" for name in ("markdown_it", "mdurl")]
    assert answer == ("<p><em>so</em></p>\n", *names)


@pytest.mark.slow
@every_base
@pytest.mark.parametrize("named", ["actor-address", "thespian.director.ActorAddressLogFilter"])
def test_the_log_filter_is_named_in_log_definitions(
    base_name: str, named: str, tmp_path: Path, start: Start
) -> None:
    logged = tmp_path / "log"
    system = start(
        base_name,
        {
            "version": 1,
            "disable_existing_loggers": False,
            "filters": {"address": {"()": named}},
            "formatters": {"plain": {"format": "<%(actorAddress)s> %(message)s"}},
            "handlers": {
                "file": {
                    "class": "logging.FileHandler",
                    "filename": str(logged),
                    "filters": ["address"],
                    "formatter": "plain",
                }
            },
            "loggers": {"thespian": {"handlers": ["file"], "level": "INFO", "propagate": False}},
        },
        Source_Authority="reject-all",
    )
    with pytest.raises(InvalidActorSourceHash):
        version_of(system, system.loadActorSource(io.BytesIO(b"rubbish")))
    system.shutdown()
    assert "rejected" in logged.read_text()


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """Undo what simpleSystemBase does to the logging of the process."""
    logger = logging.getLogger("thespian")
    before = logger.handlers[:], logger.level, logger.propagate
    yield
    for handler in {*logger.handlers} - {*before[0]}:
        handler.close()
    logger.handlers[:], logger.level, logger.propagate = before
