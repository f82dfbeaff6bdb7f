"""What a word is, and which files are counted."""

from __future__ import annotations

import doctest
import os
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples.wordcount import counting
from examples.wordcount.messages import File
from tests.examples.small_tree import COUNTED, SKIPPED, identifiers_of, words_of


def test_the_documented_example_is_true() -> None:
    assert doctest.testmod(counting) == doctest.TestResults(failed=0, attempted=3)


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("aB1_ é²٣"))))
def test_any_text_holds_what_a_loop_over_its_letters_finds(text: str) -> None:
    tokens = Counter(counting.tokens_in(text))
    assert counting.words_in(tokens) == Counter(words_of(text))
    assert counting.identifiers_in(tokens) == Counter(identifiers_of(text))


def test_every_file_of_a_tree_is_found_once(tree: Path) -> None:
    found = sorted(os.path.relpath(file.path, tree) for file in counting.find_files(str(tree)))
    assert found == sorted([*COUNTED, *SKIPPED])


def test_a_file_is_found_by_its_own_path_whatever_its_name(tree: Path) -> None:
    picture = str(tree / "picture.png")
    assert list(counting.find_files(picture)) == [File(picture, 8)]


def test_a_folder_that_cannot_be_listed_is_found_itself(tmp_path: Path) -> None:
    gone_too_deep = os.open(tmp_path, os.O_DIRECTORY)
    longest = "x" * 255
    for _ in range(17):  # 17 * 256 > 4,096, the longest path that a system call takes
        os.mkdir(longest, dir_fd=gone_too_deep)
        below = os.open(longest, os.O_DIRECTORY, dir_fd=gone_too_deep)
        os.close(gone_too_deep)
        gone_too_deep = below
    os.close(gone_too_deep)
    [folder] = counting.find_files(str(tmp_path))
    with pytest.raises(counting.Unreadable, match="File name too long"):
        counting.read_text(folder.path)


def test_a_folder_among_the_files_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    with pytest.raises(counting.Unreadable, match="the folder cannot be listed"):
        counting.read_text(str(tmp_path))


def test_a_batch_is_full_with_fifty_files_or_a_megabyte() -> None:
    sizes = [1] * 105 + [999_999, 1, 1_000_000, 7]
    batches = counting.in_batches(File(str(number), size) for number, size in enumerate(sizes))
    assert [len(batch) for batch in batches] == [50, 50, 6, 1 + 1, 1]


def test_equally_frequent_words_come_in_alphabetical_order() -> None:
    tally = counting.tally(Counter("bbaac"), top=2)
    assert (tally.total, tally.distinct, tally.top) == (5, 3, (("a", 2), ("b", 2)))
