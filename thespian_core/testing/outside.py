"""Statements about how programs talk to a system."""

from __future__ import annotations

import pickle
import threading
import time
from datetime import timedelta
from typing import Any

import pytest

from thespian_core.api.system import ActorSystem
from thespian_core.errors import ActorSystemException, ActorSystemFailure
from thespian_core.messages import ActorExitRequest, PoisonMessage, WakeupMessage
from thespian_core.testing.actors import Quiet
from thespian_core.testing.contract import PATIENCE_S, SOON_S
from thespian_core.testing.doer import Doer, do
from thespian_core.testing.steps import wait_until


class Outside:
    """What ``ActorSystem`` and ``private()`` do."""

    def new_system(self, system_base: str, capabilities: dict[str, Any] | None = None) -> ActorSystem:
        """Return another system on the same base."""
        raise NotImplementedError

    @pytest.mark.parametrize(
        "timeout",
        [
            *(PATIENCE_S, float(PATIENCE_S), timedelta(seconds=PATIENCE_S), None),
            *(float("inf"), 1e12, 10**400, timedelta.max),
        ],
    )
    def test_every_form_of_timeout_is_taken(self, asys: ActorSystem, timeout: Any) -> None:
        quiet = asys.createActor(Quiet)
        assert asys.ask(quiet, "one", timeout) == "one"
        asys.tell(quiet, "two")
        assert asys.listen(timeout) == "two"

    @pytest.mark.parametrize("timeout", ["5", [5], object])
    def test_a_timeout_of_another_type_raises_names_it_and_sends_nothing(
        self, asys: ActorSystem, timeout: Any
    ) -> None:
        doer = asys.createActor(Doer)
        with pytest.raises(TypeError, match=f"timespec.*{type(timeout).__name__}"):
            asys.ask(doer, "not sent", timeout)
        with pytest.raises(TypeError, match="timespec"):
            asys.listen(timeout)
        assert asys.ask(doer, do("seen"), PATIENCE_S) == []

    @pytest.mark.parametrize("timeout", [-1, -0.5, timedelta(seconds=-1), 0])
    def test_a_negative_timeout_is_none_at_all(self, asys: ActorSystem, timeout: Any) -> None:
        began = time.monotonic()
        assert asys.listen(timeout) is None
        assert time.monotonic() - began < 5

    def test_asking_one_who_does_not_answer_ends_in_time(self, asys: ActorSystem) -> None:
        doer = asys.createActor(Doer)
        began = time.monotonic()
        assert asys.ask(doer, "no answer to this", SOON_S) is None
        assert time.monotonic() - began < 5

    @pytest.mark.parametrize("target", ["text", None, 5])
    def test_what_is_no_address_is_a_value_error_that_names_it(self, asys: ActorSystem, target: Any) -> None:
        with pytest.raises(ValueError, match=f"tell.*{target}.*not a valid ActorAddress"):
            asys.tell(target, "hello")
        with pytest.raises(ValueError, match=f"ask.*not a valid ActorAddress.*{target}"):
            asys.ask(target, "hello", SOON_S)

    def test_an_answer_to_an_earlier_tell_is_kept(self, asys: ActorSystem) -> None:
        quiet = asys.createActor(Quiet)
        asys.tell(quiet, "one")
        asys.createActor(Quiet)
        assert asys.ask(quiet, "two", PATIENCE_S) == "one"
        assert asys.listen(PATIENCE_S) == "two"

    def test_anybody_can_answer(self, asys: ActorSystem) -> None:
        reporter, doer = asys.createActor(Doer), asys.createActor(Doer)
        asys.ask(reporter, do("report"), PATIENCE_S)
        asys.tell(doer, do("pass_on", reporter, "from another"))
        assert asys.listen(PATIENCE_S) == ("seen", "from another")

    def test_system_messages_are_not_shown_but_failures_are(self, asys: ActorSystem) -> None:
        doer = asys.createActor(Doer)
        asys.tell(doer, do("answer", "kept"))
        for hidden in (ActorExitRequest(), WakeupMessage(1), PoisonMessage(WakeupMessage(1))):
            asys.tell(doer, do("answer", hidden))
        asys.tell(doer, do("answer", PoisonMessage("shown")))
        assert asys.listen(PATIENCE_S) == "kept"
        assert asys.listen(PATIENCE_S) == PoisonMessage("shown")
        assert asys.listen(SOON_S) is None

    def test_a_private_connection_gets_only_its_own_answers(self, asys: ActorSystem) -> None:
        quiet = asys.createActor(Quiet)
        with asys.private() as one, asys.private() as two:
            one.tell(quiet, "for one")
            two.tell(quiet, "for two")
            asys.tell(quiet, "for all")
            assert two.listen(PATIENCE_S) == "for two"
            assert asys.listen(PATIENCE_S) == "for all"
            assert one.listen(PATIENCE_S) == "for one"
            assert one.ask(one.createActor(Quiet), "hello", PATIENCE_S) == "hello"

    def test_a_private_connection_is_closed_when_its_body_raises(self, asys: ActorSystem) -> None:
        doer, handler = asys.createActor(Doer), asys.createActor(Doer)

        def fail_inside() -> None:
            with asys.private() as mine:
                mine.ask(doer, do("report"), PATIENCE_S)
                raise KeyError("inside")

        with pytest.raises(KeyError, match="inside"):
            fail_inside()
        asys.ask(handler, do("report"), PATIENCE_S)
        asys.ask(handler, do("dead_letters"), PATIENCE_S)
        wait_until(asys, lambda status: status.deadLetterHandler == handler)
        asys.tell(doer, "news")
        assert asys.listen(PATIENCE_S)[1][0] == "dead"

    def test_a_private_connection_that_was_closed_says_so(self, asys: ActorSystem) -> None:
        quiet = asys.createActor(Quiet)
        with asys.private() as mine:
            pass
        for call in (
            lambda: mine.tell(quiet, "hello"),
            lambda: mine.ask(quiet, "hello", SOON_S),
            lambda: mine.listen(SOON_S),
            lambda: mine.createActor(Quiet),
        ):
            with pytest.raises(ActorSystemFailure, match="closed"):
                call()

    def test_threads_with_private_connections_get_their_own_answers(self, asys: ActorSystem) -> None:
        quiet = asys.createActor(Quiet)
        wrong: list[Any] = []

        def ask_many(name: str) -> None:
            with asys.private() as mine:
                for number in range(200):
                    answer = mine.ask(quiet, (name, number), PATIENCE_S)
                    if answer != (name, number):
                        wrong.append((name, number, answer))

        threads = [threading.Thread(target=ask_many, args=(f"thread {n}",)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE_S)
        assert wrong == []
        assert not any(thread.is_alive() for thread in threads)

    def test_threads_that_share_a_connection_can_all_create(self, asys: ActorSystem) -> None:
        made: list[Any] = []
        threads = [threading.Thread(target=lambda: made.append(asys.createActor(Quiet))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE_S)
        assert len(set(made)) == 8

    def test_a_second_shutdown_does_nothing(self, system_base: str) -> None:
        system = self.new_system(system_base)
        system.shutdown()
        system.shutdown()

    def test_a_system_that_was_shut_down_says_so(self, system_base: str) -> None:
        system = self.new_system(system_base)
        quiet = system.createActor(Quiet)
        system.shutdown()
        for call in (
            lambda: system.tell(quiet, "hello"),
            lambda: system.ask(quiet, "hello", SOON_S),
            lambda: system.listen(SOON_S),
            lambda: system.createActor(Quiet),
            lambda: system.updateCapability("x", 1),
        ):
            with pytest.raises(ActorSystemFailure, match="shut down"):
                call()

    def test_a_system_has_room_for_attributes_of_ones_own(self, asys: ActorSystem) -> None:
        asys.mine = "own"  # type: ignore[attr-defined]
        assert asys.mine == "own"  # type: ignore[attr-defined]

    def test_a_system_cannot_be_pickled_and_says_what_to_send_instead(self, asys: ActorSystem) -> None:
        with pytest.raises(ActorSystemException, match="ActorAddress"):
            pickle.dumps(asys)

    def test_an_address_survives_pickling(self, asys: ActorSystem) -> None:
        quiet = asys.createActor(Quiet)
        copy = pickle.loads(pickle.dumps(quiet))
        assert (copy, hash(copy), str(copy)) == (quiet, hash(quiet), str(quiet))
        assert asys.ask(copy, "hello", PATIENCE_S) == "hello"

    def test_an_update_of_what_the_base_does_not_have_is_none(self, asys: ActorSystem) -> None:
        assert asys.systemUpdate("noBaseHasThis", 1, two=2) is None

    def test_the_name_of_an_update_that_is_no_text_is_a_type_error(self, asys: ActorSystem) -> None:
        with pytest.raises(TypeError, match=r"name is text, not int \(3\)"):
            asys.systemUpdate(3)  # type: ignore[arg-type]
