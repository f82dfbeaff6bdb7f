"""Statements about actors from loaded sources: their imports, their versions, what they send each other."""

from __future__ import annotations

import io
import time

import pytest

from thespian_core.addresses import ActorAddress
from thespian_core.api.system import ActorSystem
from thespian_core.status import Thespian_StatusReq
from thespian_core.testing.actors import Quiet
from thespian_core.testing.contract import PATIENCE_S
from thespian_core.testing.doer import Doer, do
from thespian_core.testing.sourcekit import ACTORS, program

TELLER = "app.actors.Teller"


class Sharing:
    """What actors from loaded sources can rely on."""

    @pytest.fixture
    def one(self, accepting: ActorSystem) -> str:
        """The hash of one version of a program."""
        return accepting.loadActorSource(io.BytesIO(program(1)))

    @pytest.fixture
    def two(self, accepting: ActorSystem) -> str:
        """The hash of another."""
        return accepting.loadActorSource(io.BytesIO(program(2)))

    def test_two_versions_run_side_by_side(self, accepting: ActorSystem, one: str, two: str) -> None:
        tellers = [accepting.createActor(TELLER, sourceHash=each) for each in (one, two, one)]
        told = [accepting.ask(teller, ("version",), PATIENCE_S) for teller in tellers]
        assert told == [(n, (f"of version {n}", "parts"), "parts") for n in (1, 2, 1)]
        assert accepting.ask(tellers[1], ("data",), PATIENCE_S) == "data of version 2"

    def test_children_come_from_their_parents_source(self, accepting: ActorSystem, one: str) -> None:
        parent = accepting.createActor(TELLER, sourceHash=one)
        for order in (("create", TELLER), ("create_class",)):
            child = accepting.ask(parent, order, PATIENCE_S)
            assert accepting.ask(child, ("version",), PATIENCE_S)[0] == 1
            assert accepting.ask(child, Thespian_StatusReq(), PATIENCE_S).sourceHash == one

    def test_a_child_may_come_from_elsewhere(self, accepting: ActorSystem, one: str, two: str) -> None:
        parent = accepting.createActor(TELLER, sourceHash=one)
        other = accepting.ask(parent, ("create", TELLER, two), PATIENCE_S)
        assert accepting.ask(other, ("version",), PATIENCE_S)[0] == 2
        installed = accepting.ask(parent, ("create", "thespian_core.testing.actors.Quiet"), PATIENCE_S)
        assert accepting.ask(installed, "hello", PATIENCE_S) == "hello"

    @pytest.mark.parametrize("what", ["app.actors.Nobody", "app.nowhere.X", "nowhere.X", Quiet])
    def test_what_is_not_in_the_source_is_an_import_error(
        self, accepting: ActorSystem, one: str, what: object
    ) -> None:
        with pytest.raises(ImportError):
            accepting.createActor(what, sourceHash=one)  # type: ignore[arg-type]

    def test_code_that_cannot_be_imported_is_an_import_error_that_says_where(
        self, accepting: ActorSystem
    ) -> None:
        source = accepting.loadActorSource(io.BytesIO(program(1, late="x = 1\ndef both(:\n")))
        with pytest.raises(ImportError, match=r"SyntaxError: .*late\.py, line 2"):
            accepting.createActor(TELLER, sourceHash=source)

    def test_a_failure_shows_the_line_of_the_source(self, accepting: ActorSystem, one: str) -> None:
        teller = accepting.createActor(TELLER, sourceHash=one)
        poison = accepting.ask(teller, ("fail",), PATIENCE_S)
        line = next(n for n, text in enumerate(ACTORS.splitlines(), 1) if "this very line" in text)
        assert f'app/actors.py", line {line}, in do_fail' in poison.details
        assert 'raise ValueError("as was asked")  # this very line' in poison.details

    def test_actors_of_one_source_send_each_other_its_objects(self, accepting: ActorSystem, one: str) -> None:
        sender = accepting.createActor(TELLER, sourceHash=one)
        echo = accepting.createActor("app.actors.Echo", sourceHash=one)
        assert accepting.ask(sender, ("thing", echo), PATIENCE_S) == ("got", "made by 1", True)

    @pytest.mark.parametrize("other", [TELLER, Doer])
    def test_an_object_of_one_source_is_poison_to_another(
        self, accepting: ActorSystem, one: str, two: str, other: object
    ) -> None:
        sender = accepting.createActor(TELLER, sourceHash=one)
        receiver = accepting.createActor(other, sourceHash=two if other == TELLER else None)  # type: ignore[arg-type]
        what, details = accepting.ask(sender, ("thing", receiver), PATIENCE_S)
        assert what == "poison"
        assert f"its class is one of the loaded source {one}" in details
        assert "send only what both know" in details

    def test_an_object_of_a_source_is_poison_to_a_program(self, accepting: ActorSystem, one: str) -> None:
        sender = accepting.createActor(TELLER, sourceHash=one)
        with accepting.private() as mine:
            port = _address_of(mine)
            accepting.tell(sender, ("thing", port))
            deadline = time.monotonic() + PATIENCE_S
            told = None
            while told is None and time.monotonic() < deadline:
                assert mine.listen(0.05) is None
                told = accepting.listen(0.05)
        assert told is not None
        what, details = told
        assert what == "poison"
        assert f"the loaded source {one}" in details

    def test_a_named_actor_comes_from_a_source_too(self, accepting: ActorSystem, one: str, two: str) -> None:
        first = accepting.createActor(TELLER, globalName="teller", sourceHash=one)
        assert accepting.createActor(TELLER, globalName="teller", sourceHash=two) == first
        assert accepting.ask(first, ("version",), PATIENCE_S)[0] == 1


def _address_of(port: ActorSystem) -> ActorAddress:
    """Return the address that a port's messages come from."""
    doer = port.createActor(Doer)
    address: ActorAddress = port.ask(doer, do("sender"), PATIENCE_S)
    return address
