"""A page shows, after a process was killed, how far it had come with each correspondent's mail."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from plugins.multiproc.tests.runtime.standin import pipe, read
from thespian_multiproc.runtime.orders import Progress
from thespian_multiproc.runtime.page import NO_SLOT, PAGE_BYTES, Page
from thespian_multiproc.runtime.processes import unlinked_file


@pytest.fixture
def page() -> Iterator[Page]:
    page = Page.anonymous()
    yield page
    page.close()


def test_a_new_page_tells_of_nobody(page: Page) -> None:
    assert page.progress() == ()


def test_what_was_begun_and_ended_is_read_per_correspondent(page: Page) -> None:
    one, other = page.slot("one"), page.slot("o" * 47)
    for number in (1, 2):
        page.begin(one, number)
        page.end(one, number)
    page.begin(one, 3)
    page.begin(other, 2**64 - 1)
    assert page.progress() == (Progress("one", 3, 2), Progress("o" * 47, 2**64 - 1, 0))


def test_a_correspondent_keeps_its_slot(page: Page) -> None:
    page.begin(page.slot("one"), 5)
    assert page.slot("one") == page.slot("one")
    assert page.progress() == (Progress("one", 5, 0),)


def test_a_slot_that_was_given_back_is_the_next_ones_and_begins_anew(page: Page) -> None:
    first = page.slot("one")
    page.begin(first, 5)
    page.slot("stays")
    page.give_back("one")
    assert page.progress() == (Progress("stays", 0, 0),)
    assert page.slot("new") == first
    assert page.progress() == (Progress("new", 0, 0), Progress("stays", 0, 0))


def test_when_all_slots_are_taken_nothing_is_recorded_and_nobody_else_is_touched(page: Page) -> None:
    slots = {page.slot(f"peer {number}") for number in range(PAGE_BYTES // 64 - 2)}
    assert len(slots) == PAGE_BYTES // 64 - 2
    assert NO_SLOT not in slots
    before = page.progress()
    assert page.slot("one too many") == NO_SLOT
    page.begin(NO_SLOT, 1)
    page.end(NO_SLOT, 1)
    assert page.progress() == before
    assert len(before) == len(slots)


@pytest.mark.parametrize("id", ["", "x" * 48])
def test_an_id_that_does_not_fit_is_refused(page: Page, id: str) -> None:
    with pytest.raises(ValueError, match="must have 1 to 47"):
        page.slot(id)
    assert page.progress() == ()


def test_a_killed_process_leaves_its_last_word_on_the_page(page: Page) -> None:
    with pipe() as ends:
        pid = os.fork()
        if pid == 0:
            page.begin(page.slot("one"), 7)
            os.write(ends[1], b"x")
            while True:
                signal.pause()
        assert read(ends[0]) == b"x"
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    assert page.progress() == (Progress("one", 7, 0),)


def test_a_page_in_a_file_is_one_for_all_who_map_it() -> None:
    file = unlinked_file()
    writer, reader = Page.over(file), Page.over(file)
    os.close(file)
    writer.end(writer.slot("one"), 3)
    assert reader.progress() == (Progress("one", 0, 3),)
    writer.close()
    reader.close()


def test_a_page_that_is_kept_from_children_stays_ours(page: Page) -> None:
    page.begin(page.slot("one"), 7)
    page.keep_from_children()
    assert page.progress() == (Progress("one", 7, 0),)
