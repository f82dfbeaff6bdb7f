"""Which files are counted, and what is a word: plain functions, without actors.

A *token* is a run of letters, digits and underscores (``\\w+``). In every counted file, a *word* is a
run of letters (``str.isalpha``) in a token, as it is written: ``snake_case`` holds two. In source files,
an *identifier* is a token that could name something in Python (``str.isidentifier``); keywords are
among them, and comments and strings count as well.

>>> tokens = Counter(tokens_in("for n2 in snake_case: # 2nd"))
>>> dict(words_in(tokens))
{'for': 1, 'n': 1, 'in': 1, 'snake': 1, 'case': 1, 'nd': 1}
>>> dict(identifiers_in(tokens))
{'for': 1, 'n2': 1, 'in': 1, 'snake_case': 1}
"""

from __future__ import annotations

import heapq
import os
import re
import stat
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from examples.wordcount.messages import File, Tally

SOURCE_SUFFIXES = frozenset({".py", ".pyi", ".c", ".h", ".cpp", ".java", ".js", ".ts", ".go", ".rs", ".sh"})
TEXT_SUFFIXES = frozenset({".txt", ".rst", ".md", ".html", ".json", ".toml", ".yaml", ".yml", ".ini", ".cfg"})

# Other people's packages lie inside the standard library's folder, and are no part of it.
LEFT_OUT_FOLDERS = frozenset({"site-packages"})

BATCH_FILES = 50
BATCH_BYTES = 1_000_000  # some 70 ms of work: the bar moves, and the messages cost next to nothing

_TOKEN = re.compile(r"\w+")
_ASCII_LETTERS = re.compile("[A-Za-z]+")


class Unreadable(Exception):
    """A file cannot be counted; the text says why."""


def suffix(path: str) -> str:
    """Return the end of a file's name, which says what the file is."""
    return Path(path).suffix.lower()


def find_files(path: str) -> Iterator[File]:
    """Yield every text or source file under a folder; a path that is no folder is yielded itself.

    Links to files are followed, links to folders are not: there are no loops. A folder that cannot be
    listed is yielded too: reading it fails, and so it is named in the result.
    """
    mode, size_bytes = _mode_and_size(path)
    if not stat.S_ISDIR(mode):
        yield File(path, size_bytes)
        return
    folders = [path]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError:
            yield File(folder, 0)
            continue
        for entry in entries:
            if _is_folder(entry):
                if entry.name not in LEFT_OUT_FOLDERS:
                    folders.append(entry.path)
            elif suffix(entry.name) in SOURCE_SUFFIXES | TEXT_SUFFIXES:
                mode, size_bytes = _mode_and_size(entry.path)
                if not stat.S_ISDIR(mode):
                    yield File(entry.path, size_bytes)


def in_batches(files: Iterable[File]) -> Iterator[tuple[File, ...]]:
    """Group files: a batch is full with 50 of them, or with a megabyte."""
    batch: list[File] = []
    size_bytes = 0
    for file in files:
        batch.append(file)
        size_bytes += file.size_bytes
        if len(batch) == BATCH_FILES or size_bytes >= BATCH_BYTES:
            yield tuple(batch)
            batch, size_bytes = [], 0
    if batch:
        yield tuple(batch)


def read_text(path: str) -> tuple[str, int]:
    """Return a file's text, and its size in bytes.

    Raises:
        Unreadable: it is no file, may not be read, or is not UTF-8.
    """
    try:
        # Asked before it is opened: a pipe that nobody writes to would be waited for, for ever.
        mode = Path(path).stat().st_mode
        if stat.S_ISDIR(mode):
            raise Unreadable("the folder cannot be listed")
        if not stat.S_ISREG(mode):
            raise Unreadable("not a regular file")
        data = Path(path).read_bytes()
        return data.decode("utf-8"), len(data)
    except UnicodeDecodeError as why:
        raise Unreadable(f"not UTF-8 at byte {why.start:,}") from why
    except OSError as why:
        raise Unreadable(why.strerror or str(why)) from why


def tokens_in(text: str) -> list[str]:
    """Return the runs of letters, digits and underscores."""
    return _TOKEN.findall(text)


def words_in(tokens: Counter[str]) -> Counter[str]:
    """Count the runs of letters in the tokens."""
    words: Counter[str] = Counter()
    for token, times in tokens.items():
        if token.isalpha():
            words[token] += times
            continue
        # No regular expression knows all letters of all alphabets, but this one is far quicker.
        runs = _ASCII_LETTERS.findall(token) if token.isascii() else _letters_in(token)
        for word in runs:
            words[word] += times
    return words


def identifiers_in(tokens: Counter[str]) -> Counter[str]:
    """Count the tokens that could name something in Python."""
    return Counter({token: times for token, times in tokens.items() if token.isidentifier()})


def tally(counts: Counter[str], top: int) -> Tally:
    """Sum up; the most frequent come first, and among equals the alphabet decides."""
    frequent = heapq.nsmallest(top, counts.items(), key=lambda item: (-item[1], item[0]))
    return Tally(sum(counts.values()), len(counts), tuple(frequent))


def _letters_in(token: str) -> list[str]:
    return "".join(c if c.isalpha() else " " for c in token).split()


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:  # it went away, or its disk did
        return False


def _mode_and_size(path: str) -> tuple[int, int]:
    try:
        found = Path(path).stat()
        return found.st_mode, found.st_size
    except OSError:  # a link to nothing; whoever reads it will say so
        return 0, 0
