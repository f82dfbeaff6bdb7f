"""A link keeps order and loses nothing, whatever the line does."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.multiproc.tests.protocol.conversation import Conversation, Faults
from thespian_multiproc.protocol.effects import Dead, Deliver, Effect, Open, Poisoned, Transmit
from thespian_multiproc.protocol.frames import Ack, Malformed, data_frame, parse
from thespian_multiproc.protocol.limits import Limits
from thespian_multiproc.protocol.link import Link, State
from thespian_multiproc.protocol.looselink import LooseLink
from thespian_multiproc.protocol.packets import Counters, packet_frame, parse_packet

SMALL = Limits(window_bytes=200, batch_bytes=100, tell_after_messages=8, frame_bytes=150, flying_bytes=900)
BAD_LINE = Faults(loss=0.2, doubling=0.2, breaking=0.02)


def talk(seed: int, ordered: bool, faults: Faults = BAD_LINE, limits: Limits = SMALL) -> Conversation:
    """Let two sides send each other messages on a bad line that heals in the end."""
    talk = Conversation(seed, ordered, faults, limits)
    for number in range(60):
        for who in (0, 1):
            for _ in range(talk.random.randrange(4)):
                size = talk.random.choice((0, 1, 30, 90, 250))
                talk.send(who, b"%d-%d " % (who, number) + b"x" * size)
        talk.run(talk.now + talk.random.random())
    talk.heal()
    talk.run(talk.now + 120)
    return talk


def check(conversation: Conversation) -> None:
    """Everything that was sent came in, in order, once, and both sides know it."""
    one, two = conversation.sides
    assert two.seen == one.given
    assert one.seen == two.given
    assert one.link.kept_messages == two.link.kept_messages == 0
    assert one.dead == two.dead == []


@pytest.mark.parametrize("ordered", [True, False])
@given(seed=st.integers(0, 2**32))
@settings(deadline=None, max_examples=25)
def test_everything_arrives_once_and_in_order_on_a_bad_line(ordered: bool, seed: int) -> None:
    check(talk(seed, ordered))


@pytest.mark.slow
@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("hundred", range(5))
def test_a_hundred_seeds_lose_nothing(ordered: bool, hundred: int) -> None:
    for seed in range(100 * hundred, 100 * (hundred + 1)):
        check(talk(seed, ordered))


@pytest.mark.parametrize("ordered", [True, False])
def test_the_same_seed_gives_the_same_story(ordered: bool) -> None:
    assert talk(7, ordered).log_hash() == talk(7, ordered).log_hash()
    assert talk(7, ordered).log_hash() != talk(8, ordered).log_hash()


@pytest.mark.parametrize("ordered", [True, False])
def test_a_settled_link_has_nothing_more_to_do(ordered: bool) -> None:
    conversation = talk(1, ordered)
    assert [side.link.next_tick for side in conversation.sides] == [None, None]
    if ordered:
        assert [side.link.is_settled for side in conversation.sides] == [True, True]


def test_a_good_line_needs_few_frames_for_many_messages() -> None:
    conversation = Conversation(1, True, Faults(), Limits())
    for number in range(10_000):
        conversation.send(0, b"%d" % number)
    conversation.run(10)
    check(conversation)
    assert sum(what == "arrive" for _, what, _ in conversation.log) < 100


def test_an_ask_and_its_answer_need_no_frame_for_the_counters() -> None:
    link = opened()
    assert len(link.send(b"ask", 0.0)) == 1
    link.left(0.0)
    (deliver,) = link.arrived(parse(joined(data_frame(1, [b"answer"], 1, 1))), 0.001)
    assert isinstance(deliver, Deliver)
    link.handled(1, 0.001)
    (transmit,) = link.send(b"next ask", 0.002)
    assert isinstance(transmit, Transmit)
    data = parse(joined(transmit.frame))
    assert (data.received, data.handled) == (1, 1)
    link.left(0.003)
    assert link.tick(0.1) == []


def test_the_first_message_asks_for_a_conversation_and_the_second_does_not() -> None:
    link = Link()
    assert link.send(b"one", 0.0) == [Open()]
    assert link.send(b"two", 0.0) == []
    (transmit,) = link.opened(0, 0, 0.1)
    assert isinstance(transmit, Transmit)
    assert [bytes(message) for message in parse(joined(transmit.frame)).messages] == [b"one", b"two"]  # type: ignore[union-attr]


def test_while_a_write_is_under_way_messages_pile_up_into_one_frame() -> None:
    link = opened()
    assert len(link.send(b"first", 0.0)) == 1
    for number in range(100):
        assert link.send(b"%d" % number, 0.0) == []
    (transmit,) = link.left(0.0)
    assert isinstance(transmit, Transmit)
    assert len(parse(joined(transmit.frame)).messages) == 100  # type: ignore[union-attr]


def test_no_more_than_the_window_flies_and_handling_opens_it() -> None:
    link = opened(Limits(window_bytes=100, batch_bytes=1000))
    frames = [effect for _ in range(20) for effect in (*link.send(b"x" * 10, 0.0), *link.left(0.0))]
    sent = sum(len(parse(joined(frame.frame)).messages) for frame in frames)  # type: ignore[union-attr]
    assert sent == 10
    (transmit,) = link.arrived(Ack(10, 5), 0.0)
    assert isinstance(transmit, Transmit)
    assert len(parse(joined(transmit.frame)).messages) == 5  # type: ignore[union-attr]


def test_a_message_larger_than_the_window_goes_alone() -> None:
    link = opened(Limits(window_bytes=10, batch_bytes=10))
    assert len(link.send(b"x" * 1000, 0.0)) == 1


def test_a_broken_conversation_is_begun_again_at_once_then_later_and_later() -> None:
    link = opened()
    link.send(b"one", 0.0)
    assert link.broke(0.0) == [Open()]
    assert link.broke(0.0) == []
    first = link.next_tick
    assert first is not None
    assert link.tick(first) == [Open()]
    assert link.broke(first) == []
    second = link.next_tick
    assert second is not None
    assert second - first > first - 0.0


def test_a_conversation_that_breaks_for_days_is_still_begun_again() -> None:
    link = opened()
    link.send(b"one", 0.0)
    for _ in range(100_000):
        link.broke(0.0)
    assert Open() in link.tick(Limits().reopen_at_most_s)


def test_a_broken_conversation_without_mail_is_not_begun_again() -> None:
    link = opened()
    assert link.broke(0.0) == []
    assert link.next_tick is None


def test_when_the_other_side_is_gone_all_that_was_not_handled_is_dead() -> None:
    link = opened()
    for message in (b"one", b"two", b"three"):
        link.send(message, 0.0)
    link.arrived(Ack(1, 1), 0.0)
    assert link.gone() == [Dead(2, [b"two", b"three"])]
    assert link.send(b"four", 0.0) == [Dead(4, [b"four"])]
    assert (link.state, link.next_tick) == (State.GONE, None)


def test_a_message_that_was_begun_and_not_ended_is_poisoned() -> None:
    link = opened()
    for message in (b"one", b"two", b"three"):
        link.send(message, 0.0)
    assert link.gone(handled=1, begun=2) == [Poisoned(2, b"two"), Dead(3, [b"three"])]


def test_what_is_known_to_be_handled_is_not_dead() -> None:
    link = opened()
    link.send(b"one", 0.0)
    assert link.gone(handled=1, begun=1) == []


@pytest.mark.parametrize("counters", [(5, 0), (0, 5), (1, 2)])
def test_counters_that_cannot_be_are_malformed_and_change_nothing(counters: tuple[int, int]) -> None:
    link = opened()
    link.send(b"one", 0.0)
    with pytest.raises(Malformed):
        link.arrived(Ack(*counters), 0.0)
    assert link.kept_messages == 1


def test_old_counters_do_no_harm() -> None:
    link = opened()
    link.send(b"one", 0.0)
    link.arrived(Ack(1, 1), 0.0)
    link.arrived(Ack(0, 0), 0.0)
    assert link.kept_messages == 0


def opened(limits: Limits = Limits()) -> Link:  # noqa: B008 - frozen
    """Return a link in an open conversation."""
    link = Link(limits)
    assert link.opened(0, 0, 0.0) == []
    return link


def joined(frame: object) -> bytes:
    """Return a frame in one piece, as it arrives."""
    return b"".join(frame)  # type: ignore[call-overload, no-any-return]


@pytest.mark.parametrize("kind", [Link, LooseLink])
def test_who_is_about_to_end_tells_at_once_what_it_has_handled(kind: type[Link]) -> None:
    sender, receiver = kind(), kind()
    for link in (sender, receiver):
        link.opened(0, 0, 0.0)
    (sent,) = sender.send(b"hello", 0.0)
    receiver.arrived(read(kind, sent), 0.0)
    assert receiver.handled(1, 0.0) == []
    assert receiver.owes_counters
    (told,) = receiver.tell(0.0)
    assert receiver.owes_counters, "the frame has not left"
    assert receiver.left(0.0) == []
    assert not receiver.owes_counters
    assert receiver.tell(0.0) == [], "there is no more to know"
    assert sender.kept_messages == 1
    sender.arrived(read(kind, told), 0.0)
    assert sender.kept_messages == 0


def read(kind: type[Link], effect: Effect) -> Any:
    """Return what a frame says that is to be transmitted on such a link."""
    assert isinstance(effect, Transmit)
    frame = b"".join(effect.frame)
    return parse(frame) if kind is Link else parse_packet(frame)


@pytest.mark.parametrize("kind", [Link, LooseLink])
def test_what_was_handled_while_a_conversation_began_is_told_in_it(kind: type[Link]) -> None:
    link = kind()
    link.opened(0, 0, 0.0)
    if kind is Link:
        link.arrived(parse(b"".join(data_frame(1, (b"one", b"two"), 0, 0))), 0.0)
    else:
        pieces = [(3, b"one"), (3, b"two")]
        link.arrived(parse_packet(b"".join(packet_frame(1, 1, pieces, Counters(0, 0, 0, 0), False))), 0.0)
    link.tick(1.0)
    link.left(1.0)
    link.broke(2.0)
    link.handled(1, 3.0)  # after this side has told how far it has come, and before the other has answered
    link.opened(0, 0, 4.0)
    assert link.owes_counters
    assert not link.is_settled
    (told,) = (effect for effect in link.tick(5.0) if isinstance(effect, Transmit))
    frame = b"".join(told.frame)
    found = parse(frame) if kind is Link else parse_packet(frame)
    assert (found.received, found.handled) == (2, 1)
