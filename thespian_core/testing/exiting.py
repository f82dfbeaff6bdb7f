"""Statements about actors that end, and their families."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import pytest

from thespian_core.api.system import ActorSystem
from thespian_core.errors import ActorSystemFailure
from thespian_core.messages import ActorExitRequest
from thespian_core.testing import actors
from thespian_core.testing.actors import LastWords
from thespian_core.testing.contract import PATIENCE_S, SOON_S
from thespian_core.testing.doer import Doer, do
from thespian_core.testing.steps import falls_silent, listen_for


class Exiting:
    """What an exit request does, who is told, and who goes along."""

    def test_an_actor_sees_its_exit_request_once_and_is_gone(self, asys: ActorSystem, tmp_path: Path) -> None:
        parent = asys.createActor(Doer)
        asys.ask(parent, do("report"), PATIENCE_S)
        child = asys.ask(parent, do("create", LastWords), PATIENCE_S)
        asys.ask(child, do("last_words", str(tmp_path / "words"), "bye"), PATIENCE_S)
        asys.tell(child, ActorExitRequest())
        asys.tell(child, ActorExitRequest())
        assert asys.listen(PATIENCE_S) == ("seen", ("child exited", child))
        assert (tmp_path / "words").read_text() == "bye\n"
        assert falls_silent(asys, child)

    @pytest.mark.parametrize("error", [ValueError, SystemExit])
    def test_an_actor_that_fails_on_its_exit_request_exits_all_the_same(
        self, asys: ActorSystem, tmp_path: Path, error: type[BaseException]
    ) -> None:
        parent = asys.createActor(Doer)
        asys.ask(parent, do("report"), PATIENCE_S)
        child = asys.ask(parent, do("create", LastWords), PATIENCE_S)
        asys.ask(child, do("last_words", str(tmp_path / "words"), "bye", error), PATIENCE_S)
        asys.tell(child, ActorExitRequest())
        assert asys.listen(PATIENCE_S) == ("seen", ("child exited", child))
        assert (tmp_path / "words").read_text() == "bye\n"  # tried once, not twice

    def test_a_parent_is_told_once_of_each_child(self, asys: ActorSystem) -> None:
        parent = asys.createActor(Doer)
        children = [asys.ask(parent, do("create", Doer), PATIENCE_S) for _ in range(3)]
        asys.ask(parent, do("report"), PATIENCE_S)
        for child in children:
            asys.tell(child, ActorExitRequest())
            asys.tell(child, ActorExitRequest())
        told = listen_for(asys, 3)
        assert {address for _, (_, address) in told} == set(children)
        assert asys.listen(SOON_S) is None

    def test_children_exit_before_their_parent(self, asys: ActorSystem, tmp_path: Path) -> None:
        words = str(tmp_path / "words")
        top = asys.createActor(Doer)
        asys.ask(top, do("report"), PATIENCE_S)
        middle = asys.ask(top, do("create", LastWords), PATIENCE_S)
        bottom = asys.ask(middle, do("create", LastWords), PATIENCE_S)
        asys.ask(middle, do("last_words", words, "middle is asked"), PATIENCE_S)
        asys.ask(bottom, do("last_words", words, "bottom is asked"), PATIENCE_S)
        asys.tell(middle, ActorExitRequest())
        assert asys.listen(PATIENCE_S) == ("seen", ("child exited", middle))
        assert Path(words).read_text().splitlines() == ["middle is asked", "bottom is asked"]
        assert falls_silent(asys, bottom)

    @pytest.mark.parametrize("by_handler", [True, False])
    def test_children_live_on_when_the_exit_is_not_recursive(
        self, asys: ActorSystem, by_handler: bool
    ) -> None:
        parent = asys.createActor(Doer)
        asys.ask(parent, do("report"), PATIENCE_S)
        middle = asys.ask(parent, do("create", actors.LeavesChildren if by_handler else Doer), PATIENCE_S)
        child = asys.ask(middle, do("create", Doer), PATIENCE_S)
        asys.tell(middle, ActorExitRequest(recursive=by_handler))
        assert asys.listen(PATIENCE_S) == ("seen", ("child exited", middle))
        assert asys.ask(child, do("seen"), PATIENCE_S) == []

    def test_an_actor_that_replaces_its_children_comes_to_an_end_too(self, asys: ActorSystem) -> None:
        parent = asys.createActor(Doer)
        asys.ask(parent, do("report"), PATIENCE_S)
        supervisor = asys.ask(parent, do("create", actors.Supervisor), PATIENCE_S)
        asys.ask(supervisor, do("create", actors.Quiet), PATIENCE_S)
        asys.tell(supervisor, ActorExitRequest())
        assert asys.listen(PATIENCE_S) == ("seen", ("child exited", supervisor))

    def test_a_family_of_three_generations_goes_in_one_request(self, asys: ActorSystem) -> None:
        parent = asys.createActor(Doer)
        asys.ask(parent, do("report"), PATIENCE_S)
        middle = asys.ask(parent, do("create", Doer), PATIENCE_S)
        family = [asys.ask(middle, do("create", Doer), PATIENCE_S) for _ in range(3)]
        family += [asys.ask(child, do("create", Doer), PATIENCE_S) for child in family]
        asys.tell(middle, ActorExitRequest())
        assert asys.listen(PATIENCE_S) == ("seen", ("child exited", middle))
        assert [falls_silent(asys, one) for one in family] == [True] * 6

    def test_every_actor_is_asked_to_exit_when_the_system_ends(
        self, asys: ActorSystem, tmp_path: Path
    ) -> None:
        words = str(tmp_path / "words")
        parent = asys.createActor(LastWords)
        family = {
            "top": parent,
            "child": asys.ask(parent, do("create", LastWords), PATIENCE_S),
            "named": asys.createActor(LastWords, globalName="named"),
        }
        for name, actor in family.items():
            asys.ask(actor, do("last_words", words, name), PATIENCE_S)
        asys.shutdown()
        assert sorted(Path(words).read_text().splitlines()) == ["child", "named", "top"]

    def test_orphans_are_asked_to_exit_when_the_system_ends(self, asys: ActorSystem, tmp_path: Path) -> None:
        words = str(tmp_path / "words")
        parent = asys.createActor(actors.LeavesChildren)
        child = asys.ask(parent, do("create", LastWords), PATIENCE_S)
        asys.ask(child, do("last_words", words, "orphan"), PATIENCE_S)
        asys.tell(parent, ActorExitRequest())
        asys.shutdown()
        assert Path(words).read_text() == "orphan\n"

    def test_an_actor_can_end_the_system(self, asys: ActorSystem, tmp_path: Path) -> None:
        words = str(tmp_path / "words")
        last = asys.createActor(LastWords)
        asys.ask(last, do("last_words", words, "bye"), PATIENCE_S)
        asys.tell(asys.createActor(Doer), do("shut_down"))
        deadline = time.monotonic() + PATIENCE_S
        while not Path(words).exists() and time.monotonic() < deadline:
            with suppress(ActorSystemFailure):  # the system may be gone already
                asys.listen(SOON_S)
        asys.shutdown()
        assert Path(words).read_text() == "bye\n"
