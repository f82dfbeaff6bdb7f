"""The word count as a program: its result is that of a plain loop, on every installed base."""

from __future__ import annotations

import json
import os
import re
import sysconfig
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from examples.wordcount import counting
from tests.examples.programs import ROOT, wordcount
from tests.examples.small_tree import COUNTED, IDENTIFIERS, SKIPPED, WORDS, identifiers_of, words_of

KEYS = [
    *[
        "path",
        "base",
        "workers",
        "seconds",
        "files",
        "bytes",
        "files_per_s",
        "mb_per_s",
        "one_worker_seconds",
    ],
    *["words", "distinct_words", "top_words", "identifiers", "distinct_identifiers", "top_identifiers"],
    "skipped",
]


def as_counter(pairs: list[dict[str, str | int]]) -> Counter[str]:
    return Counter({str(pair["text"]): int(pair["times"]) for pair in pairs})


@pytest.mark.parametrize("workers", [1, 3])
def test_the_json_result_is_that_of_a_plain_loop(tree: Path, base: str, workers: int) -> None:
    done = wordcount("--path", tree, "--base", base, "--workers", str(workers), "--top", "1000", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert list(answer) == KEYS
    assert (answer["path"], answer["base"], answer["workers"]) == (str(tree), base, workers)
    assert answer["one_worker_seconds"] is None
    assert answer["files"] == len(COUNTED)
    assert answer["bytes"] == sum(len(text.encode()) for text in COUNTED.values())
    assert as_counter(answer["top_words"]) == WORDS
    assert (answer["words"], answer["distinct_words"]) == (WORDS.total(), len(WORDS))
    assert as_counter(answer["top_identifiers"]) == IDENTIFIERS
    assert (answer["identifiers"], answer["distinct_identifiers"]) == (IDENTIFIERS.total(), len(IDENTIFIERS))
    skipped = {os.path.relpath(one["path"], tree): one["reason"] for one in answer["skipped"]}
    assert skipped == SKIPPED


def test_the_report_tells_the_same_to_people(tree: Path, base: str) -> None:
    done = wordcount("--path", tree, "--base", base, "--workers", "1", "--top", "1")
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["files", str(len(COUNTED))] in lines
    assert ["words", str(WORDS.total()), str(len(WORDS))] in lines
    assert ["identifiers", str(IDENTIFIERS.total()), str(len(IDENTIFIERS))] in lines
    assert ["5", "skipped:"] in lines
    for name, reason in SKIPPED.items():
        assert f"  {tree / name}: {reason}\n" in done.stdout
    assert done.stdout.endswith(f"MB/s (1 worker on {base})\n")


@pytest.mark.slow
def test_a_comparison_tells_how_fast_one_worker_is(tree: Path, base: str) -> None:
    done = wordcount("--path", tree, "--base", base, "--workers", "2", "--compare")
    assert done.returncode == 0, done.stderr
    *_, all_of_them, one, ratio = done.stdout.splitlines()
    assert all_of_them.endswith(f"MB/s (2 workers on {base})")
    assert one.endswith(f"MB/s (1 worker on {base})")
    assert re.fullmatch(r"\d+\.\d\d times as fast as one worker alone(; but the machine was busy.*)?", ratio)
    assert "counting with 1 worker\n" in done.stderr


def test_one_worker_is_not_compared_with_itself(tree: Path) -> None:
    answer = json.loads(wordcount("--path", tree, "--workers", "1", "--compare", "--json").stdout)
    assert answer["one_worker_seconds"] is None


def test_one_file_is_counted_whatever_its_name(tree: Path) -> None:
    done = wordcount("--path", tree / "picture.png", "--json")
    answer = json.loads(done.stdout)
    assert (answer["files"], answer["words"], answer["identifiers"]) == (1, 2, 0)


def test_a_pipe_that_nobody_writes_to_is_named_and_not_waited_for(tree: Path) -> None:
    pipe = tree / "nobody writes.txt"
    answer = json.loads(wordcount("--path", pipe, "--json").stdout)
    assert (answer["files"], answer["skipped"]) == (0, [{"path": str(pipe), "reason": "not a regular file"}])


def test_a_relative_path_is_reported_in_full() -> None:
    answer = json.loads(wordcount("--path", "examples", "--json").stdout)
    assert answer["path"] == str(ROOT / "examples")


@cache
def plain_loop_over_the_standard_library() -> tuple[int, Counter[str], Counter[str]]:
    words: Counter[str] = Counter()
    identifiers: Counter[str] = Counter()
    files = 0
    for folder, below, names in os.walk(sysconfig.get_path("stdlib")):
        below[:] = [name for name in below if name != "site-packages"]
        for file in [Path(folder, name) for name in names]:
            is_source = file.suffix.lower() in counting.SOURCE_SUFFIXES
            if is_source or file.suffix.lower() in counting.TEXT_SUFFIXES:
                try:
                    text = file.read_bytes().decode()
                except UnicodeDecodeError:
                    continue
                files += 1
                words.update(words_of(text))
                identifiers.update(identifiers_of(text) if is_source else [])
    return files, words, identifiers


@pytest.mark.slow
def test_the_standard_library_is_counted_as_a_plain_loop_counts_it(base: str) -> None:
    files, words, identifiers = plain_loop_over_the_standard_library()
    done = wordcount("--base", base, "--top", "10000000", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["files"] == files
    assert as_counter(answer["top_words"]) == words
    assert as_counter(answer["top_identifiers"]) == identifiers


@pytest.mark.slow
def test_progress_goes_to_stderr_as_lines_when_that_is_no_terminal(base: str) -> None:
    lines = wordcount("--base", base, "--json").stderr.splitlines()
    assert lines
    assert [line for line in lines if not re.fullmatch(r" *\d+ %  [\d,]+ of [\d,]+ files", line)] == []
