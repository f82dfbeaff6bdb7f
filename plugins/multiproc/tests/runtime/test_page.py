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


def test_when_all_slots_are_taken_the_oldest_one_changes_hands(page: Page) -> None:
    slots = {}
    for number in range(PAGE_BYTES // 64 - 2):
        slots[f"p{number}"] = slot = page.slot(f"p{number}")
        page.begin(slot, number + 1)
        page.end(slot, number)
    newcomer = page.slot("a newcomer")
    assert newcomer == slots["p0"]
    by_peer = {one.peer: (one.begun, one.ended) for one in page.progress()}
    assert "p0" not in by_peer
    assert by_peer["a newcomer"] == (0, 0), "nothing is left of what was recorded there before"
    assert by_peer["p1"] == (2, 1)
    assert page.slot("p0") == slots["p1"], "who still writes gets another one"
    assert len(page.progress()) == len(slots)


def test_what_has_no_slot_is_recorded_nowhere(page: Page) -> None:
    page.slot("one")
    before = page.progress()
    page.begin(NO_SLOT, 1)
    page.end(NO_SLOT, 1)
    assert page.progress() == before


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
