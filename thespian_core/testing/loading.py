"""Statements about loading sources: who decides, what waits, who is told."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from thespian_core.addresses import ActorAddress
from thespian_core.api.system import ActorSystem
from thespian_core.errors import InvalidActorSourceHash
from thespian_core.hooks.errors import PluginNotFound
from thespian_core.messages import ActorExitRequest
from thespian_core.testing.actors import Quiet
from thespian_core.testing.contract import PATIENCE_S, SOON_S
from thespian_core.testing.doer import Doer, do
from thespian_core.testing.notary import SILENCE, Notary
from thespian_core.testing.sourcekit import program, sealed
from thespian_core.testing.steps import listen_for, wait_for_end, wait_until


class Loading:
    """What a program or an actor that loads a source can rely on."""

    new_system: Callable[..., ActorSystem]

    @pytest.fixture
    def notary(self, asys: ActorSystem) -> ActorAddress:
        """An actor that is the source authority."""
        return _registered(asys)

    @pytest.fixture
    def accepting(self, system_base: str) -> Iterator[ActorSystem]:
        """A system that accepts every source."""
        system = self.new_system(system_base, {"Source Authority": "accept-all"})
        try:
            yield system
        finally:
            system.shutdown()

    def test_without_an_authority_nothing_is_loaded(self, asys: ActorSystem) -> None:
        source = asys.loadActorSource(io.BytesIO(program(1)))
        with pytest.raises(InvalidActorSourceHash, match=source):
            asys.createActor("app.actors.Teller", sourceHash=source)

    def test_a_plugins_function_decides_when_a_capability_names_it(
        self, accepting: ActorSystem, system_base: str
    ) -> None:
        source = accepting.loadActorSource(io.BytesIO(program(1)))
        teller = accepting.createActor("app.actors.Teller", sourceHash=source)
        assert accepting.ask(teller, ("version",), PATIENCE_S)[0] == 1
        rejecting = self.new_system(system_base, {"Source Authority": "reject-all"})
        try:
            with pytest.raises(InvalidActorSourceHash):
                rejecting.createActor("app.actors.Teller", sourceHash=rejecting.loadActorSource(_file(1)))
        finally:
            rejecting.shutdown()

    def test_an_authority_that_is_not_installed_stops_the_start(self, system_base: str) -> None:
        with pytest.raises(PluginNotFound, match="no source authority named 'nobody' is installed"):
            self.new_system(system_base, {"Source Authority": "nobody"})

    def test_any_actor_can_take_over_from_the_plugin(self, accepting: ActorSystem) -> None:
        _registered(accepting)
        source = accepting.loadActorSource(_file(1))
        with pytest.raises(InvalidActorSourceHash):
            accepting.createActor("app.actors.Teller", sourceHash=source)
        source = accepting.loadActorSource(io.BytesIO(sealed(program(1))))
        assert accepting.createActor("app.actors.Teller", sourceHash=source) is not None

    def test_the_hash_is_that_of_what_was_loaded(self, asys: ActorSystem, tmp_path: Path) -> None:
        path = tmp_path / "some.zip"
        path.write_bytes(b"anything")
        file = path.open("rb")
        assert asys.loadActorSource(str(path)) == asys.loadActorSource(file)
        assert file.closed
        assert asys.loadActorSource(path) == "f0e166dc34d14d6c228ffac576c9a43c"

    def test_what_cannot_be_read_is_told_at_once(self, asys: ActorSystem, tmp_path: Path) -> None:
        with pytest.raises(OSError, match="nothing.zip"):
            asys.loadActorSource(str(tmp_path / "nothing.zip"))
        with pytest.raises(TypeError, match="path of a zip file"):
            asys.loadActorSource(5)
        with pytest.raises(TypeError, match="open it in binary mode"):
            asys.loadActorSource(io.StringIO("text"))
        with pytest.raises(TypeError, match="sourceHash is text"):
            asys.createActor(Quiet, sourceHash=5)  # type: ignore[arg-type]
        for no_hash in (None, 5):
            with pytest.raises(TypeError, match="sourceHash is text, not"):
                asys.unloadActorSource(no_hash)  # type: ignore[arg-type]

    @pytest.mark.usefixtures("notary")
    def test_creating_waits_for_the_verdict(self, asys: ActorSystem) -> None:
        source = asys.loadActorSource(io.BytesIO(sealed(program(3))))
        teller = asys.createActor("app.actors.Teller", sourceHash=source)
        assert asys.ask(teller, ("version",), PATIENCE_S)[0] == 3

    @pytest.mark.usefixtures("notary")
    @pytest.mark.parametrize("data", [b"not sealed", sealed(b"no zip"), sealed(program(1)[:-5])])
    def test_a_rejection_is_told_at_once(self, asys: ActorSystem, data: bytes) -> None:
        began = time.monotonic()
        with pytest.raises(InvalidActorSourceHash):
            asys.createActor("app.actors.Teller", sourceHash=asys.loadActorSource(io.BytesIO(data)))
        assert time.monotonic() - began < PATIENCE_S / 2

    @pytest.mark.usefixtures("notary")
    def test_a_child_waits_for_the_verdict_too(self, asys: ActorSystem, tmp_path: Path) -> None:
        path = tmp_path / "some.zip"
        parent = asys.createActor(Doer)
        asys.ask(parent, do("report"), PATIENCE_S)
        path.write_bytes(sealed(program(3)))
        source = asys.ask(parent, do("load", str(path)), PATIENCE_S)
        teller = asys.ask(parent, do("create", "app.actors.Teller", None, None, source), PATIENCE_S)
        assert asys.ask(teller, ("version",), PATIENCE_S)[0] == 3
        path.write_bytes(b"not sealed")
        source = asys.ask(parent, do("load", str(path)), PATIENCE_S)
        asys.tell(parent, do("create", "app.actors.Teller", None, None, source))
        told = [message[1][0] for message in listen_for(asys, 2) if isinstance(message, tuple)]
        assert told == ["child exited"]

    def test_only_the_authority_decides(self, asys: ActorSystem, notary: ActorAddress) -> None:
        other = asys.createActor(Notary)
        admin = wait_until(asys, lambda status: status.sourceAuthority == notary).adminAddress
        source = asys.loadActorSource(io.BytesIO(SILENCE))
        asys.ask(other, do("verdict", admin, source, program(1)), PATIENCE_S)
        assert wait_until(asys, lambda status: True).loadedSources == []
        asys.ask(notary, do("verdict", admin, source, program(1)), PATIENCE_S)
        teller = asys.createActor("app.actors.Teller", sourceHash=source)
        assert asys.ask(teller, ("version",), PATIENCE_S)[0] == 1

    def test_when_the_authority_ends_whoever_waits_is_told(
        self, asys: ActorSystem, notary: ActorAddress
    ) -> None:
        source = asys.loadActorSource(io.BytesIO(SILENCE))
        parent = asys.createActor(Doer)
        asys.ask(parent, do("report"), PATIENCE_S)
        asys.ask(parent, do("create", "app.actors.Teller", None, None, source), PATIENCE_S)
        asys.tell(notary, ActorExitRequest())
        assert asys.listen(PATIENCE_S)[1][0] == "child exited"
        assert wait_until(asys, lambda status: status.sourceAuthority is None).loadedSources == []

    @pytest.mark.usefixtures("notary")
    def test_actors_are_told_what_is_loaded_and_unloaded(self, asys: ActorSystem, tmp_path: Path) -> None:
        path = tmp_path / "some.zip"
        path.write_bytes(sealed(program(1)))
        early, late = asys.createActor(Doer), asys.createActor(Doer)
        for actor in (early, late):
            asys.ask(actor, do("report"), PATIENCE_S)
        asys.ask(early, do("notify_of_sources"), PATIENCE_S)
        source = asys.ask(early, do("load", str(path)), PATIENCE_S)
        loaded = ("seen", ("LoadedSource", source, str(path)))
        assert asys.listen(PATIENCE_S) == loaded
        asys.tell(late, do("notify_of_sources"))
        assert sorted(map(str, listen_for(asys, 2))) == sorted(["asked", str(loaded)])
        assert asys.ask(early, do("notify_of_sources", False), PATIENCE_S) == "asked"
        wait_until(asys, lambda status: status.loadedSources == [(source, str(path))])
        asys.tell(early, do("unload", source))
        told = sorted(map(str, listen_for(asys, 2)))
        assert told == sorted(["asked", str(("seen", ("UnloadedSource", source, str(path))))])
        assert asys.listen(SOON_S) is None
        assert not hasattr(asys, "notifyOnSourceAvailability")

    def test_an_unloaded_source_makes_no_new_actors_and_its_old_ones_live_on(
        self, accepting: ActorSystem
    ) -> None:
        source = accepting.loadActorSource(_file(1))
        teller = accepting.createActor("app.actors.Teller", sourceHash=source)
        accepting.unloadActorSource("what nobody loaded")
        accepting.unloadActorSource(source)
        with pytest.raises(InvalidActorSourceHash):
            accepting.createActor("app.actors.Teller", sourceHash=source)
        assert accepting.ask(teller, ("hello",), PATIENCE_S) == "hello"
        again = accepting.loadActorSource(_file(1))
        assert again == source
        assert accepting.createActor("app.actors.Teller", sourceHash=again) != teller

    def test_a_source_can_be_loaded_by_whoever_and_is_loaded_once(self, accepting: ActorSystem) -> None:
        source = accepting.loadActorSource(_file(1))
        teller = accepting.createActor("app.actors.Teller", sourceHash=source)
        assert accepting.loadActorSource(_file(1)) == source
        status = wait_until(accepting, lambda status: bool(status.loadedSources))
        assert [each[0] for each in status.loadedSources] == [source]
        accepting.tell(teller, ActorExitRequest())
        wait_for_end(accepting, teller)


def _file(version: int) -> Any:
    return io.BytesIO(program(version))


def _registered(asys: ActorSystem) -> ActorAddress:
    notary = asys.createActor(Notary)
    asys.ask(notary, do("register"), PATIENCE_S)
    wait_until(asys, lambda status: status.sourceAuthority == notary)
    return notary
