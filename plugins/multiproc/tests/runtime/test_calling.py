"""Records reach the launcher whole, in order, with their descriptors, and news reach the admin."""

from __future__ import annotations

import os
import resource
import socket
import threading
from collections.abc import Iterator

import pytest

from plugins.multiproc.tests.runtime.standin import order, pipe, read
from thespian_multiproc.runtime.calling import (
    CALL_BYTES,
    DescriptorsLost,
    NewsReader,
    NewsWriter,
    close_all,
    hear,
    say,
    try_say,
)
from thespian_multiproc.runtime.orders import Ending, NewCapabilities, News, Order, Origin, Started

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def call() -> Iterator[Pair]:
    """The sending end and the launcher's."""
    ends = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    yield ends
    for end in ends:
        end.close()


@pytest.fixture
def news() -> Iterator[Pair]:
    """The launcher's end and the admin's."""
    ends = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    yield ends
    for end in ends:
        end.close()


def fill(sock: socket.socket) -> int:
    """Say as much as there is room for; return how many records that were."""
    count = 0
    while try_say(sock, Ending(f"{count}" + "x" * 1000, abruptly=True)):
        count += 1
    return count


def test_records_arrive_in_order_and_then_there_is_none(call: Pair) -> None:
    for name in ("a", "b"):
        say(call[0], Started(name))
    assert [hear(call[1]) for _ in range(3)] == [(Started("a"), ()), (Started("b"), ()), None]


@pytest.mark.parametrize("size", [0, CALL_BYTES - 200, CALL_BYTES, 3_000_000])
def test_a_record_of_any_size_arrives_with_its_descriptors(call: Pair, size: int) -> None:
    record = NewCapabilities(os.urandom(size))
    with pipe() as ends:
        say(call[0], record, ends)
        heard = hear(call[1])
        assert heard is not None
        assert heard[0] == record
        reading, writing = heard[1]
        assert not os.get_inheritable(reading)
        os.write(writing, b"through")
        assert read(ends[0]) == b"through"
        close_all(heard[1])


def test_without_room_a_record_is_refused_or_waits_no_longer_than_told(call: Pair) -> None:
    assert fill(call[0]) > 5
    assert not try_say(call[0], Started("a"))
    with pytest.raises(TimeoutError, match="the launcher has taken no order for 0.05 s"):
        say(call[0], Started("a"), timeout_s=0.05)


def test_who_waits_for_room_gets_it_when_the_launcher_reads(call: Pair) -> None:
    count = fill(call[0])
    waiting = threading.Thread(target=say, args=(call[0], Started("late")))
    waiting.start()
    heard: list[Order] = []
    while len(heard) <= count:
        if (one := hear(call[1])) is not None:
            heard.append(one[0])
    waiting.join()
    assert heard[-1] == Started("late")


def test_who_speaks_to_a_launcher_that_is_gone_is_told(call: Pair) -> None:
    call[1].close()
    with pytest.raises(OSError, match="refused|reset"):
        say(call[0], Started("a"))


def test_too_many_descriptors_are_refused_before_anything_is_sent(call: Pair) -> None:
    with pytest.raises(ValueError, match="300 descriptors cannot go along"):
        say(call[0], Started("a"), [0] * 300)
    assert hear(call[1]) is None


@pytest.mark.parametrize("bad", [b"", b"R", b"R\0nonsense", b"F\0", b"?\0"])
def test_what_cannot_be_read_is_skipped_and_its_descriptors_closed(
    call: Pair, bad: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: os.PathLike[str]
) -> None:
    monkeypatch.setenv("THESPLOG_FILE", os.path.join(tmp_path, "internal.log"))
    with pipe() as ends:
        socket.send_fds(call[0], [bad], ends[1:] if bad else [])
        say(call[0], Started("a"))
        assert hear(call[1]) == (Started("a"), ())
    with open(os.path.join(tmp_path, "internal.log")) as log:
        assert "a record to the launcher cannot be read" in log.read()


def test_a_record_whose_descriptors_cannot_be_opened_is_told_of(call: Pair) -> None:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    asked = order("idle", "a")
    with pipe() as ends:
        say(call[0], asked, ends)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(ends) + 1, limits[1]))
        try:
            with pytest.raises(DescriptorsLost) as lost:
                hear(call[1])
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert lost.value.record == asked


@pytest.mark.parametrize("many", [0, 2])
def test_a_large_order_whose_file_cannot_be_opened_is_told_of_with_its_actor(call: Pair, many: int) -> None:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    asked = order("idle", "a")._replace(
        origin=Origin(arguments=tuple(f"{number:0100}" for number in range(1000)))
    )
    with pipe() as ends:
        say(call[0], asked, ends[:many])
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, limits[1]))
        try:
            with pytest.raises(DescriptorsLost) as lost:
                hear(call[1])
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert lost.value.record == asked._replace(origin=Origin())


def test_news_arrive_however_they_are_cut_and_then_the_end_is_told(news: Pair) -> None:
    told: list[News] = [Started(f"{number}" + "x" * number * 500) for number in range(100)]
    writer, reader = NewsWriter(news[0]), NewsReader(news[1])
    heard: list[News] = []
    for one in told:
        writer.put(one)
    assert writer.unsent_bytes > 0
    while writer.unsent_bytes:
        heard += reader.read()
        writer.flush()
    news[0].close()
    while len(heard) < len(told):
        heard += reader.read()
    assert heard == told
    with pytest.raises(EOFError, match="the launcher is gone"):
        reader.read()


def test_to_wait_for_an_admin_that_does_not_read_ends_in_time(news: Pair) -> None:
    writer = NewsWriter(news[0])
    while not writer.unsent_bytes:
        writer.put(Started("x" * 10_000))
    writer.flush(at_most_s=0.05)
    assert writer.unsent_bytes > 0


def test_no_news_are_no_news(news: Pair) -> None:
    assert NewsReader(news[1]).read() == []


def test_a_launcher_whose_admin_is_gone_is_told(news: Pair) -> None:
    news[1].close()
    with pytest.raises(BrokenPipeError):
        NewsWriter(news[0]).put(Started("a"))
