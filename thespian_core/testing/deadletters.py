"""Statements about messages that have no living target."""

from __future__ import annotations

import time

import pytest

from thespian_core.addresses import ActorAddress
from thespian_core.api.system import ActorSystem
from thespian_core.messages import ActorExitRequest
from thespian_core.testing.actors import Thorny
from thespian_core.testing.contract import PATIENCE_S, SOON_S
from thespian_core.testing.doer import Doer, do
from thespian_core.testing.steps import wait_for_end, wait_until


class DeadLetters:
    """What ``handleDeadLetters`` does."""

    @pytest.fixture
    def dead(self, asys: ActorSystem) -> ActorAddress:
        """The address of an actor that has exited."""
        doer = asys.createActor(Doer)
        asys.tell(doer, ActorExitRequest())
        wait_for_end(asys, doer)
        return doer

    def _handler(self, asys: ActorSystem) -> ActorAddress:
        handler = asys.createActor(Doer)
        asys.ask(handler, do("report"), PATIENCE_S)
        asys.ask(handler, do("dead_letters"), PATIENCE_S)
        wait_until(asys, lambda status: status.deadLetterHandler == handler)
        return handler

    def test_without_a_handler_a_dead_letter_disturbs_nobody(
        self, asys: ActorSystem, dead: ActorAddress
    ) -> None:
        asys.tell(dead, "lost")
        assert asys.ask(dead, "lost", SOON_S) is None

    def test_an_ask_of_the_dead_ends_as_soon_as_that_is_known(
        self, asys: ActorSystem, dead: ActorAddress
    ) -> None:
        began = time.monotonic()
        assert asys.ask(dead, "lost", 2 * PATIENCE_S) is None
        assert asys.ask(dead, "lost", 2 * PATIENCE_S) is None
        assert time.monotonic() - began < PATIENCE_S

    def test_who_has_an_address_that_no_system_has_made_is_as_good_as_dead(
        self, asys: ActorSystem, dead: ActorAddress
    ) -> None:
        asys.tell(asys.systemAddress, "lost")
        assert asys.ask(ActorAddress("nobody"), "lost", SOON_S) is None
        self._handler(asys)
        asys.tell(ActorAddress("nobody"), "lost")
        assert asys.listen(PATIENCE_S) == ("seen", ("dead", ActorAddress("nobody"), "lost"))

    def test_the_handler_gets_message_and_address(self, asys: ActorSystem, dead: ActorAddress) -> None:
        self._handler(asys)
        asys.tell(dead, "lost")
        assert asys.listen(PATIENCE_S) == ("seen", ("dead", dead, "lost"))

    def test_the_handler_gets_what_an_actor_sent_too(self, asys: ActorSystem, dead: ActorAddress) -> None:
        self._handler(asys)
        asys.tell(asys.createActor(Doer), do("pass_on", dead, "lost"))
        assert asys.listen(PATIENCE_S) == ("seen", ("dead", dead, "lost"))

    def test_a_thorny_message_can_be_a_dead_letter(self, asys: ActorSystem, dead: ActorAddress) -> None:
        self._handler(asys)
        asys.tell(dead, Thorny("rose"))
        _, (kind, to, message) = asys.listen(PATIENCE_S)
        assert (kind, to, message.tag) == ("dead", dead, "rose")

    def test_the_last_to_register_is_the_handler(self, asys: ActorSystem, dead: ActorAddress) -> None:
        first = asys.createActor(Doer)
        asys.ask(first, do("dead_letters"), PATIENCE_S)
        wait_until(asys, lambda status: status.deadLetterHandler == first)
        self._handler(asys)
        asys.tell(dead, "lost")
        assert asys.listen(PATIENCE_S) == ("seen", ("dead", dead, "lost"))
        assert asys.ask(first, do("seen"), PATIENCE_S) == []

    def test_only_the_handler_can_stop_the_handling(self, asys: ActorSystem, dead: ActorAddress) -> None:
        handler, other = self._handler(asys), asys.createActor(Doer)
        asys.ask(other, do("dead_letters", False), PATIENCE_S)
        asys.tell(dead, "one")
        assert asys.listen(PATIENCE_S) == ("seen", ("dead", dead, "one"))
        asys.ask(handler, do("dead_letters", False), PATIENCE_S)
        wait_until(asys, lambda status: status.deadLetterHandler is None)
        asys.tell(dead, "two")
        assert asys.listen(SOON_S) is None

    def test_the_exit_of_the_handler_stops_the_handling(self, asys: ActorSystem, dead: ActorAddress) -> None:
        handler = self._handler(asys)
        asys.tell(handler, ActorExitRequest())
        assert asys.listen(PATIENCE_S) == ("seen", "ActorExitRequest")
        wait_for_end(asys, handler)
        asys.tell(dead, "lost")
        assert asys.listen(SOON_S) is None

    def test_an_exit_request_to_the_dead_is_a_dead_letter_and_an_exited_child_is_none(
        self, asys: ActorSystem
    ) -> None:
        parent = asys.createActor(Doer)
        child = asys.ask(parent, do("create", Doer), PATIENCE_S)
        asys.tell(parent, ActorExitRequest(recursive=False))
        wait_for_end(asys, parent)
        self._handler(asys)
        asys.tell(child, ActorExitRequest())  # its parent is gone: ChildActorExited has no target
        wait_for_end(asys, child)
        assert asys.listen(SOON_S) is None
        asys.tell(child, ActorExitRequest())
        assert asys.listen(PATIENCE_S) == ("seen", ("dead", child, "ActorExitRequest"))

    def test_mail_to_a_private_connection_that_was_closed_is_dead(self, asys: ActorSystem) -> None:
        doer = asys.createActor(Doer)
        with asys.private() as mine:
            mine.ask(doer, do("report"), PATIENCE_S)
        self._handler(asys)
        asys.tell(doer, "news")
        what, (kind, _, message) = asys.listen(PATIENCE_S)
        assert (what, kind, message) == ("seen", "dead", ("seen", "news"))

    def test_what_a_private_connection_has_got_is_no_dead_letter_once_it_is_closed(
        self, asys: ActorSystem
    ) -> None:
        self._handler(asys)
        doer = asys.createActor(Doer)
        with asys.private() as mine:
            assert mine.ask(doer, do("report"), PATIENCE_S) == "will report"
        asys.tell(doer, "news")
        what, (kind, _, message) = asys.listen(PATIENCE_S)
        assert (what, kind, message) == ("seen", "dead", ("seen", "news"))
