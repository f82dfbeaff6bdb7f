"""A link over frames that can be lost: large messages, resends that need no clock, copies that do nothing."""

from __future__ import annotations

import doctest

import pytest

from plugins.multiproc.tests.protocol.conversation import Conversation, Faults
from thespian_multiproc.protocol import joining
from thespian_multiproc.protocol.effects import Dead, Deliver, Effect, Poisoned, Transmit
from thespian_multiproc.protocol.frames import Malformed
from thespian_multiproc.protocol.joining import MOST_AHEAD, Joiner
from thespian_multiproc.protocol.limits import Limits
from thespian_multiproc.protocol.looselink import LooseLink
from thespian_multiproc.protocol.outbox import Load
from thespian_multiproc.protocol.packets import Counters, Packet, packet_frame, parse_packet
from thespian_multiproc.protocol.roundtrips import RoundTrips

NOTHING = Counters(0, 0, 0, 0)
SMALL = Limits(frame_bytes=200, flying_bytes=20_000)
LOSSY = Faults(loss=0.2, doubling=0.2, longest_delay_s=0.002)


def opened(limits: Limits = SMALL, load: Load | None = None) -> LooseLink:
    """Return a link in an open conversation."""
    link = LooseLink(limits, load)
    assert link.opened(0, 0, 0.0) == []
    return link


def frames_of(effects: list[Effect]) -> list[Packet | Counters]:
    """Return what is transmitted."""
    return [parse_packet(b"".join(one.frame)) for one in effects if isinstance(one, Transmit)]


def flood(link: LooseLink, effects: list[Effect], now: float = 0.0) -> list[Packet]:
    """Return all packets that may go out, each having left at once."""
    packets = []
    while found := frames_of(effects):
        packets += [one for one in found if isinstance(one, Packet)]
        effects = link.left(now)
    return packets


def delivered(effects: list[Effect]) -> list[tuple[int, list[bytes]]]:
    """Return what is handed over."""
    return [(one.first, [*map(bytes, one.messages)]) for one in effects if isinstance(one, Deliver)]


def test_the_example_of_the_joiner_is_true() -> None:
    assert doctest.testmod(joining).failed == 0


def test_no_frame_is_larger_than_the_limit_and_a_large_message_is_one_message() -> None:
    one, other = opened(), opened()
    packets = flood(one, one.send(b"x" * 1000, 0.0))
    assert len(packets) > 5
    for packet in packets:
        assert len(b"".join(packet_frame(*packet))) <= SMALL.frame_bytes
    outcomes = [delivered(other.arrived(packet, 0.0)) for packet in reversed(packets)]
    assert [outcome for outcome in outcomes if outcome] == [[(1, [b"x" * 1000])]]
    other.handled(1, 0.0)
    with pytest.raises(ValueError, match="cannot be handled"):
        other.handled(1, 0.0)


@pytest.mark.parametrize("size", [142, 143, 144, 286, 287])
def test_messages_at_the_edge_of_a_piece_come_whole(size: int) -> None:
    one, other = opened(), opened()
    found: list[tuple[int, list[bytes]]] = []
    for packet in flood(one, one.send(b"x" * size, 0.0)):
        found += delivered(other.arrived(packet, 0.0))
    assert found == [(1, [b"x" * size])]


def test_a_message_larger_than_the_window_gets_through() -> None:
    talk = Conversation(1, False, LOSSY, Limits(window_bytes=500, frame_bytes=200, flying_bytes=2_000))
    for size in (10, 3_000, 20, 5_000):
        talk.send(0, b"x" * size)
    talk.run(20)
    assert [len(message) for message in talk.sides[1].seen] == [10, 3_000, 20, 5_000]


def test_what_is_lost_is_sent_again_as_soon_as_later_frames_were_seen() -> None:
    one, other = opened(), opened()
    packets = flood(one, one.send(b"x" * 1000, 0.0))
    told = None
    for packet in [packets[0], *packets[2:]]:
        told = [*frames_of(other.arrived(packet, 0.001)), *frames_of(other.left(0.001))][-1:] or told
    assert told, "a gap is told at once"
    again = flood(one, one.arrived(told[0], 0.002), 0.002)
    assert [packet.first for packet in again] == [packets[1].first]
    assert again[0].serial > packets[-1].serial
    assert delivered(other.arrived(again[0], 0.003)) == [(1, [b"x" * 1000])]


def test_what_has_only_changed_places_is_not_sent_again() -> None:
    one = opened()
    packets = flood(one, one.send(b"x" * 1000, 0.0))
    newest = packets[2].serial  # the two before it were not seen yet
    assert flood(one, one.arrived(Counters(0, 0, newest, 0b1), 0.001), 0.001) == []
    late = one.next_tick
    assert late is not None
    assert late <= 0.001 + SMALL.swap_s
    assert [packet.first for packet in flood(one, one.tick(late), late)] == [1, 2]


def test_a_copy_of_a_frame_does_nothing_and_is_not_answered() -> None:
    one, other = opened(), opened()
    (packet,) = flood(one, one.send(b"pay him", 0.0))
    assert delivered(other.arrived(packet, 0.0)) == [(1, [b"pay him"])]
    (told,) = frames_of(other.tick(1.0))
    other.left(1.0)
    for _ in range(3):
        assert other.arrived(packet, 2.0) == []
    assert other.next_tick is None
    assert one.arrived(told, 2.0) == one.arrived(told, 2.0) == []


def test_a_frame_so_old_that_nobody_can_tell_does_nothing() -> None:
    joiner = Joiner()
    assert joiner.take(Packet(100, 1, [(1, b"a")], NOTHING, False)) == [b"a"]
    assert joiner.take(Packet(36, 2, [(1, b"b")], NOTHING, False)) is None
    assert joiner.take(Packet(37, 2, [(1, b"b")], NOTHING, False)) == [b"b"]
    assert (joiner.received, joiner.newest) == (2, 100)


def test_pieces_too_far_ahead_are_not_kept_and_count_as_not_seen() -> None:
    joiner = Joiner()
    assert joiner.take(Packet(1, MOST_AHEAD + 1, [(1, b"a")], NOTHING, False)) is None
    assert (joiner.seen, joiner.has_gap) == (0, False)


def test_silence_is_answered_by_one_frame_and_later_and_later() -> None:
    link = opened()
    packets = flood(link, link.send(b"x" * 1000, 0.0))
    times, now = [], 0.0
    for _ in range(6):
        while True:
            assert link.next_tick is not None
            now = link.next_tick
            if again := flood(link, link.tick(now), now):
                break
        assert [packet.first for packet in again] == [packets[0].first] if not times else True
        assert len(again) == 1
        times.append(now)
    assert link.unanswered == 6
    waits = [after - before for before, after in zip([0.0, *times], times, strict=False)]
    assert waits == sorted(waits)
    assert waits[0] == SMALL.resend_after_s
    assert waits[-1] == 32 * SMALL.resend_after_s


def test_who_usually_answers_late_is_not_taken_to_be_silent_as_soon() -> None:
    link, now = opened(), 0.0
    for number in range(20):
        (packet,) = flood(link, link.send(b"ask", now), now)
        now += 0.3
        link.arrived(Counters(number + 1, number + 1, packet.serial, 1), now)
    flood(link, link.send(b"ask", now), now)
    while not (again := flood(link, link.tick(late := link.next_tick or now), late)):
        assert late < now + 5
    assert [packet.first for packet in again] == [21]
    assert late - now > 0.4


def test_silence_is_answered_also_when_more_flies_than_may_since_something_was_lost() -> None:
    link = opened(Limits(frame_bytes=200, flying_bytes=12_800))
    sent = flood(link, link.send(b"x" * 200_000, 0.0))
    while len(sent) < 60:
        newest = sent[-1].serial
        sent = flood(link, link.arrived(Counters(newest, 0, newest, 2**64 - 1), 0.0))
    fourth = sent[4].serial
    assert flood(link, link.arrived(Counters(sent[0].first - 1, 0, fourth, 0b1111), 0.0)) == []
    now = 0.0
    for number in range(4):
        while not (again := flood(link, link.tick(late := link.next_tick or now), late)):
            assert late < now + 5
        now = late
        assert len(again) == 1, f"silence {number + 1}"


def test_nothing_is_to_be_done_before_an_answer_can_be_late() -> None:
    link = opened()
    assert link.transmit(b"ask", 1.0) is not None
    assert link.due == link.next_tick == 1.0 + Limits().resend_after_s


def test_a_dead_correspondent_delays_no_mail_for_others() -> None:
    trips = RoundTrips()
    dead, other = LooseLink(trips=trips), LooseLink(trips=trips)
    for link in (dead, other):
        link.opened(0, 0, 0.0)
    dead.transmit(b"anybody there?", now := 0.0)
    for _ in range(4):
        dead.tick(now := dead.next_tick or now)
    other.transmit(b"hello", now)
    assert flood(other, other.tick(late := other.next_tick or 0.0), late), (
        "it is sent again when it may be lost"
    )


def test_lost_counters_are_asked_for() -> None:
    one, other = opened(), opened()
    (packet,) = flood(one, one.send(b"ask", 0.0))
    other.arrived(packet, 0.0)
    frames_of(other.tick(0.1))  # it tells what it received
    other.left(0.1)
    one.arrived(Counters(1, 0, packet.serial, 1), 0.1)
    other.handled(1, 0.1)
    frames_of(other.tick(1.0))  # it tells what it handled, and that is lost
    other.left(1.0)
    while not (asked := flood(one, one.tick(now := one.next_tick or 0.0), now)):
        assert now < 5
    assert (asked[0].pieces, asked[0].wants_answer) == ([], True)
    (told,) = frames_of(other.arrived(asked[0], 6.0))
    one.arrived(told, 6.0)
    assert one.kept_messages == 0


def test_losses_halve_what_may_fly_and_arrivals_let_it_grow() -> None:
    limits = Limits(frame_bytes=200, flying_bytes=12_800)
    link = opened(limits)
    sent = flood(link, link.send(b"x" * 200_000, 0.0))
    assert len(sent) == 8
    assert sent[-1].wants_answer
    while len(sent) < 60:
        newest = sent[-1].serial
        sent = flood(link, link.arrived(Counters(newest, 0, newest, 2**64 - 1), 0.0))
    most = len(sent)
    assert most <= 64
    newest = sent[-1].serial
    after = flood(link, link.arrived(Counters(sent[0].first - 1, 0, newest, 1), 0.0))
    assert most // 2 - 2 <= len(after) <= most // 2  # two are too young to be lost, and still fly


def test_dead_letters_and_poison_are_whole_messages() -> None:
    load = Load()
    link = opened(load=load)
    large = [bytes([number]) * 1000 for number in range(4)]
    for message in large:
        link.send(message, 0.0)
    flood(link, link.left(0.0))
    pieces_each = link._shipping._next_piece // 4
    link.arrived(Counters(2 * pieces_each + 1, 1, 1, 1), 0.0)
    assert link.kept_messages == 3
    assert link.unreceived == 2
    assert link.gone(handled=1, begun=2) == [Poisoned(2, large[1]), Dead(3, large[2:])]
    assert load.unsent_bytes == 0
    assert link.send(b"late", 0.0) == [Dead(5, [b"late"])]


def test_a_new_conversation_goes_on_where_the_old_one_was() -> None:
    one, other = opened(), opened()
    packets = flood(one, one.send(b"x" * 1000, 0.0))
    for packet in packets[1:3]:
        other.arrived(packet, 0.0)
    for link in (one, other):
        link.broke(0.0)
    found: list[tuple[int, list[bytes]]] = []
    effects = one.opened(other.received, other.handled_so_far, 1.0)
    other.opened(one.received, one.handled_so_far, 1.0)
    for packet in flood(one, effects, 1.0):
        found += delivered(other.arrived(packet, 1.0))
    assert found == [(1, [b"x" * 1000])]


@pytest.mark.parametrize("told", [Counters(2, 0, 0, 0), Counters(0, 1, 0, 0), Counters(0, 0, 9, 1)])
def test_counters_that_cannot_be_are_malformed_and_change_nothing(told: Counters) -> None:
    link = opened()
    flood(link, link.send(b"one", 0.0))
    with pytest.raises(Malformed):
        link.arrived(told, 0.0)
    assert (link.kept_messages, link.unreceived) == (1, 1)


def test_a_megabyte_crosses_a_line_that_loses_a_fifth_in_little_time() -> None:
    talk = Conversation(1, False, LOSSY, Limits())
    talk.send(0, bytes(1 << 20))
    while not talk.sides[1].seen and talk.now < 60:
        talk.run(talk.now + 0.05)
    assert talk.sides[1].seen == [bytes(1 << 20)]
    assert talk.now < 3, "it must not crawl from one clock tick to the next"
