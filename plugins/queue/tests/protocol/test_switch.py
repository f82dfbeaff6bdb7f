"""Who gets which place, and when the relay is over."""

from __future__ import annotations

import pytest

from thespian_queue.protocol.records import Kind, Record, pack, split
from thespian_queue.protocol.switch import Switch


def said_to(switch: Switch, line: int) -> list[Record]:
    """Return what is to be written to a line, and have it written."""
    return split(b"".join(switch.outgoing.pop(line, [])))[0]


def test_a_place_that_somebody_has_is_refused_until_it_is_free() -> None:
    switch = Switch()
    assert switch.connect(1, "/mine") == "/mine"
    assert switch.connect(2) is not None
    assert switch.connect(3, "/mine") is None
    assert said_to(switch, 3) == []
    assert switch.line_at("/mine") == 1


def test_a_place_that_was_asked_for_by_name_is_not_minted() -> None:
    switch = Switch()
    assert switch.connect(1, "/1") == "/1"
    assert switch.connect(2) == "/2"


def test_a_place_of_one_who_is_gone_can_be_had() -> None:
    switch = Switch()
    for line in (1, 2):
        switch.connect(line)
    switch.disconnect(2)
    assert switch.connect(3, "/2") == "/2"


def test_the_relay_is_over_when_the_first_that_was_reserved_by_name_is_gone() -> None:
    switch = Switch()
    switch.connect(1)
    switch.connect(2, "/ThespianQ")
    switch.connect(3, "/other")
    switch.disconnect(3)
    assert not switch.is_over
    switch.disconnect(2)
    assert switch.is_over


def test_the_relay_is_over_when_nobody_is_left_or_nobody_came() -> None:
    switch = Switch()
    assert switch.is_over
    switch.connect(1)
    assert not switch.is_over
    switch.disconnect(1)
    assert switch.is_over


@pytest.mark.parametrize("kind", [Kind.PIECE, Kind.LAST, Kind.TAKEN_IN, Kind.END])
def test_what_is_said_in_no_conversation_goes_to_nobody(kind: Kind) -> None:
    switch = Switch()
    for line in (1, 2):
        switch.connect(line)
        said_to(switch, line)
    data = pack(kind, 7, b"1234")
    assert switch.hear(1, bytearray(data)) == len(data)
    assert switch.outgoing == {}


def test_nobody_has_a_place_that_is_no_text() -> None:
    switch = Switch()
    switch.connect(1)
    said_to(switch, 1)
    switch.hear(1, bytearray(pack(Kind.BEGIN, 1, b"/\xff")))
    assert [(record.kind, record.number) for record in said_to(switch, 1)] == [(Kind.NOBODY, 1)]


def test_half_a_record_is_left_for_later() -> None:
    switch = Switch()
    switch.connect(1)
    said_to(switch, 1)
    whole = pack(Kind.BEGIN, 1, b"/nowhere")
    for size in range(len(whole)):
        assert switch.hear(1, bytearray(whole[:size])) == 0
    assert switch.hear(1, bytearray(whole + whole[:3])) == len(whole)
    assert [record.kind for record in said_to(switch, 1)] == [Kind.NOBODY]


def test_records_for_several_others_reach_each_in_order() -> None:
    switch = Switch()
    for line in (1, 2, 3):
        switch.connect(line)
    switch.hear(1, bytearray(pack(Kind.BEGIN, 1, b"/2") + pack(Kind.BEGIN, 3, b"/3")))
    for line in (1, 2, 3):
        said_to(switch, line)
    words = b"".join(pack(Kind.LAST, number, b"%d" % at) for at, number in enumerate((1, 1, 3, 9, 3, 1, 3)))
    switch.hear(1, bytearray(words))
    assert [record.data for record in said_to(switch, 2)] == [b"0", b"1", b"5"]
    assert [record.data for record in said_to(switch, 3)] == [b"2", b"4", b"6"]


def test_nothing_more_is_written_to_one_who_is_gone() -> None:
    switch = Switch()
    for line in (1, 2):
        switch.connect(line)
    switch.hear(1, bytearray(pack(Kind.BEGIN, 1, b"/2")))
    switch.disconnect(2)
    assert 2 not in switch.outgoing
    assert [record.kind for record in said_to(switch, 1)] == [Kind.WELCOME, Kind.BEGUN, Kind.END]
