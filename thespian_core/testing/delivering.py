"""Statements about how messages are delivered."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from thespian_core.api.system import ActorSystem
from thespian_core.testing import actors
from thespian_core.testing.actors import Quiet
from thespian_core.testing.contract import PATIENCE_S
from thespian_core.testing.doer import Doer, do


class Delivering:
    """What a sender and a receiver can rely on.

    Attributes:
        chain_length: of the chain of messages that trigger one another; far beyond any stack.
        chain_patience_s: how long that may take.
    """

    chain_length: ClassVar[int] = 100_000
    chain_patience_s: ClassVar[float] = 100.0

    def test_messages_of_one_sender_keep_their_order(self, asys: ActorSystem) -> None:
        sink = asys.createActor(actors.Sink)
        for number in range(1000):
            asys.tell(sink, number)
        assert asys.ask(sink, "numbers?", PATIENCE_S) == list(range(1000))

    def test_messages_between_actors_keep_their_order(self, asys: ActorSystem) -> None:
        sink, doer = asys.createActor(actors.Sink), asys.createActor(Doer)
        asys.ask(doer, do("report"), PATIENCE_S)
        for number in range(1000):
            asys.tell(doer, do("pass_on", sink, number))
        asys.tell(doer, do("pass_on", sink, "numbers?"))
        assert asys.listen(PATIENCE_S) == ("seen", list(range(1000)))

    @pytest.mark.parametrize("message", [0, "", (), {}, False, 1.5, "text", b"bytes", {"a": [1, {2, 3}]}])
    def test_a_message_arrives_as_what_it_is(self, asys: ActorSystem, message: Any) -> None:
        assert asys.ask(asys.createActor(Quiet), message, PATIENCE_S) == message

    def test_none_is_a_message(self, asys: ActorSystem) -> None:
        doer = asys.createActor(Doer)
        asys.tell(doer, None)
        assert asys.ask(doer, do("seen"), PATIENCE_S) == [None]

    def test_the_sender_is_who_sent_it(self, asys: ActorSystem) -> None:
        doer, quiet = asys.createActor(Doer), asys.createActor(Quiet)
        asys.ask(doer, do("report"), PATIENCE_S)
        asys.tell(doer, do("pass_on", quiet, "to whom?"))
        assert asys.listen(PATIENCE_S) == ("seen", "to whom?")

    def test_an_address_in_a_message_can_be_sent_to(self, asys: ActorSystem) -> None:
        first, second = asys.createActor(Doer), asys.createActor(Doer)
        asys.ask(second, do("report"), PATIENCE_S)
        child = asys.ask(first, do("create", Doer), PATIENCE_S)
        asys.tell(child, do("pass_on", second, {"deep": [child]}))
        assert asys.listen(PATIENCE_S) == ("seen", {"deep": [child]})

    def test_an_actor_can_send_to_itself(self, asys: ActorSystem) -> None:
        doer = asys.createActor(Doer)
        asys.ask(doer, do("report"), PATIENCE_S)
        asys.tell(doer, do("pass_on", doer, "me"))
        assert asys.listen(PATIENCE_S) == ("seen", "me")

    @pytest.mark.parametrize("target", ["text", None, 5])
    def test_sending_to_what_is_no_address_raises_and_names_it(self, asys: ActorSystem, target: Any) -> None:
        answer = asys.ask(asys.createActor(Doer), do("try_to_send", target), PATIENCE_S)
        assert answer.startswith("InvalidActorAddress")
        assert repr(target) in answer
        assert "not a valid ActorAddress for sending messages to" in answer

    def test_a_message_that_cannot_be_compared_shown_or_hashed_is_delivered(self, asys: ActorSystem) -> None:
        answer = asys.ask(asys.createActor(Quiet), actors.Thorny("rose"), PATIENCE_S)
        assert type(answer) is actors.Thorny
        assert answer.tag == "rose"

    @pytest.mark.parametrize("odd", [actors.Liar, actors.Unfinished, actors.NonsenseExited])
    def test_a_message_that_lies_about_itself_is_delivered_and_disturbs_nobody(
        self, asys: ActorSystem, odd: type[Any]
    ) -> None:
        doer = asys.createActor(Doer)
        asys.tell(doer, odd())
        asys.tell(doer, do("answer", odd()))
        asys.tell(doer, do("answer", "after it"))
        answers = [asys.listen(PATIENCE_S)]
        if answers[0] != "after it":
            answers.append(asys.listen(PATIENCE_S))
        assert answers[-1] == "after it"
        assert len(asys.ask(doer, do("seen"), PATIENCE_S)) == 1

    def test_a_message_that_holds_itself_is_delivered(self, asys: ActorSystem) -> None:
        knot: list[Any] = ["knot"]
        knot.append(knot)
        answer = asys.ask(asys.createActor(Quiet), knot, PATIENCE_S)
        assert answer[0] == "knot"
        assert answer[1] is answer

    def test_messages_that_trigger_one_another_need_no_stack(self, asys: ActorSystem) -> None:
        one, two = asys.createActor(actors.Relay), asys.createActor(actors.Relay)
        waiting = asys.createActor(Doer)
        asys.ask(waiting, do("report"), PATIENCE_S)
        asys.tell(one, (self.chain_length, two, waiting))
        assert asys.listen(self.chain_patience_s) == ("seen", "done")

    def test_a_thread_of_an_actor_can_send(self, asys: ActorSystem) -> None:
        doer = asys.createActor(Doer)
        assert asys.ask(doer, do("send_from_a_thread"), PATIENCE_S) == "from a thread"

    def test_a_message_is_what_it_was_when_it_was_sent(self, asys: ActorSystem) -> None:
        doer = asys.createActor(Doer)
        message = ["early"]
        asys.tell(doer, message)
        message.append("late")
        assert asys.ask(doer, do("seen"), PATIENCE_S) == [["early"]]
